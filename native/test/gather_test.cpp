// The gather of a batch's rows, with and without an order, from every type of source.
#include <cmath>
#include <numeric>

#include "kernel_run.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using reference::Matrix;

struct Row {
  int64_t rows, sourceRows, columns, gap;
};
const Row kRows[] = {{1, 1, 1, 0},   {3, 5, 3, 0},   {5, 5, 7, 3},   {8, 20, 8, 0},    {2, 9, 15, 1},
                     {7, 7, 16, 0},  {6, 11, 17, 5}, {4, 13, 31, 0}, {32, 50, 33, 16}, {64, 100, 784, 0},
                     {3, 4, 1023, 1}};

// Rows in a mixed order with repeats.
std::vector<int32_t> orderOf(const Row& row, bool given) {
  if (given) return randomLabels(row.rows, row.sourceRows, 21);
  std::vector<int32_t> order(row.rows);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

void check(const KernelSet& set, const Row& row, bool ordered, Type from, float scale, const Matrix& source) {
  namespace arg = at::gather;
  CONTEXT(set.name, ", ", row.columns, " columns, gap ", row.gap, ordered ? ", ordered" : "", ", type ",
          static_cast<int>(from));
  const std::vector<int32_t> order = orderOf(row, ordered);
  const Type to = from == Type::Int32 ? Type::Int32 : Type::Float32;
  const Operand output = Operand::unwritten(row.rows + 2, row.columns, to, row.gap);
  KernelRun run(KernelId::Gather, row.rows);
  run.tensor(arg::output, output);
  run.tensor(arg::source, Operand::matrix(source, from, row.gap, scale));
  if (ordered) run.tensor(arg::order, Operand::labels(order));
  run.execute(set);
  // Converting is one multiplication: its rounding is all that may differ.
  Matrix bound = reference::gather(source, order, kRoundoff);
  for (double& value : bound.values) value = from == Type::Uint8 ? value < 0 ? -value : value : 0;
  checkMatrix("output", output.read(row.rows), reference::gather(source, order, 1), bound);
}

}  // namespace

TEST("gather equals its reference from float32, int32 and uint8") {
  for (const KernelSet* set : testedSets()) {
    for (const Row& row : kRows) {
      for (bool ordered : {false, true}) {
        check(*set, row, ordered, Type::Float32, 1, randomMatrix(row.sourceRows, row.columns, 22));
        Matrix bytes(row.sourceRows, row.columns), integers = bytes;
        for (size_t i = 0; i < bytes.values.size(); ++i) {
          bytes.values[i] = static_cast<double>((i * 37 + 11) % 256);
          integers.values[i] = static_cast<double>(i * 65537 % 4000000000) - 2e9;
        }
        check(*set, row, ordered, Type::Int32, 1, integers);
        check(*set, row, ordered, Type::Uint8, 1, bytes);
        const float scale = 1.0f / 255;
        for (double& value : bytes.values) value *= scale;
        check(*set, row, ordered, Type::Uint8, scale, bytes);
      }
    }
  }
}

TEST("gather keeps a NaN and gives uint8 the same bits in vectors and remainders") {
  for (const KernelSet* set : testedSets()) {
    CONTEXT(set->name);
    Matrix source(1, 23);
    for (double& value : source.values) value = 201.0f * (1.0f / 255);
    const Operand output = Operand::unwritten(1, 23);
    KernelRun run(KernelId::Gather, 1);
    run.tensor(at::gather::output, output);
    run.tensor(at::gather::source, Operand::matrix(source, Type::Uint8, 0, 1.0f / 255));
    run.execute(*set);
    for (double value : output.read().values) CHECK_EQUAL(value, static_cast<double>(201.0f * (1.0f / 255)));

    source.at(0, 22) = NAN;
    const Operand copied = Operand::unwritten(1, 23);
    KernelRun copy(KernelId::Gather, 1);
    copy.tensor(at::gather::output, copied);
    copy.tensor(at::gather::source, Operand::matrix(source));
    copy.execute(*set);
    CHECK(std::isnan(copied.read().at(0, 22)));
  }
}

}  // namespace test
}  // namespace deepblas
