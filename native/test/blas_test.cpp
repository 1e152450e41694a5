#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include "blas/gemm.h"
#include "test.h"

namespace deepblas {
namespace test {

// The serial build of OpenBLAS gives two threads the same buffer once in some thousand products (blas/buffers.cpp).
TEST("products on several threads at once are those of one thread") {
  const int64_t rows = 32, columns = 160, depth = 128;
  std::vector<float> a(rows * depth), b(depth * columns);
  for (size_t i = 0; i < a.size(); ++i) a[i] = static_cast<float>(i * 37 % 101) / 50.0f - 1.0f;
  for (size_t i = 0; i < b.size(); ++i) b[i] = static_cast<float>(i * 53 % 97) / 50.0f - 1.0f;
  const auto multiply = [&](std::vector<float>& c) {
    blas::multiply({rows, columns, depth, a.data(), depth, false, b.data(), columns, false, c.data(), columns});
  };
  std::vector<float> expected(rows * columns);
  multiply(expected);
  std::atomic<int> wrong{0};
  const auto work = [&] {
    std::vector<float> c(rows * columns);
    for (int i = 0; i < 20000; ++i) {
      multiply(c);
      wrong += std::memcmp(c.data(), expected.data(), sizeof(float) * c.size()) != 0;
    }
  };
  std::thread first(work), second(work), third(work);
  first.join();
  second.join();
  third.join();
  CHECK_EQUAL(wrong.load(), 0);
}

}  // namespace test
}  // namespace deepblas
