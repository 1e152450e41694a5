// Dense layers against their reference, within the bounds of their products.
#include <cmath>
#include <iterator>
#include <string>
#include <vector>

#include "kernel_run.h"
#include "product_bounds.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using reference::Matrix;
using reference::Vector;

using Shape = ProductShape;

// Around the register tiles of every instruction set (4 to 64 columns, 1 to 12 rows), the depth block (512), the row
// block (96) and the batch block (128); primes in between.
const Shape kRegisterShapes[] = {
    {1, 1, 1},     {2, 1, 3},     {3, 2, 4},     {1, 13, 5},    {4, 3, 7},     {5, 7, 8},     {6, 8, 9},
    {7, 5, 11},    {11, 16, 12},  {12, 17, 13},  {13, 31, 15},  {17, 9, 16},   {23, 11, 17},  {31, 14, 23},
    {32, 15, 24},  {33, 29, 25},  {1, 512, 31},  {2, 511, 32},  {3, 513, 33},  {64, 64, 47},  {95, 19, 48},
    {96, 23, 49},  {97, 37, 63},  {98, 6, 64},   {5, 41, 65},   {127, 13, 67}, {128, 10, 31}, {129, 12, 97},
    {144, 3, 10},  {145, 4, 20},  {209, 53, 20}, {7, 1031, 5},  {6, 1024, 16}, {64, 784, 128}, {64, 128, 10},
    {257, 2, 4},   {400, 2, 1},   {33, 300, 20}, {37, 48, 1},   {65, 784, 10}, {5, 1500, 31}, {41, 1100, 43},
      {19, 101, 99}, {8, 99, 101},   {5, 784, 800},  {101, 577, 701},
    {300, 1050, 20}, {20, 2500, 49}, {60, 1000, 33}, {2100, 130, 3},
};

// Layers of few inputs and outputs, whose lanes are rows: every such shape and its neighbors, for rows around whole vectors
// and blocks of them.
std::vector<Shape> narrowShapes() {
  std::vector<Shape> shapes;
  const int64_t rows[] = {1, 3, 4, 7, 8, 15, 16, 17, 33, 127, 128, 129, 300, 400};
  int64_t index = 0;
  for (int64_t inputs = 1; inputs <= 7; ++inputs)
    for (int64_t outputs = 1; outputs <= 9 && inputs * outputs <= 18; ++outputs)
      for (int more = 0; more < 3; ++more) shapes.push_back({rows[index++ % 14], inputs, outputs});
  return shapes;
}

// Large ones, on packed tiles or OpenBLAS: widths around multiples of 16, of panels and of tiles of several panels, depths
// beyond a block, rows that are packed and rows too few for it.
const Shape kLargeShapes[] = {
    {1, 1000, 1000}, {7, 10007, 101},  {33, 1201, 877},  {16, 130, 8009},   {3, 100, 10007},
    {28, 2500, 401}, {29, 500, 2001}, {16, 1031, 1009}, {257, 1001, 1003},  {61, 2049, 500},
};

// Register tiles may be cut anywhere between panels. OpenBLAS sums the edges of a call in another order than its middle:
// its layers are cut in the kernel's own tiles only.
int64_t cutOf(bool blas, int64_t multiple) { return blas ? KernelRun::kOwnTile : multiple; }

// What is the same for every instruction set is computed once for all of them: `make` gives the references of a shape.
template <typename Make>
const auto& madeOnce(const Shape& shape, int64_t index, int64_t variant, Make make) {
  static std::vector<int64_t> made;
  static decltype(make()) result;
  const std::vector<int64_t> wanted = {shape.rows, shape.inputs, shape.outputs, index, variant};
  if (made != wanted) {
    result = make();
    made = wanted;
  }
  return result;
}

struct Variant {
  Activation activation;
  bool bias, preActivation;
};

