// Rows of the table of kernels: a kernel by itself on one core, in its own tiles.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "kernels/expression.h"
#include "kernels/kernels.h"
#include "measure.h"
#include "peak.h"
#include "program/program.h"

namespace deepblas {
namespace floor {

// One row: a kernel, its operands, and what it moves and computes.
class Row {
 public:
  Row(KernelId kernel, std::string shape, int64_t rows) : kernel_(kernel), shape_(std::move(shape)), rows_(rows) {}

  // Plain matrices. The numbers are uniform in (-scale, scale).
  Row& floats(int argument, int64_t rows, int64_t columns, double scale = 1) {
    View& view = add(argument, rows, columns, Type::Float32, 0, rows * columns);
    if (scale > 0) fillUniform(data<float>(&view), rows * columns, {uint64_t(argument) + 1, 0}, -scale, scale);
    return *this;
  }
  // Numbers between 0 and 1, such as probabilities.
  Row& shares(int argument, int64_t rows, int64_t columns) {
    View& view = add(argument, rows, columns, Type::Float32, 0, rows * columns);
    fillUniform(data<float>(&view), rows * columns, {uint64_t(argument) + 1, 1}, 0, 1);
    return *this;
  }
  Row& bytes(int argument, int64_t rows, int64_t columns) {
    View& view = add(argument, rows, columns, Type::Uint8, 0, rows * columns);
    view.scale = 1.0f / 255;
    for (int64_t i = 0; i < rows * columns; ++i) data<uint8_t>(&view)[i] = static_cast<uint8_t>(i * 2654435761u >> 13);
    return *this;
  }
  Row& classes(int argument, int64_t rows, int64_t count) {
    View& view = add(argument, rows, 1, Type::Int32, 0, rows);
    for (int64_t i = 0; i < rows; ++i) data<int32_t>(&view)[i] = static_cast<int32_t>(i * 2654435761u % count);
    return *this;
  }
  Row& order(int argument, int64_t rows, int64_t of) {
    View& view = add(argument, rows, 1, Type::Int32, 0, rows);
    std::vector<int32_t> shuffled(of);
    fillShuffled(shuffled.data(), of, {1, 2});
    std::copy(shuffled.begin(), shuffled.begin() + rows, data<int32_t>(&view));
    return *this;
  }
  // Zeros in float64: accumulators, and what a row comes to.
  Row& sums(int argument, int64_t count) {
    add(argument, count, 1, Type::Float64, 0, count);
    return *this;
  }
  // The sums of a row's blocks, and how many elements of each have come: none.
  Row& blocks(int sums, int counts, int64_t count) {
    add(sums, 1, count, Type::Float64, 0, count);
    add(counts, 1, count, Type::Int32, 0, count);
    return *this;
  }
  // A weight (outputs, inputs) or a matrix in panels, padded with zeros.
  Row& panels(int argument, int64_t outputs, int64_t inputs, int64_t panel, double scale = 0.05) {
    const int64_t padded = (outputs + panel - 1) / panel * panel;
    View& view = add(argument, outputs, inputs, Type::Float32, panel, padded * inputs);
    if (scale > 0 && padded == outputs) fillUniform(data<float>(&view), padded * inputs, {9, 0}, -scale, scale);
    return *this;
  }
  // Rows of bfloat16 numbers, with the stride that a recorder gives them.
  Row& halves(int argument, int64_t rows, int64_t columns, double scale = 1) {
    const int64_t stride = ((columns + 31) / 32 | 1) * 32;
    add(argument, rows, columns, Type::Bfloat16, 0, rows * stride).stride = stride;
    fillHalves(argument, rows * stride, scale);
    return *this;
  }
  // A weight of bfloat16 numbers in panels of pairs, padded.
  Row& halfPanels(int argument, int64_t outputs, int64_t inputs, int64_t panel, double scale = 0.05) {
    const int64_t elements = (outputs + panel - 1) / panel * panel * inputs;
    add(argument, outputs, inputs, Type::Bfloat16, panel, elements);
    fillHalves(argument, elements, scale);
    return *this;
  }
  Row& rule(const Expression& expression) {
    rule_ = expression;
    ruled_ = true;
    return *this;
  }
  Row& number(int argument, double value) {
    numbers_[argument] = value;
    return *this;
  }
  Row& flop(double operations) {
    flop_ = operations;
    return *this;
  }
  // Without it: every operand once, and once more if it is updated.
  Row& moved(double bytes) {
    moved_ = bytes;
    return *this;
  }
  KernelId kernel() const { return kernel_; }

