// Lane kernels by themselves on one core: members of 14-16-8-1 side by side, a batch of 32 rows each.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "core/floating_point.h"
#include "kernels.h"
#include "kernels/kernels.h"
#include "measure.h"
#include "peak.h"

namespace deepblas {
namespace floor {

namespace {

constexpr int64_t kRows = 32;

// One row: a lane kernel, and its operands in lane form.
class LaneRow {
 public:
  LaneRow(KernelId kernel, std::string shape) : kernel_(kernel), shape_(std::move(shape)) {}

  LaneRow& floats(int argument, int64_t rows, int64_t columns, int64_t panel = 0) {
    View& view = add(argument, rows, columns, 4, Type::Float32);
    view.panel = panel;
    fillUniform(data<float>(&view), rows * columns * lanes_, {static_cast<uint64_t>(argument) + 1, 0}, 0.1, 1);
    return *this;
  }
  LaneRow& doubles(int argument, int64_t rows) {
    add(argument, rows, 1, 8, Type::Float64);
    return *this;
  }
  // Each member's own rows of one matrix, in an order of its own.
  LaneRow& gathered(int source, int order, int64_t rows, int64_t columns) {
    memory_.push_back(std::make_unique<Arena>(static_cast<size_t>(rows * columns * 4)));
    own_[0] = {memory_.back()->at(0), rows, columns, columns, 0, Type::Float32, 1};
    memory_.push_back(std::make_unique<Arena>(static_cast<size_t>(rows * lanes_ * 4)));
    for (int64_t lane = 0; lane < lanes_; ++lane) {
      int32_t* shuffled = memory_.back()->as<int32_t>() + lane * rows;
      fillShuffled(shuffled, rows, {static_cast<uint64_t>(lane), 2});
      orders_[lane] = {shuffled, kRows, 1, 1, 0, Type::Int32, 1};
      members_[source][lane] = &own_[0];
      members_[order][lane] = &orders_[lane];
    }
    return *this;
  }
  LaneRow& number(int argument, double value) {
    for (double& of : numbers_[argument]) of = value;
    return *this;
  }
  LaneRow& flop(double operationsOfMember) {
    flop_ = operationsOfMember * static_cast<double>(lanes_);
    return *this;
  }

  void measure(double seconds) {
    for (int64_t lane = 0; lane < lanes_; ++lane) rows_[lane] = kRows, active_[lane] = -1;
    const LaneCall call = {views_, members_, numbers_, kRows, rows_, active_, true, notFinite_};
    const LaneKernel& kernel = activeKernels().lanes[static_cast<int>(kernel_)];
    const double taken = fastest(seconds, [&] { kernel.execute(call); });
    const Peak& peak = peakOfOneCore();
    const double rate = (flop_ > 0 ? flop_ : moved_) / taken / 1e9;
    std::printf("{\"kernel\":\"%s\",\"shape\":\"%s\",\"microseconds\":%.4g,\"rate\":%.4g,\"unit\":\"%s\",\"of\":\"%s\","
                "\"percent\":%.1f}\n",
                kKernelInfo[static_cast<int>(kernel_)].name,
                (std::to_string(lanes_) + " members in lanes, each " + shape_).c_str(), taken * 1e6, rate,
                flop_ > 0 ? "GFLOP/s" : "GB/s", flop_ > 0 ? "FMA peak" : "cache",
                100 * rate / (flop_ > 0 ? peak.gflops : peak.cacheBandwidth));
    std::fflush(stdout);
  }

 private:
  View& add(int argument, int64_t rows, int64_t columns, int64_t bytes, Type type) {
    const int64_t size = rows * columns * bytes * lanes_;
    memory_.push_back(std::make_unique<Arena>(static_cast<size_t>(size)));
    const Access access = kKernelInfo[static_cast<int>(kernel_)].arguments[argument].access;
    moved_ += static_cast<double>(size) * (access == Access::Update ? 2 : 1);
    own_[argument] = {memory_.back()->at(0), rows, columns, columns, 0, type, 1};
    views_[argument] = &own_[argument];
    return own_[argument];
  }