void checkForward(const KernelSet& set, const Shape& shape, const Variant& variant, int64_t index, int64_t panel) {
  namespace arg = at::denseForward;
  const Matrix x = randomMatrix(shape.rows, shape.inputs, 10 * index + 1);
  const Matrix weight = randomMatrix(shape.outputs, shape.inputs, 10 * index + 2);
  const Vector bias = variant.bias ? randomVector(shape.outputs, 10 * index + 3, -1, 1) : Vector();
  struct References {
    reference::Forward expected;
    Matrix bound;
  };
  const int64_t kind = 4 * static_cast<int64_t>(variant.activation) + 2 * variant.bias + variant.preActivation;
  const auto& [expected, bound] = madeOnce(shape, index, kind, [&] {
    const Matrix terms =
        reference::denseForward(magnitudes(x), magnitudes(weight), magnitudes(bias), Activation::Linear).output;
    return References{reference::denseForward(x, weight, bias, variant.activation), scaled(terms, sumError(shape.inputs))};
  });

  const bool blas = set.usesBlas(panel);
  CONTEXT(set.name, ", ", shape.rows, " rows, ", shape.inputs, " inputs, ", shape.outputs, " outputs, panel ", panel,
          ", activation ", static_cast<int>(variant.activation), variant.bias ? ", bias" : "",
          variant.preActivation ? ", preActivation" : "");
  const Operand output = Operand::unwritten(shape.rows + 2, shape.outputs, Type::Float32, gapOf(index));
  const Operand preActivation = Operand::unwritten(shape.rows + 1, shape.outputs, Type::Float32, gapOf(index + 1));
  KernelRun run(KernelId::DenseForward, shape.rows, cutOf(blas, 1), cutOf(blas, panel));
  run.tensor(arg::output, output);
  if (variant.preActivation) run.tensor(arg::preActivation, preActivation);
  run.tensor(arg::x, Operand::matrix(x, Type::Float32, gapOf(index + 2)));
  run.tensor(arg::weight, Operand::panels(weight, panel));
  if (variant.bias) run.tensor(arg::bias, Operand::vector(bias));
  run.number(arg::activation, static_cast<int>(variant.activation));
  run.execute(set);

  if (variant.preActivation) checkMatrix("preActivation", preActivation.read(shape.rows), expected.preActivation, bound);
  checkMatrix("output", output.read(shape.rows), expected.output,
              activatedBound(bound, expected.preActivation, variant.activation));
}

void checkBackwardInput(const KernelSet& set, const Shape& shape, int64_t index, int64_t panel) {
  namespace arg = at::denseBackwardInput;
  const Matrix gradient = randomMatrix(shape.rows, shape.outputs, 10 * index + 4);
  const Matrix weight = randomMatrix(shape.outputs, shape.inputs, 10 * index + 5);
  const bool blas = set.usesBlas(panel);
  CONTEXT(set.name, ", ", shape.rows, " rows, ", shape.inputs, " inputs, ", shape.outputs, " outputs, panel ", panel);
  const Operand stored = Operand::panels(weight, panel);
  const Operand inputGradient = Operand::unwritten(shape.rows + 2, shape.inputs, Type::Float32, gapOf(index));
  KernelRun run(KernelId::DenseBackwardInput, shape.rows, cutOf(blas, 1), cutOf(blas, set.registerPanel(shape.inputs)));
  run.tensor(arg::inputGradient, inputGradient);
  run.tensor(arg::preActivationGradient, Operand::matrix(gradient, Type::Float32, gapOf(index + 1)));
  run.tensor(arg::weight, stored);
  if (set.turnsWeight(shape.inputs, shape.outputs)) {
    const int64_t transposedPanel = set.registerPanel(shape.inputs);
    const Operand transposed = Operand::unwrittenPanels(shape.inputs, shape.outputs, transposedPanel, true);
    KernelRun transpose(KernelId::TransposeWeight, shape.rows, transposedPanel);
    transpose.tensor(at::transposeWeight::output, transposed);
    transpose.tensor(at::transposeWeight::weight, stored);
    transpose.execute(set);
    checkMatrix("transposed weight", transposed.read(), reference::transposeWeight(weight), 0);
    run.tensor(arg::weightTransposed, transposed);
  }
  run.execute(set);
  struct References {
    Matrix expected, bound;
  };
  const auto& [expected, bound] = madeOnce(shape, index, 0, [&] {
    const Matrix terms = reference::denseBackwardInput(magnitudes(gradient), magnitudes(weight));
    return References{reference::denseBackwardInput(gradient, weight), scaled(terms, sumError(shape.outputs))};
  });
  checkMatrix("inputGradient", inputGradient.read(shape.rows), expected, bound);
}

