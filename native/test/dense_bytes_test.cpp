// Dense layers that read bytes: the bits that floats give which a gather has made of the bytes, and the reference within
// its bound.
#include <cmath>

#include "kernel_run.h"
#include "product_bounds.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using reference::Matrix;

using Shape = ProductShape;

// Gradients of a few vectors, of some, of all outputs in one tile and in several; rows beyond every block of rows, inputs
// beyond the blocks of the depth; odd numbers of all three.
const Shape kShapes[] = {
    {1, 41, 1},    {33, 90, 1},    {70, 24, 1},   {37, 300, 1},   {209, 1100, 20}, {31, 2061, 5},
    {300, 777, 7}, {17, 1030, 12}, {16, 400, 17}, {2100, 130, 3}, {60, 1000, 33},  {20, 2500, 49},
    // Narrow vectors keep these alone row by row, beside those of one output.
    {65, 200, 2},  {9, 77, 2},     {40, 515, 3},
};
constexpr float kScale = 1.0f / 255;

Matrix bytesOf(const Shape& shape) {
  Matrix x(shape.rows, shape.inputs);
  for (size_t i = 0; i < x.values.size(); ++i) x.values[i] = static_cast<double>((i * 2654435761u >> 11) % 256) * kScale;
  return x;
}

Operand gathered(const KernelSet& set, const Operand& bytes, const Shape& shape) {
  const Operand output = Operand::unwritten(shape.rows, shape.inputs);
  KernelRun run(KernelId::Gather, shape.rows);
  run.tensor(at::gather::output, output);
  run.tensor(at::gather::source, bytes);
  run.execute(set);
  return output;
}

// The conversion of an element rounds once more.
Matrix boundOf(Matrix sums, int64_t depth) {
  for (double& value : sums.values) value *= sumError(depth) + kRoundoff;
  return sums;
}

template <typename Check>
void forShapes(Check check) {
  int64_t layers = 0;
  for (const KernelSet* set : testedSets()) {
    for (const Shape& shape : kShapes) {
      const int64_t panel = set->weightPanel(shape.inputs, shape.outputs);
      if (panel != 1) continue;
      CONTEXT(set->name, ", ", shape.rows, " rows, ", shape.inputs, " inputs, ", shape.outputs, " outputs");
      check(*set, shape);
      ++layers;
    }
  }
  CHECK(layers > 5 * static_cast<int64_t>(testedSets().size()));
}

}  // namespace

TEST("denseForward of bytes has the bits that it has of gathered floats") {
  namespace arg = at::denseForward;
  forShapes([](const KernelSet& set, const Shape& shape) {
    const Matrix x = bytesOf(shape), weight = randomMatrix(shape.outputs, shape.inputs, 3);
    const reference::Vector bias = randomVector(shape.outputs, 4, -1, 1);
    const Operand bytes = Operand::matrix(x, Type::Uint8, 3, kScale);
    const Operand outputs[] = {Operand::unwritten(shape.rows, shape.outputs), Operand::unwritten(shape.rows, shape.outputs)};
    const Operand inputs[] = {bytes, gathered(set, bytes, shape)};
    for (int i : {0, 1}) {
      KernelRun run(KernelId::DenseForward, shape.rows);
      run.tensor(arg::output, outputs[i]);
      run.tensor(arg::x, inputs[i]);
      run.tensor(arg::weight, Operand::panels(weight, 1));
      run.tensor(arg::bias, Operand::vector(bias));
      run.number(arg::activation, static_cast<int>(Activation::Linear));
      run.execute(set);
    }
    CHECK(outputs[0].bytes() == outputs[1].bytes());
    reference::Vector noBias;
    const Matrix expected = reference::denseForward(x, weight, bias, Activation::Linear).output;
    Matrix bound =
        boundOf(reference::denseForward(x, magnitudes(weight), noBias, Activation::Linear).output, shape.inputs);
    // The bias is added last, and the sum rounds once more.
    for (int64_t r = 0; r < shape.rows; ++r)
      for (int64_t o = 0; o < shape.outputs; ++o) bound.at(r, o) += kRoundoff * (std::fabs(expected.at(r, o)) + bound.at(r, o));
    checkMatrix("output", outputs[0].read(), expected, bound);
  });
}

TEST("denseBackwardWeight of bytes has the bits that it has of gathered floats") {
  namespace arg = at::denseBackwardWeight;
  forShapes([](const KernelSet& set, const Shape& shape) {
    const Matrix x = bytesOf(shape), gradient = randomMatrix(shape.rows, shape.outputs, 5);
    const Operand bytes = Operand::matrix(x, Type::Uint8, 3, kScale);
    const Operand results[] = {Operand::unwrittenPanels(shape.outputs, shape.inputs, 1),
                               Operand::unwrittenPanels(shape.outputs, shape.inputs, 1)};
    const Operand inputs[] = {bytes, gathered(set, bytes, shape)};
    for (int i : {0, 1}) {
      KernelRun run(KernelId::DenseBackwardWeight, shape.rows);
      run.tensor(arg::weightGradient, results[i]);
      run.tensor(arg::x, inputs[i]);
      run.tensor(arg::preActivationGradient, Operand::matrix(gradient));
      run.execute(set);
    }
    CHECK(results[0].bytes() == results[1].bytes());
    checkMatrix("weightGradient", results[0].read(), reference::denseBackwardWeight(x, gradient).weight,
                boundOf(reference::denseBackwardWeight(x, magnitudes(gradient)).weight, shape.rows));
  });
}

}  // namespace test
}  // namespace deepblas
