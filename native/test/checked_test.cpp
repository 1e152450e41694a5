// Sizes that would wrap around are errors, before anything is allocated.
#include "core/checked.h"

#include <cstdint>
#include <limits>

#include "program/planner.h"
#include "recorder.h"
#include "test.h"

namespace deepblas {
namespace test {

TEST("products and sums of sizes are right, or an error") {
  CHECK_EQUAL(checkedProduct(3, 4, 5), 60);
  CHECK_EQUAL(checkedSum(3, 4), 7);
  CHECK_EQUAL(checkedProduct(kLargestSize, 1), kLargestSize);
  CHECK_EQUAL(checkedProduct(0, kLargestSize), 0);
  const int64_t most = std::numeric_limits<int64_t>::max();
  for (int64_t a : {int64_t{1} << 27, int64_t{1} << 32, int64_t{1} << 40, kLargestSize, most}) {
    CONTEXT(a);
    CHECK_THROWS(checkedProduct(a, a), "ERR_DEEPBLAS_MEMORY", "2^53");
    CHECK_THROWS(checkedProduct(2, a, a), "ERR_DEEPBLAS_MEMORY", "2^53");
    CHECK_THROWS(checkedSum(a, most), "ERR_DEEPBLAS_MEMORY", "2^53");
  }
}

TEST("a program's offset and size that wrap around are refused") {
  Recorder record;
  const int64_t weight = record.parameter(4, 4, 0);
  for (double offset : {0x1p53, 0x1p54, 0x1p62, 0x1.fffffffffffffp62}) {
    CONTEXT(offset);
    // Offset is the eighth field of a tensor.
    record.tensors[static_cast<size_t>(weight * kTensorFields + tensorField::offset)] = offset;
    CHECK_THROWS(record.program(), "ERR_DEEPBLAS_MEMORY", "2^53");
  }
}

TEST("a workspace that wraps around is refused") {
  for (int64_t rows : {int64_t{1} << 33, int64_t{1} << 40, int64_t{1} << 53}) {
    Recorder record;
    record.batchRows(int64_t{1} << 32, Type::Float32);
    CONTEXT(rows);
    CHECK_THROWS(makePlan(*record.program(), rows, true), "ERR_DEEPBLAS_MEMORY", "2^53");
  }
}

}  // namespace test
}  // namespace deepblas
