#include "products.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <vector>

#include "kernels/kernels.h"
#include "measure.h"
#include "peak.h"

namespace deepblas {
namespace floor {

namespace {

using Clock = std::chrono::steady_clock;

// A call on one thread, of which each tile is timed by itself. Its time is the sum of the least times of its tiles, which
// take a millisecond or less: on a machine that others use, a whole product is hardly ever undisturbed.
class TimedCall {
 public:
  TimedCall(KernelId kernel, std::vector<View> views, int64_t rows)
      : kernel_(activeKernels()[kernel]), views_(std::move(views)), rows_(rows) {}
  void run() {
    const View* pointers[kMaximumArguments] = {};
    const double numbers[kMaximumArguments] = {};
    for (size_t i = 0; i < views_.size(); ++i)
      if (views_[i].data) pointers[i] = &views_[i];
    const Call call = {pointers, numbers, rows_, nullptr};
    const Axes axes = kernel_.axes(call);
    size_t index = 0;
    for (int64_t second = 0; second < axes.second; second += axes.secondTile) {
      for (int64_t first = 0; first < axes.first; first += axes.firstTile) {
        const auto start = Clock::now();
        kernel_.execute(call, {first, std::min(first + axes.firstTile, axes.first), second,
                                std::min(second + axes.secondTile, axes.second)});
        const double taken = std::chrono::duration<double>(Clock::now() - start).count();
        if (index == least_.size()) least_.push_back(taken);
        least_[index] = std::min(least_[index], taken);
        ++index;
      }
    }
  }
  double seconds() const {
    double sum = 0;
    for (double tile : least_) sum += tile;
    return sum;
  }

 private:
  const Kernel& kernel_;
  std::vector<View> views_;
  int64_t rows_;
  std::vector<double> least_;
};

struct Shape {
  int64_t rows, inputs, outputs;
};

// Elements from one row of a batch to the next, as programs lay them out: an odd number of lines of cache.
int64_t rowStride(int64_t columns) { return ((columns + 15) / 16 | 1) * 16; }

View batch(const Floats& memory, int64_t rows, int64_t columns) {
  return {memory.data(), rows, columns, rowStride(columns), 0, Type::Float32, 1};
}

View stored(const Floats& memory, int64_t outputs, int64_t inputs, int64_t panel) {
  return {memory.data(), outputs, inputs, inputs, panel, Type::Float32, 1};
}

// A layer whose weight is stored in panels of a width.
class Layer {
 public:
  Layer(const Shape& s, int64_t panel)
      : x_(s.rows * rowStride(s.inputs), 1),
        output_(s.rows * rowStride(s.outputs), 2),
        weight_(padded(s.outputs, panel) * s.inputs, 3, 0.05),
        gradient_(padded(s.outputs, panel) * s.inputs, 4, 0),
        inputGradient_(s.rows * rowStride(s.inputs), 5) {
    const View none = {}, weight = stored(weight_, s.outputs, s.inputs, panel);
    const View x = batch(x_, s.rows, s.inputs), output = batch(output_, s.rows, s.outputs);
    calls_.emplace_back(KernelId::DenseForward, std::vector<View>{output, none, x, weight, none, none, none}, s.rows);
    calls_.emplace_back(KernelId::DenseBackwardInput,
                           std::vector<View>{batch(inputGradient_, s.rows, s.inputs), output, weight, none, none}, s.rows);
    calls_.emplace_back(KernelId::DenseBackwardWeight,
                           std::vector<View>{stored(gradient_, s.outputs, s.inputs, panel), none, x, output, none}, s.rows);
  }
  void run(int product) { calls_[product].run(); }
  double seconds(int product) const { return calls_[product].seconds(); }

 private:
  static int64_t padded(int64_t outputs, int64_t panel) { return (outputs + panel - 1) / panel * panel; }
  Floats x_, output_, weight_, gradient_, inputGradient_;
  std::vector<TimedCall> calls_;  // forward, input gradient, weight gradient
};

}  // namespace

void measureProducts(double secondsPerShape) {
  const KernelSet& set = activeKernels();
  // A vector; the panel of packed tiles; the widest other one, whose tiles read in place.
  const int64_t width = set.registerPanel(1), packedPanel = width == 16 ? 2 * width : 3 * width;
  const int64_t inPlacePanel = width == 16 ? 4 * width : 2 * width;
  const char* const names[] = {"forward", "input gradient", "weight gradient"};
  for (const Shape& s : {Shape{4096, 256, 256}, Shape{4096, 32, 256}, Shape{256, 256, 256}, Shape{256, 784, 800}, Shape{256, 800, 800}, Shape{512, 1024, 1024}, Shape{512, 1024, 4096},
                         Shape{512, 4096, 1000}}) {
    Layer inPlace(s, inPlacePanel), packed(s, packedPanel), blas(s, (s.outputs + 15) / 16 * 16);
    Layer* const ways[] = {&inPlace, &packed, &blas};
    double left = secondsPerShape, peak = 0;
    while (left > 0) {
      const auto start = Clock::now();
      peak = std::max(peak, sampleOfPeakGflops() * 1e9);
      for (int product = 0; product < 3; ++product)
        for (Layer* way : ways) way->run(product);
      left -= std::chrono::duration<double>(Clock::now() - start).count();
    }
    const double operations = 2.0 * static_cast<double>(s.rows * s.inputs * s.outputs);
    for (int product = 0; product < 3; ++product) {
      const auto share = [&](const Layer& way) { return 100 * operations / way.seconds(product) / peak; };
      std::printf("{\"rows\":%lld,\"inputs\":%lld,\"outputs\":%lld,\"product\":\"%s\",\"inPlace\":%.1f,\"packed\":%.1f,"
                  "\"openblas\":%.1f}\n",
                  static_cast<long long>(s.rows), static_cast<long long>(s.inputs), static_cast<long long>(s.outputs),
                  names[product], share(inPlace), share(packed), share(blas));
      std::fflush(stdout);
    }
  }
}

}  // namespace floor
}  // namespace deepblas
