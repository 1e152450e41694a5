// Copies that go past the caches: every element, from every alignment, and whether all of them are finite.
#include "core/copy_past_caches.h"

#include <limits>
#include <vector>

#include "test.h"

namespace deepblas {
namespace test {

TEST("a copy past the caches has every element, and touches no other") {
  for (int64_t count = 0; count < 40; ++count) {
    for (int64_t from = 0; from < 5; ++from) {
      for (int64_t to = 0; to < 5; ++to) {
        CONTEXT(count, " elements from ", from, " to ", to);
        std::vector<float> source(50), target(50, -1.0f);
        for (int64_t i = 0; i < 50; ++i) source[i] = static_cast<float>(i) + 0.5f;
        CHECK(copyPastCaches(target.data() + to, source.data() + from, count));
        publishPastCaches();
        for (int64_t i = 0; i < 50; ++i) CHECK_EQUAL(target[i], i >= to && i < to + count ? source[from + i - to] : -1.0f);
      }
    }
  }
}

TEST("a copy past the caches tells numbers that are not finite, wherever they are") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kFinite[] = {0.0f, -0.0f, 1e-45f, 3.4e38f, -3.4e38f};
  for (int64_t offset = 0; offset < 4; ++offset) {
    for (int64_t at = 0; at < 37; ++at) {
      CONTEXT("element ", at, " from ", offset);
      std::vector<float> source(41, 2.0f), target(41);
      for (float value : kFinite) {
        source[offset + at] = value;
        CHECK(copyPastCaches(target.data() + offset, source.data() + offset, 37));
      }
      for (float value : {kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN()}) {
        source[offset + at] = value;
        CHECK(!copyPastCaches(target.data() + offset, source.data() + offset, 37));
      }
    }
  }
}

}  // namespace test
}  // namespace deepblas
