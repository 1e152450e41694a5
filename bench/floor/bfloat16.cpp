// Products of bfloat16 operands, and the rounding of their operands, at shapes of dense layers that take them.
#include "kernels.h"
#include "rows.h"

namespace deepblas {
namespace floor {

namespace {

struct Shape {
  int64_t batch, inputs, outputs;
};

const Shape kShapes[] = {{64, 784, 128}, {256, 784, 800}, {512, 1024, 4096}};

std::string batchOf(const Shape& s) { return " batch " + std::to_string(s.batch); }

void rounding(Table& measure, const Shape& s) {
  const KernelSet& set = activeKernels();
  const int64_t stored = set.weightPanel(s.inputs, s.outputs);
  {
    namespace a = at::roundRows;
    measure(Row(KernelId::RoundRows, sizes({s.batch, s.inputs}), s.batch)
                .halves(a::output, s.batch, s.inputs, 0)
                .floats(a::x, s.batch, s.inputs));
  }
  {
    namespace a = at::roundRowPairs;
    measure(Row(KernelId::RoundRowPairs, sizes({s.batch, s.inputs}), s.batch)
                .halves(a::output, s.batch, s.inputs, 0)
                .floats(a::x, s.batch, s.inputs)
                .number(a::lanes, 0));
  }
  {
    namespace a = at::roundWeight;
    measure(Row(KernelId::RoundWeight, sizes({s.outputs, s.inputs}), 1)
                .halfPanels(a::output, s.outputs, s.inputs, set.registerPanel(s.outputs), 0)
                .panels(a::weight, s.outputs, s.inputs, stored));
  }
  namespace a = at::roundWeightTransposed;
  measure(Row(KernelId::RoundWeightTransposed, sizes({s.outputs, s.inputs}), 1)
              .halfPanels(a::output, s.inputs, s.outputs, set.registerPanel(s.inputs), 0)
              .panels(a::weight, s.outputs, s.inputs, stored));
}

void products(Table& measure, const Shape& s) {
  const KernelSet& set = activeKernels();
  const double operations = product(s.batch, s.inputs, s.outputs);
  {
    namespace a = at::bfloat16Forward;
    measure(Row(KernelId::Bfloat16Forward, sizes({s.batch, s.inputs, s.outputs}) + " relu", s.batch)
                .floats(a::output, s.batch, s.outputs, 0)
                .halves(a::x, s.batch, s.inputs)
                .halfPanels(a::weight, s.outputs, s.inputs, set.registerPanel(s.outputs))
                .floats(a::bias, 1, s.outputs)
                .number(a::activation, static_cast<double>(Activation::Relu))
                .flop(operations));
  }
  {
    namespace a = at::bfloat16BackwardInput;
    measure(Row(KernelId::Bfloat16BackwardInput, sizes({s.batch, s.outputs, s.inputs}), s.batch)
                .floats(a::inputGradient, s.batch, s.inputs, 0)
                .halves(a::preActivationGradient, s.batch, s.outputs)
                .halfPanels(a::weightTransposed, s.inputs, s.outputs, set.registerPanel(s.inputs))
                .flop(operations));
  }
  namespace a = at::bfloat16BackwardWeight;
  measure(Row(KernelId::Bfloat16BackwardWeight, sizes({s.outputs, s.inputs}) + batchOf(s), s.batch)
              .panels(a::weightGradient, s.outputs, s.inputs, set.weightPanel(s.inputs, s.outputs), 0)
              .floats(a::biasGradient, 1, s.outputs, 0)
              .halves(a::xPairs, s.batch, s.inputs)
              .halves(a::gradientPairs, s.batch, s.outputs)
              .floats(a::preActivationGradient, s.batch, s.outputs)
              .flop(operations));
}

}  // namespace

void measureBfloat16(Table& measure) {
  for (const Shape& s : kShapes) {
    products(measure, s);
    rounding(measure, s);
  }
}

}  // namespace floor
}  // namespace deepblas
