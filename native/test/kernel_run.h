// One kernel call on operands, run whole and in every kind of cut: whoever cuts a call must not see it in the bits.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "kernel_sets.h"
#include "kernels/expression.h"
#include "operand.h"

namespace deepblas {
namespace test {

class KernelRun {
 public:
  // rows: of the batch. Cuts are made at multiples of firstMultiple and secondMultiple; kOwnTile: of the kernel's tile.
  static constexpr int64_t kOwnTile = 0;
  KernelRun(KernelId kernel, int64_t rows, int64_t firstMultiple = 1, int64_t secondMultiple = 1)
      : kernel_(kernel), rows_(rows), firstMultiple_(firstMultiple), secondMultiple_(secondMultiple) {}

  // An operand's elements are shared with the caller, who reads the results from it.
  void tensor(int position, const Operand& operand);
  // One that has rows of its own, not those of the batch.
  void table(int position, const Operand& operand) {
    tensor(position, operand);
    tables_.insert(position);
  }
  void number(int position, double value) { numbers_[position] = value; }
  // The caller keeps the rule.
  void rule(const Expression& rule) { rule_ = &rule; }

  // Runs whole; then checks that what is only read is as before, that nothing outside of the tensors was written, and
  // that the kernel's own tiles, forwards and backwards, and other cuts give the same bits.
  void execute(const KernelSet& set);
  bool notFinite() const { return notFinite_ != 0; }

 private:
  using Bytes = std::map<int, std::vector<uint8_t>>;
  void bind(const View** views) const;
  Bytes snapshot() const;
  void restore(const Bytes& bytes);
  void runTiles(const Kernel& kernel, const Axes& axes, bool backwards);
  void checkSame(const Bytes& expected, const char* cut) const;

  KernelId kernel_;
  int64_t rows_, firstMultiple_, secondMultiple_;
  std::map<int, Operand> operands_;
  std::set<int> tables_;
  double numbers_[kMaximumArguments] = {};
  const Expression* rule_ = nullptr;
  int32_t notFinite_ = 0;
};

// Checks that every element lies within its bound.
void checkMatrix(const char* what, const reference::Matrix& actual, const reference::Matrix& expected,
                 const reference::Matrix& bound);
void checkMatrix(const char* what, const reference::Matrix& actual, const reference::Matrix& expected, double bound);

// The unit roundoff of float32.
constexpr double kRoundoff = 0x1p-24;
// What the rounding of a sum of `depth` products may come to, times the sum of their magnitudes. The errors of single
// steps walk like their square root; six deviations of that walk, and a few roundings around it.
double sumError(int64_t depth);

}  // namespace test
}  // namespace deepblas
