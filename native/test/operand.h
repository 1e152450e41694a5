// A tensor as a kernel sees it, between guards: every byte outside of its logical elements (before, after, in the gaps
// between rows, in the rows past the batch) is a NaN that no kernel may write and whose use would show in the results.
#pragma once

#include <memory>
#include <vector>

#include "reference.h"

namespace deepblas {
namespace test {

class Operand {
 public:
  // gap: elements between the end of a row and the start of the next. A uint8 tensor holds value / scale.
  static Operand matrix(const reference::Matrix& values, Type type = Type::Float32, int64_t gap = 0, float scale = 1);
  static Operand unwritten(int64_t rows, int64_t columns, Type type = Type::Float32, int64_t gap = 0);
  // A weight in panels, padded with zeros.
  static Operand panels(const reference::Matrix& weight, int64_t panel);
  // garbagePadding: for the kernel that must write the padding itself.
  // bfloat16: pairs of columns side by side.
  static Operand unwrittenPanels(int64_t rows, int64_t columns, int64_t panel, bool garbagePadding = false,
                                 Type type = Type::Float32);
  static Operand vector(const reference::Vector& values, Type type = Type::Float32);
  static Operand labels(const std::vector<int32_t>& values, int64_t gap = 0);

  const View* view() const { return &view_; }
  // The first rows (all when negative) as doubles.
  reference::Matrix read(int64_t rows = -1) const;
  // Every float as it is stored, padding of panels included.
  std::vector<float> stored() const;

  // Everything the tensor's allocation holds, to compare bits and to start again.
  const std::vector<uint8_t>& bytes() const { return *memory_; }
  void restore(const std::vector<uint8_t>& bytes) { *memory_ = bytes; }
  // Whether guards, gaps and rows from `rows` on are as they were made, and panels' padding is zero.
  bool outsideUntouched(int64_t rows) const;
  // Tells the address sanitizer that what lies before and after may not even be read.
  void forbidOutside(bool forbidden) const;

 private:
  Operand(int64_t rows, int64_t columns, Type type, int64_t gap, float scale, int64_t panel);
  int64_t storedElements() const;
  int64_t indexOf(int64_t r, int64_t c) const;
  double get(int64_t index) const;
  void set(int64_t index, double value);

  View view_;
  std::shared_ptr<std::vector<uint8_t>> memory_;
};

// float32 values in (-scale, scale) or (low, high); the same for the same seed everywhere.
reference::Matrix randomMatrix(int64_t rows, int64_t columns, uint64_t seed, double scale = 1);
reference::Vector randomVector(int64_t count, uint64_t seed, double low, double high);
std::vector<int32_t> randomLabels(int64_t count, int64_t classes, uint64_t seed);

}  // namespace test
}  // namespace deepblas
