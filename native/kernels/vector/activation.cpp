// Activations as calls of their own (behind a layer that is not dense), their derivatives, and softmax.
#include "boundary/kernel_table.h"
#include "kernels/vector/activate.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/register.h"
#include "kernels/vector/softmax.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

void activationForward(const Call& call, const Tile& tile) {
  const View& output = *call.views[at::activationForward::output];
  const View& x = *call.views[at::activationForward::x];
  const Activation rule = static_cast<Activation>(static_cast<int>(call.numbers[at::activationForward::activation]));
  const Runs runs = runsOf(tile, x.columns, contiguous(x) && contiguous(output));
  for (int64_t r = runs.begin; r < runs.end; ++r)
    activate(rule, rowOf(output, tile.firstBegin + r), rowOf(x, tile.firstBegin + r), runs.width);
}

template <typename Rule>
void differentiate(float* inputGradient, const float* outputGradient, const float* output, const float* z,
                   int64_t count) {
  const Floats none = {};
  int64_t i = 0;
  for (; i + kWidth <= count; i += kWidth)
    store(inputGradient + i,
          load(outputGradient + i) * Rule::derivative(z ? load(z + i) : none, output ? load(output + i) : none));
  if (i < count) {
    const int64_t lanes = count - i;
    storeFirst(inputGradient + i,
               loadFirst(outputGradient + i, lanes) * Rule::derivative(z ? loadFirst(z + i, lanes) : none,
                                                                       output ? loadFirst(output + i, lanes) : none),
               lanes);
  }
}

void activationBackward(const Call& call, const Tile& tile) {
  const View& inputGradient = *call.views[at::activationBackward::inputGradient];
  const View& outputGradient = *call.views[at::activationBackward::outputGradient];
  const View* output = call.views[at::activationBackward::output];
  const View* z = call.views[at::activationBackward::preActivation];
  const bool flat = contiguous(inputGradient) && contiguous(outputGradient) && (!output || contiguous(*output)) &&
                    (!z || contiguous(*z));
  const Runs runs = runsOf(tile, inputGradient.columns, flat);
  for (int64_t run = runs.begin; run < runs.end; ++run) {
    const int64_t r = tile.firstBegin + run;
    float* to = rowOf(inputGradient, r);
    const float* from = rowOf(outputGradient, r);
    const float* a = output ? rowOf(*output, r) : nullptr;
    const float* before = z ? rowOf(*z, r) : nullptr;
    switch (static_cast<Activation>(static_cast<int>(call.numbers[at::activationBackward::activation]))) {
      case Activation::Linear: differentiate<Linear>(to, from, a, before, runs.width); break;
      case Activation::Sigmoid: differentiate<Sigmoid>(to, from, a, before, runs.width); break;
      case Activation::Tanh: differentiate<Tanh>(to, from, a, before, runs.width); break;
      case Activation::Relu: differentiate<Relu>(to, from, a, before, runs.width); break;
      case Activation::Gelu: differentiate<Gelu>(to, from, a, before, runs.width); break;
    }
  }
}

void softmaxForward(const Call& call, const Tile& tile) {
  const View& output = *call.views[at::softmaxForward::output];
  const View& x = *call.views[at::softmaxForward::x];
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) softmaxRow(rowOf(output, r), rowOf(x, r), x.columns);
}

void softmaxBackward(const Call& call, const Tile& tile) {
  const View& inputGradient = *call.views[at::softmaxBackward::inputGradient];
  const View& outputGradient = *call.views[at::softmaxBackward::outputGradient];
  const View& output = *call.views[at::softmaxBackward::output];
  const int64_t columns = output.columns;
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
    float* to = rowOf(inputGradient, r);
    const float* gradient = rowOf(outputGradient, r);
    const float* probability = rowOf(output, r);
    Floats products = {};
    for (int64_t i = 0; i < columns; i += kWidth) {
      const int64_t lanes = smaller(kWidth, columns - i);
      products = fma(loadFirst(gradient + i, lanes), loadFirst(probability + i, lanes), products);
    }
    const float product = sumOfLanes(products);
    for (int64_t i = 0; i < columns; i += kWidth) {
      const int64_t lanes = smaller(kWidth, columns - i);
      storeFirst(to + i, loadFirst(probability + i, lanes) * (loadFirst(gradient + i, lanes) - product), lanes);
    }
  }
}

Axes axes(const Call& call) { return rowAxes(call.rows, call.views[0]->columns); }
double cost(const Call& call) { return call.rows * static_cast<double>(call.views[0]->columns) * 0.5 + 5; }

}  // namespace

void registerActivation(KernelSet& set) {
  set[KernelId::ActivationForward] = {axes, activationForward, cost};
  set[KernelId::ActivationBackward] = {axes, activationBackward, cost};
  set[KernelId::SoftmaxForward] = {axes, softmaxForward, cost};
  set[KernelId::SoftmaxBackward] = {axes, softmaxBackward, cost};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