  KernelId kernel_;
  std::string shape_;
  const int64_t lanes_ = activeKernels().laneCount;
  std::vector<std::unique_ptr<Arena>> memory_;
  View own_[kMaximumArguments + 1] = {}, orders_[kMostLanes] = {};
  const View* views_[kMaximumArguments] = {};
  const View* members_[kMaximumArguments][kMostLanes] = {};
  double numbers_[kMaximumArguments][kMostLanes] = {};
  int32_t rows_[kMostLanes] = {}, active_[kMostLanes] = {}, notFinite_[kMostLanes] = {};
  double flop_ = 0, moved_ = 0;
};

double products(int64_t inputs, int64_t outputs) { return 2.0 * kRows * static_cast<double>(inputs * outputs); }

}  // namespace

void measureLaneKernels(double seconds) {
  const FlushDenormals guard;
  struct Shape {
    int64_t inputs, outputs;
  };
  {
    namespace a = at::gather;
    LaneRow(KernelId::Gather, "32 of 3200x14")
        .floats(a::output, kRows, 14)
        .gathered(a::source, a::order, 3200, 14)
        .measure(seconds);
  }
  for (const Shape& s : {Shape{14, 16}, Shape{16, 8}, Shape{16, 1}}) {
    namespace a = at::denseForward;
    LaneRow(KernelId::DenseForward, "32x" + std::to_string(s.inputs) + "x" + std::to_string(s.outputs) + " relu")
        .floats(a::output, kRows, s.outputs)
        .floats(a::x, kRows, s.inputs)
        .floats(a::weight, s.outputs, s.inputs, activeKernels().weightPanel(s.inputs, s.outputs))
        .floats(a::bias, 1, s.outputs)
        .number(a::activation, static_cast<double>(Activation::Relu))
        .flop(products(s.inputs, s.outputs))
        .measure(seconds);
  }
  {
    namespace a = at::sigmoidBinaryCrossEntropy;
    LaneRow(KernelId::SigmoidBinaryCrossEntropy, "32x1")
        .doubles(a::rowLoss, kRows)
        .floats(a::gradient, kRows, 1)
        .floats(a::logits, kRows, 1)
        .floats(a::target, kRows, 1)
        .measure(seconds);
  }
  {
    namespace a = at::denseBackwardInput;
    LaneRow(KernelId::DenseBackwardInput, "32x8x16")
        .floats(a::inputGradient, kRows, 16)
        .floats(a::preActivationGradient, kRows, 8)
        .floats(a::weight, 8, 16, activeKernels().weightPanel(16, 8))
        .flop(products(16, 8))
        .measure(seconds);
  }
  for (const Shape& s : {Shape{14, 16}, Shape{16, 8}, Shape{8, 1}}) {
    namespace a = at::denseBackwardWeight;
    LaneRow(KernelId::DenseBackwardWeight, std::to_string(s.outputs) + "x" + std::to_string(s.inputs) + " batch 32")
        .floats(a::weightGradient, s.outputs, s.inputs, activeKernels().weightPanel(s.inputs, s.outputs))
        .floats(a::biasGradient, 1, s.outputs)
        .floats(a::x, kRows, s.inputs)
        .floats(a::preActivationGradient, kRows, s.outputs)
        .flop(products(s.inputs, s.outputs))
        .measure(seconds);
  }
  namespace a = at::adam;
  LaneRow(KernelId::Adam, "385 parameters")
      .floats(a::parameter, 1, 385)
      .floats(a::gradient, 1, 385)
      .floats(a::firstMoment, 1, 385)
      .floats(a::secondMoment, 1, 385)
      .number(a::stepSize, 1e-3)
      .number(a::inverseRootCorrection, 1)
      .number(a::weightShrink, 1)
      .number(a::beta1, 0.9)
      .number(a::beta2, 0.999)
      .number(a::epsilon, 1e-8)
      .measure(seconds);
}

}  // namespace floor
}  // namespace deepblas