  void measure(double seconds) {
    const KernelInfo& info = kKernelInfo[static_cast<int>(kernel_)];
    const Kernel& kernel = activeKernels()[kernel_];
    const View* views[kMaximumArguments] = {};
    double touched = 0, moved = 0;
    for (int i = 0; i < info.argumentCount; ++i) {
      if (!memory_[i]) continue;
      views[i] = &views_[i];
      touched += memory_[i]->bytes();
      moved += memory_[i]->bytes() * (info.arguments[i].access == Access::Update ? 2.0 : 1.0);
    }
    if (moved_ > 0) moved = moved_;
    int32_t notFinite = 0;
    const Call call = {views, numbers_, rows_, &notFinite, ruled_ ? &rule_ : nullptr};
    const Axes axes = kernel.axes(call);
    const double taken = fastest(seconds, [&] {
      for (int64_t second = 0; second < axes.second; second += axes.secondTile)
        for (int64_t first = 0; first < axes.first; first += axes.firstTile)
          kernel.execute(call, {first, std::min(first + axes.firstTile, axes.first), second,
                                std::min(second + axes.secondTile, axes.second)});
    });
    const Peak& peak = peakOfOneCore();
    const bool inMemory = touched > 64e6;
    const double rate = (flop_ > 0 ? flop_ : moved) / taken / 1e9;
    const double most = flop_ > 0 ? peak.gflops : inMemory ? peak.memoryBandwidth : peak.cacheBandwidth;
    std::printf("{\"kernel\":\"%s\",\"shape\":\"%s\",\"microseconds\":%.4g,\"rate\":%.4g,\"unit\":\"%s\",\"of\":\"%s\","
                "\"percent\":%.1f}\n",
                info.name, shape_.c_str(), taken * 1e6, rate, flop_ > 0 ? "GFLOP/s" : "GB/s",
                flop_ > 0 ? "FMA peak" : inMemory ? "memory" : "cache", 100 * rate / most);
    std::fflush(stdout);
  }

 private:
  View& add(int argument, int64_t rows, int64_t columns, Type type, int64_t panel, int64_t elements) {
    memory_[argument] = std::make_unique<Arena>(static_cast<size_t>(elements * bytesOf(type)));
    views_[argument] = {memory_[argument]->at(0), rows, columns, columns, panel, type, 1};
    return views_[argument];
  }

  // The upper halves of floats, which are what bfloat16 numbers are.
  void fillHalves(int argument, int64_t count, double scale) {
    if (scale == 0) return;
    const Floats numbers(count, static_cast<uint64_t>(argument) + 1, scale);
    const uint16_t* from = reinterpret_cast<const uint16_t*>(numbers.data());
    for (int64_t i = 0; i < count; ++i) memory_[argument]->as<uint16_t>()[i] = from[2 * i + 1];
  }

  KernelId kernel_;
  std::string shape_;
  int64_t rows_;
  std::unique_ptr<Arena> memory_[kMaximumArguments];
  View views_[kMaximumArguments] = {};
  double numbers_[kMaximumArguments] = {};
  double flop_ = 0, moved_ = 0;
  Expression rule_ = {};
  bool ruled_ = false;
};

inline std::string sizes(std::initializer_list<int64_t> values) {
  std::string text;
  for (int64_t value : values) text += (text.empty() ? "" : "x") + std::to_string(value);
  return text;
}

inline double product(int64_t batch, int64_t inputs, int64_t outputs) { return 2.0 * batch * inputs * outputs; }

// Each maker appends its rows, and measures them one by one: the operands of all rows would not fit memory.
class Table {
 public:
  explicit Table(double seconds) : seconds_(seconds) {}
  void operator()(Row& row) {
    row.measure(seconds_);
    seen_[static_cast<int>(row.kernel())] = true;
  }
  void reportUnseen() const {
    for (int i = 0; i < kKernelCount; ++i)
      if (!seen_[i]) std::fprintf(stderr, "no row measures the kernel %s\n", kKernelInfo[i].name);
  }

 private:
  double seconds_;
  bool seen_[kKernelCount] = {};
};

}  // namespace floor
}  // namespace deepblas
