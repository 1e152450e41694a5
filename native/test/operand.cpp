#include "operand.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/error.h"
#include "core/random.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

namespace deepblas {
namespace test {

namespace {

constexpr int64_t kGuard = 256;    // bytes before and after
constexpr uint8_t kGuardByte = 0xff;  // a NaN as float32 and float64

int64_t bytesPerElement(Type type) { return type == Type::Float64 ? 8 : type == Type::Uint8 ? 1 : type == Type::Bfloat16 ? 2 : 4; }

}  // namespace

Operand::Operand(int64_t rows, int64_t columns, Type type, int64_t gap, float scale, int64_t panel)
    : view_{nullptr, rows, columns, columns + gap, panel, type, scale},
      memory_(std::make_shared<std::vector<uint8_t>>(2 * kGuard + storedElements() * bytesPerElement(type),
                                                     kGuardByte)) {
  view_.data = memory_->data() + kGuard;
}

int64_t Operand::storedElements() const {
  if (view_.panel > 0) return (view_.rows + view_.panel - 1) / view_.panel * view_.panel * view_.columns;
  return view_.rows == 0 ? 0 : (view_.rows - 1) * view_.stride + view_.columns;
}

int64_t Operand::indexOf(int64_t r, int64_t c) const {
  if (view_.panel == 0) return r * view_.stride + c;
  if (view_.type == Type::Bfloat16) {
    // Pairs of columns side by side, the last of an odd number by itself.
    const int64_t panel = r / view_.panel * view_.panel * view_.columns, lane = r % view_.panel;
    return panel + (c | 1) < panel + view_.columns ? panel + c / 2 * 2 * view_.panel + 2 * lane + c % 2
                                                   : panel + c * view_.panel + lane;
  }
  return r / view_.panel * view_.panel * view_.columns + c * view_.panel + r % view_.panel;
}

double Operand::get(int64_t index) const {
  switch (view_.type) {
    case Type::Float32: return static_cast<const float*>(view_.data)[index];
    case Type::Float64: return static_cast<const double*>(view_.data)[index];
    case Type::Int32: return static_cast<const int32_t*>(view_.data)[index];
    case Type::Uint8: return static_cast<const uint8_t*>(view_.data)[index] * static_cast<double>(view_.scale);
    case Type::Bfloat16: {
      const uint32_t bits = static_cast<uint32_t>(static_cast<const uint16_t*>(view_.data)[index]) << 16;
      float value;
      std::memcpy(&value, &bits, sizeof value);
      return value;
    }
  }
  return 0;
}

void Operand::set(int64_t index, double value) {
  switch (view_.type) {
    case Type::Float32: static_cast<float*>(view_.data)[index] = static_cast<float>(value); break;
    case Type::Float64: static_cast<double*>(view_.data)[index] = value; break;
    case Type::Int32: static_cast<int32_t*>(view_.data)[index] = static_cast<int32_t>(value); break;
    case Type::Uint8:
      static_cast<uint8_t*>(view_.data)[index] = static_cast<uint8_t>(std::lround(value / view_.scale));
      break;
    case Type::Bfloat16: {
      const float rounded = static_cast<float>(reference::bfloat16(value));
      uint32_t bits;
      std::memcpy(&bits, &rounded, sizeof bits);
      static_cast<uint16_t*>(view_.data)[index] = static_cast<uint16_t>(bits >> 16);
      break;
    }
  }
}

Operand Operand::matrix(const reference::Matrix& values, Type type, int64_t gap, float scale) {
  Operand operand(values.rows, values.columns, type, gap, scale, 0);
  for (int64_t r = 0; r < values.rows; ++r)
    for (int64_t c = 0; c < values.columns; ++c) operand.set(operand.indexOf(r, c), values.at(r, c));
  return operand;
}

Operand Operand::unwritten(int64_t rows, int64_t columns, Type type, int64_t gap) {
  return Operand(rows, columns, type, gap, 1, 0);
}

Operand Operand::panels(const reference::Matrix& weight, int64_t panel) {
  Operand operand = unwrittenPanels(weight.rows, weight.columns, panel);
  for (int64_t r = 0; r < weight.rows; ++r)
    for (int64_t c = 0; c < weight.columns; ++c) operand.set(operand.indexOf(r, c), weight.at(r, c));
  return operand;
}

Operand Operand::unwrittenPanels(int64_t rows, int64_t columns, int64_t panel, bool garbagePadding,
                                 Type type) {
  Operand operand(rows, columns, type, 0, 1, panel);
  if (garbagePadding) return operand;
  const int64_t padded = (rows + panel - 1) / panel * panel;
  for (int64_t r = rows; r < padded; ++r)
    for (int64_t c = 0; c < columns; ++c) operand.set(operand.indexOf(r, c), 0);
  return operand;
}

Operand Operand::vector(const reference::Vector& values, Type type) {
  reference::Matrix row(1, static_cast<int64_t>(values.size()));
  row.values = values;
  return matrix(row, type);
}

Operand Operand::labels(const std::vector<int32_t>& values, int64_t gap) {
  reference::Matrix column(static_cast<int64_t>(values.size()), 1);
  column.values.assign(values.begin(), values.end());
  return matrix(column, Type::Int32, gap);
}

reference::Matrix Operand::read(int64_t rows) const {
  reference::Matrix values(rows < 0 ? view_.rows : rows, view_.columns);
  for (int64_t r = 0; r < values.rows; ++r)
    for (int64_t c = 0; c < values.columns; ++c) values.at(r, c) = get(indexOf(r, c));
  return values;
}

std::vector<float> Operand::stored() const {
  const float* first = static_cast<const float*>(view_.data);
  return std::vector<float>(first, first + storedElements());
}

bool Operand::outsideUntouched(int64_t rows) const {
  const int64_t width = bytesPerElement(view_.type);
  const std::vector<uint8_t>& all = *memory_;
  std::vector<bool> inside(all.size(), false);
  const int64_t padded = view_.panel > 0 ? storedElements() / view_.columns : rows;
  for (int64_t r = 0; r < padded; ++r) {
    for (int64_t c = 0; c < view_.columns; ++c) {
      const int64_t index = indexOf(r, c);
      for (int64_t byte = 0; byte < width; ++byte) inside[kGuard + index * width + byte] = true;
      if (view_.panel > 0 && r >= view_.rows && get(index) != 0) return false;
    }
  }
  for (size_t i = 0; i < all.size(); ++i)
    if (!inside[i] && all[i] != kGuardByte) return false;
  return true;
}

void Operand::forbidOutside(bool forbidden) const {
  uint8_t* first = memory_->data();
  const size_t size = memory_->size();
  if (forbidden) {
    ASAN_POISON_MEMORY_REGION(first, kGuard);
    ASAN_POISON_MEMORY_REGION(first + size - kGuard, kGuard);
  } else {
    ASAN_UNPOISON_MEMORY_REGION(first, size);
  }
}

reference::Matrix randomMatrix(int64_t rows, int64_t columns, uint64_t seed, double scale) {
  reference::Matrix matrix(rows, columns);
  matrix.values = randomVector(rows * columns, seed, -scale, scale);
  return matrix;
}

reference::Vector randomVector(int64_t count, uint64_t seed, double low, double high) {
  std::vector<float> values(count);
  fillUniform(values.data(), count, {seed, 77}, low, high);
  return reference::Vector(values.begin(), values.end());
}

std::vector<int32_t> randomLabels(int64_t count, int64_t classes, uint64_t seed) {
  std::vector<int32_t> labels;
  for (double value : randomVector(count, seed, 0, 1))
    labels.push_back(std::min(static_cast<int32_t>(value * static_cast<double>(classes)), static_cast<int32_t>(classes - 1)));
  return labels;
}

}  // namespace test
}  // namespace deepblas
