// Squares summed by blocks of elements: one sum whatever the order in which ranges of elements come, and whoever brings
// them.
#include <algorithm>
#include <cmath>

#include "kernel_run.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using reference::Vector;

constexpr int64_t kBlockElements = 1024;
constexpr int64_t kLengths[] = {1, 1023, 1024, 1025, 3000, 5120};

struct Squares {
  Operand x, sums, counts;

  Squares(const Vector& values, int64_t blocks)
      : x(Operand::vector(values)),
        sums(Operand::vector(Vector(blocks, NAN), Type::Float64)),
        counts(Operand::vector(Vector(blocks, 3), Type::Int32)) {}

  void clear(const KernelSet& set) const {
    KernelRun run(KernelId::Clear, 1);
    run.tensor(at::clear::output, counts);
    run.execute(set);
  }

  void add(const KernelSet& set, int64_t begin, int64_t end) const {
    const View* views[] = {x.view(), sums.view(), counts.view()};
    const double numbers[3] = {};
    set[KernelId::BlockSquares].execute({views, numbers, 1, nullptr}, {begin, end, 0, 1});
  }

  double total(const KernelSet& set, bool first) const {
    const Operand sum = Operand::vector({7.0}, Type::Float64);
    KernelRun run(KernelId::AddBlockSquares, 1);
    run.tensor(at::addBlockSquares::sum, sum);
    run.tensor(at::addBlockSquares::x, x);
    run.tensor(at::addBlockSquares::sums, sums);
    run.tensor(at::addBlockSquares::counts, counts);
    run.number(at::addBlockSquares::first, first);
    run.execute(set);
    return sum.read().at(0, 0);
  }
};

}  // namespace

TEST("clear makes elements of every type 0") {
  for (const KernelSet* set : testedSets()) {
    for (Type type : {Type::Float32, Type::Float64, Type::Int32}) {
      const Operand output = Operand::vector(Vector(19, 5), type);
      KernelRun run(KernelId::Clear, 1);
      run.tensor(at::clear::output, output);
      run.execute(*set);
      for (double value : output.read().values) CHECK_EQUAL(value, 0.0);
    }
  }
}

TEST("squares by blocks add up to the sum of squares, and cuts do not change it") {
  for (const KernelSet* set : testedSets()) {
    for (int64_t length : kLengths) {
      const Vector values = randomVector(length, 71, -1, 1);
      double expected = 0;
      for (double value : values) expected += value * value;
      // As many blocks as the elements fill, one for all of them, and one that has none.
      const int64_t full = (length + kBlockElements - 1) / kBlockElements;
      for (int64_t blocks : {full, int64_t{1}, full + 1}) {
        CONTEXT(set->name, ", ", length, " elements in ", blocks, " blocks");
        const Squares squares(values, blocks);
        squares.clear(*set);
        KernelRun run(KernelId::BlockSquares, 1);
        run.tensor(at::blockSquares::x, squares.x);
        run.tensor(at::blockSquares::sums, squares.sums);
        run.tensor(at::blockSquares::counts, squares.counts);
        run.execute(*set);
        CHECK_CLOSE(squares.total(*set, true), expected, 1e-13 * expected);
        CHECK_CLOSE(squares.total(*set, false), expected + 7, 1e-13 * (expected + 7));
      }
    }
  }
}

TEST("ranges in any order, and ranges that never come, give the same bits") {
  for (const KernelSet* set : testedSets()) {
    for (int64_t length : kLengths) {
      const Vector values = randomVector(length, 72, -1, 1);
      const int64_t blocks = (length + kBlockElements - 1) / kBlockElements;
      const Squares whole(values, blocks);
      whole.clear(*set);
      whole.add(*set, 0, length);
      const double expected = whole.total(*set, true);
      for (int64_t step : {1, 7, 16, 1000, 1024, 2000}) {
        for (bool lost : {false, true}) {
          CONTEXT(set->name, ", ", length, " elements, ", step, " at once");
          const Squares squares(values, blocks);
          squares.clear(*set);
          // From the back: the last to come completes a block.
          for (int64_t begin = (length - 1) / step * step; begin >= 0; begin -= step)
            if (begin > 0 || !lost) squares.add(*set, begin, std::min(begin + step, length));
          CHECK_EQUAL(squares.total(*set, true), expected);
        }
      }
    }
  }
}

}  // namespace test
}  // namespace deepblas
