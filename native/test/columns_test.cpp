// Columns beside each other, tables by code, and random numbers of a batch.
#include <cmath>

#include "core/random.h"
#include "kernel_run.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using reference::Matrix;

// Codes of a table in column 1, some outside of it.
Matrix codesOf(int64_t rows, int64_t levels) {
  Matrix x = randomMatrix(rows, 3, 80);
  const std::vector<int32_t> labels = randomLabels(rows, levels, 81);
  for (int64_t r = 0; r < rows; ++r) x.at(r, 1) = labels[static_cast<size_t>(r)];
  if (rows > 2) x.at(1, 1) = -1, x.at(2, 1) = static_cast<double>(levels);
  if (rows > 4) x.at(4, 1) = NAN;
  return x;
}

int64_t codeOf(double code, int64_t levels) {
  return code >= 0 && code < static_cast<double>(levels) ? static_cast<int64_t>(code) : 0;
}

}  // namespace

TEST("copyColumns writes its columns and no others") {
  namespace arg = at::copyColumns;
  for (const KernelSet* set : testedSets()) {
    for (int64_t count : {1, 3, 16, 40}) {
      CONTEXT(set->name, ", ", count, " columns");
      const Matrix x = randomMatrix(7, count + 2, 82), before = randomMatrix(7, count + 5, 83);
      const Operand output = Operand::matrix(before, Type::Float32, 3);
      KernelRun run(KernelId::CopyColumns, 7);
      run.tensor(arg::output, output);
      run.tensor(arg::x, Operand::matrix(x));
      run.number(arg::from, 1);
      run.number(arg::to, 4);
      run.number(arg::count, static_cast<double>(count));
      run.execute(*set);
      for (int64_t r = 0; r < 7; ++r)
        for (int64_t c = 0; c < count + 5; ++c)
          CHECK_EQUAL(output.read().at(r, c), c >= 4 && c < 4 + count ? x.at(r, 1 + c - 4) : before.at(r, c));
    }
  }
}

TEST("embeddings equal their references, unknown codes are row 0") {
  for (const KernelSet* set : testedSets()) {
    for (int64_t dimensions : {1, 3, 16, 33}) {
      for (int64_t rows : {1, 5, 200}) {
        CONTEXT(set->name, ", ", dimensions, " dimensions, ", rows, " rows");
        const int64_t levels = 11;
        const Matrix x = codesOf(rows, levels), table = randomMatrix(levels, dimensions, 84),
                     gradient = randomMatrix(rows, dimensions + 4, 85);
        const Operand output = Operand::matrix(Matrix(rows, dimensions + 4, 9));
        KernelRun forward(KernelId::EmbeddingForward, rows);
        forward.tensor(at::embeddingForward::output, output);
        forward.table(at::embeddingForward::table, Operand::matrix(table));
        forward.tensor(at::embeddingForward::x, Operand::matrix(x));
        forward.number(at::embeddingForward::column, 1);
        forward.number(at::embeddingForward::to, 2);
        forward.execute(*set);
        const Operand tableGradient = Operand::unwritten(levels, dimensions);
        KernelRun backward(KernelId::EmbeddingBackward, rows);
        backward.table(at::embeddingBackward::tableGradient, tableGradient);
        backward.tensor(at::embeddingBackward::outputGradient, Operand::matrix(gradient, Type::Float32, 1));
        backward.tensor(at::embeddingBackward::x, Operand::matrix(x));
        backward.number(at::embeddingBackward::column, 1);
        backward.number(at::embeddingBackward::from, 3);
        backward.execute(*set);
        Matrix expected(levels, dimensions);
        for (int64_t r = 0; r < rows; ++r) {
          const int64_t code = codeOf(x.at(r, 1), levels);
          for (int64_t c = 0; c < dimensions; ++c) {
            CHECK_EQUAL(output.read().at(r, 2 + c), table.at(code, c));
            expected.at(code, c) += gradient.at(r, 3 + c);
          }
          CHECK_EQUAL(output.read().at(r, 0), 9.0);
        }
        checkMatrix("tableGradient", tableGradient.read(), expected, 1e-5);
      }
    }
  }
}

TEST("random numbers of a batch are the words of their stream, in every cut") {
  namespace arg = at::random;
  for (const KernelSet* set : testedSets()) {
    for (int64_t columns : {1, 3, 4, 17, 64, 101}) {
      for (int kind : {0, 1}) {
        CONTEXT(set->name, ", ", columns, " columns, kind ", kind);
        const int64_t rows = 33;
        const Operand output = Operand::unwritten(rows, columns, Type::Float32, columns > 16 ? 11 : 0);
        KernelRun run(KernelId::Random, rows);
        run.tensor(arg::output, output);
        run.number(arg::seed, 9007199254740991.0);
        run.number(arg::stream, 18);
        run.number(arg::step, 4000000000.0);
        run.number(arg::kind, kind);
        run.execute(*set);
        const RandomKey key = {9007199254740991u, 18, 4000000000u};
        for (int64_t e = 0; e < rows * columns; ++e) {
          const uint32_t word = philox(key, static_cast<uint64_t>(e / 4)).word[e % 4];
          const double actual = output.read().at(e / columns, e % columns);
          if (kind == 0) {
            CHECK_EQUAL(actual, (word >> 8) * 0x1p-24);
          } else {
            // The single-precision quantile is good to some 1e-6, less far out, where the density is small.
            const double expected = normalQuantile(((word >> 8) + 0.5) * 0x1p-24);
            CHECK_CLOSE(actual, expected, 2e-5 * (1 + std::fabs(expected)));
          }
        }
      }
    }
  }
}

}  // namespace test
}  // namespace deepblas