void checkBackwardWeight(const KernelSet& set, const Shape& shape, bool bias, int64_t index, int64_t panel) {
  namespace arg = at::denseBackwardWeight;
  const Matrix x = randomMatrix(shape.rows, shape.inputs, 10 * index + 6);
  const Matrix gradient = randomMatrix(shape.rows, shape.outputs, 10 * index + 7);
  const bool blas = set.usesBlas(panel);
  CONTEXT(set.name, ", ", shape.rows, " rows, ", shape.inputs, " inputs, ", shape.outputs, " outputs, panel ", panel,
          bias ? ", bias" : "");
  const Operand weightGradient = Operand::unwrittenPanels(shape.outputs, shape.inputs, panel);
  const Operand biasGradient = Operand::unwritten(1, shape.outputs);
  // The bias gradient belongs to the tiles of the first inputs; its columns are those of the second axis.
  KernelRun run(KernelId::DenseBackwardWeight, shape.rows, cutOf(blas, 1), cutOf(blas, panel));
  run.tensor(arg::weightGradient, weightGradient);
  if (bias) run.tensor(arg::biasGradient, biasGradient);
  run.tensor(arg::x, Operand::matrix(x, Type::Float32, gapOf(index)));
  run.tensor(arg::preActivationGradient, Operand::matrix(gradient, Type::Float32, gapOf(index + 1)));
  run.execute(set);
  struct References {
    reference::ParameterGradients expected, bound;
  };
  const auto& [expected, bound] = madeOnce(shape, index, 0, [&] {
    return References{reference::denseBackwardWeight(x, gradient),
                      reference::denseBackwardWeight(magnitudes(x), magnitudes(gradient))};
  });
  checkMatrix("weightGradient", weightGradient.read(), expected.weight, scaled(bound.weight, sumError(shape.rows)));
  if (!bias) return;
  for (int64_t o = 0; o < shape.outputs; ++o)
    CHECK_CLOSE(biasGradient.read().at(0, o), expected.bias[o], sumError(shape.rows) * bound.bias[o]);
}

template <typename Check>
void forRegisterShapes(Check check) {
  int64_t index = 0;
  for (const Shape& shape : kRegisterShapes) {
    for (const KernelSet* set : testedSets()) check(*set, shape, index, set->weightPanel(shape.inputs, shape.outputs));
    ++index;
  }
}

template <typename Check>
void forNarrowShapes(Check check) {
  int64_t index = 1000;
  for (const Shape& shape : narrowShapes()) {
    for (const KernelSet* set : testedSets()) check(*set, shape, index, set->weightPanel(shape.inputs, shape.outputs));
    ++index;
  }
}

// The panel of packed tiles: of two vectors of 16, of three of others.
int64_t packedPanel(const KernelSet& set) {
  const int64_t width = set.registerPanel(1);
  return width * (width == 16 ? 2 : 3);
}

// Those that OpenBLAS multiplies, or the others, which may be kept for tiles that read in place or for packed ones. OpenBLAS's
// product is the same whatever the set.
template <typename Check>
void forLargeShapes(bool blas, Check check) {
  int64_t index = std::size(kRegisterShapes);
  for (const Shape& shape : kLargeShapes) {
    for (const KernelSet* set : testedSets()) {
      const int64_t panel = set->weightPanel(shape.inputs, shape.outputs);
      if (set->usesBlas(panel) != blas) continue;
      check(*set, shape, index, panel);
      if (!blas && panel != packedPanel(*set)) check(*set, shape, index, packedPanel(*set));
    }
    ++index;
  }
}

void checkForwardOf(const KernelSet& set, const Shape& shape, int64_t index, int64_t panel) {
  checkForward(set, shape, {static_cast<Activation>(index % 5), index % 4 != 0, index % 3 != 0}, index, panel);
}

void checkBackwardWeightOf(const KernelSet& set, const Shape& shape, int64_t index, int64_t panel) {
  checkBackwardWeight(set, shape, index % 3 != 0, index, panel);
}

}  // namespace

