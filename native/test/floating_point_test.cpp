#include "core/floating_point.h"

#include "test.h"

namespace deepblas {
namespace test {

namespace {

// Read anew each time: the compiler must not compute with them.
volatile float denormal = 1e-39f, smallestNormal = 0x1p-126f;

bool inputsFlushed() {
  volatile float sum = denormal + 0.0f;
  return sum == 0.0f && sum * 1e30f == 0.0f;
}
bool resultsFlushed() {
  volatile float half = smallestNormal * 0.5f;
  return half == 0.0f;
}

}  // namespace

TEST("denormals count as zero under a guard, and the caller's setting comes back") {
  CHECK(!resultsFlushed());
  {
    const FlushDenormals guard;
    CHECK(inputsFlushed());
    CHECK(resultsFlushed());
    {
      const FlushDenormals inner;
      CHECK(resultsFlushed());
    }
    CHECK(resultsFlushed());
  }
  CHECK(!inputsFlushed());
  CHECK(!resultsFlushed());
}

}  // namespace test
}  // namespace deepblas
