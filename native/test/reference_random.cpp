#include <numeric>
#include <utility>

#include "reference.h"

namespace deepblas {
namespace reference {

std::vector<int32_t> shuffle(int64_t count, const RandomKey& key) {
  std::vector<int32_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (int64_t i = 0; i < count; ++i) {
    const uint64_t word = philox(key, static_cast<uint64_t>(i / 4)).word[i % 4];
    std::swap(order[static_cast<size_t>(i)], order[word * static_cast<uint64_t>(i + 1) >> 32]);
  }
  return order;
}

}  // namespace reference
}  // namespace deepblas