TEST("denseForward equals its reference for every shape on our tiles") { forRegisterShapes(checkForwardOf); }
TEST("denseForward equals its reference for every large shape on our tiles") { forLargeShapes(false, checkForwardOf); }
TEST("denseForward equals its reference for every shape on OpenBLAS") { forLargeShapes(true, checkForwardOf); }

TEST("denseForward equals its reference for layers of few inputs and outputs") { forNarrowShapes(checkForwardOf); }

TEST("denseForward equals its reference for every activation and optional tensor") {
  for (int activation = 0; activation < 5; ++activation)
    for (bool bias : {false, true})
      for (bool preActivation : {false, true})
        for (const Shape& shape : {Shape{13, 520, 21}, Shape{9, 1011, 1009}})
          for (const KernelSet* set : testedSets())
            checkForward(*set, shape, {static_cast<Activation>(activation), bias, preActivation}, activation,
                         set->weightPanel(shape.inputs, shape.outputs));
}

TEST("denseBackwardInput and transposeWeight equal their references on our tiles") {
  forRegisterShapes(checkBackwardInput);
}
TEST("denseBackwardInput equals its reference for layers of few inputs and outputs") {
  forNarrowShapes(checkBackwardInput);
}
TEST("denseBackwardInput equals its reference for large shapes on our tiles") { forLargeShapes(false, checkBackwardInput); }
TEST("denseBackwardInput equals its reference on OpenBLAS") { forLargeShapes(true, checkBackwardInput); }

TEST("denseBackwardWeight equals its reference on our tiles") { forRegisterShapes(checkBackwardWeightOf); }
TEST("denseBackwardWeight equals its reference for layers of few inputs and outputs") {
  forNarrowShapes(checkBackwardWeightOf);
}
TEST("denseBackwardWeight equals its reference for large shapes on our tiles") {
  forLargeShapes(false, checkBackwardWeightOf);
}
TEST("denseBackwardWeight equals its reference on OpenBLAS") { forLargeShapes(true, checkBackwardWeightOf); }

TEST("the layout of a weight depends on its shape alone and large layers are OpenBLAS's where that is faster") {
  for (const KernelSet* set : testedSets()) {
    CONTEXT(set->name);
    const std::string name = set->name;
    const bool blas = name == "avx2" || name == "neon";
    for (const Shape& shape : kRegisterShapes) CHECK(!set->usesBlas(set->weightPanel(shape.inputs, shape.outputs)));
    for (const Shape& shape : kLargeShapes) {
      const int64_t panel = set->weightPanel(shape.inputs, shape.outputs);
      CHECK_EQUAL(set->usesBlas(panel), blas);
      CHECK(blas ? panel >= shape.outputs && panel % 16 == 0 : panel < shape.outputs);
      // No second copy of a large weight.
      CHECK(!set->turnsWeight(shape.inputs, shape.outputs));
    }
    for (int64_t width = 1; width <= 300; ++width) CHECK(!set->usesBlas(set->registerPanel(width)));
  }
}

TEST("a NaN in one input row reaches every output of that row and of no other") {
  namespace arg = at::denseForward;
  for (const KernelSet* set : testedSets()) {
    for (int activation = 0; activation < 5; ++activation) {
      CONTEXT(set->name, ", activation ", activation);
      Matrix x = randomMatrix(9, 21, 5);
      x.at(4, 20) = NAN;
      const Operand output = Operand::unwritten(9, 13);
      KernelRun run(KernelId::DenseForward, 9, 1, set->weightPanel(21, 13));
      run.tensor(arg::output, output);
      run.tensor(arg::x, Operand::matrix(x));
      run.tensor(arg::weight, Operand::panels(randomMatrix(13, 21, 6), set->weightPanel(21, 13)));
      run.number(arg::activation, activation);
      run.execute(*set);
      const Matrix result = output.read();
      for (int64_t r = 0; r < 9; ++r)
        for (int64_t c = 0; c < 13; ++c) CHECK_EQUAL(std::isnan(result.at(r, c)), r == 4);
    }
  }
}

}  // namespace test
}  // namespace deepblas
