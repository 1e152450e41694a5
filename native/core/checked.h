// Sizes that come from outside: multiplied and added without wrapping around. A size that no machine holds is an error
// of its own, before anything is allocated.
#pragma once

#include <cstdint>

#include "core/error.h"

namespace deepblas {

// Above all that a size, an offset or a count may be, and far enough below 2^63 for the sum of two to fit.
constexpr int64_t kLargestSize = int64_t{1} << 53;

[[noreturn]] inline void tooLarge() {
  throw Error("ERR_DEEPBLAS_MEMORY", "Out of memory: more than 2^53 numbers or bytes were asked for");
}

inline int64_t checkedSize(int64_t size) {
  if (size > kLargestSize) tooLarge();
  return size;
}

// a * b of sizes that are not negative.
inline int64_t checkedProduct(int64_t a, int64_t b) {
  int64_t product;
  if (__builtin_mul_overflow(a, b, &product)) tooLarge();
  return checkedSize(product);
}

template <typename... More>
int64_t checkedProduct(int64_t a, int64_t b, int64_t c, More... more) {
  return checkedProduct(checkedProduct(a, b), c, more...);
}

inline int64_t checkedSum(int64_t a, int64_t b) {
  int64_t sum;
  if (__builtin_add_overflow(a, b, &sum)) tooLarge();
  return checkedSize(sum);
}

}  // namespace deepblas
