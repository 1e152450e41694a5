// Members of an ensemble inside one network: dense layers that they share, scales of their own, and their mean.
#include <cmath>

#include "kernel_run.h"
#include "product_bounds.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using reference::Matrix;
using reference::Vector;

struct Shape {
  int64_t rows, inputs, outputs, members;
};

// Weights in panels, row by row and OpenBLAS's; columns of a member that are whole panels and that are not.
const Shape kShapes[] = {
    {1, 1, 1, 2},     {5, 7, 8, 3},     {33, 16, 64, 4},  {97, 37, 65, 3},  {130, 24, 100, 2},
    {64, 48, 1, 16},  {9, 300, 3, 5},   {257, 13, 20, 7}, {7, 520, 70, 2},  {5, 1001, 1009, 2},
};

// What a function makes of every member's columns, beside each other.
template <typename Of>
Matrix memberByMember(const Matrix& batch, int64_t members, Of of) {
  std::vector<Matrix> each;
  for (int64_t j = 0; j < members; ++j) each.push_back(of(reference::memberOf(batch, members, j)));
  return reference::besideEachOther(each);
}

template <typename Check>
void forShapes(Check check) {
  for (const KernelSet* set : testedSets()) {
    for (const Shape& shape : kShapes) {
      const int64_t panel = set->weightPanel(shape.inputs, shape.outputs);
      CONTEXT(set->name, ", ", shape.members, " members, ", shape.rows, " rows, ", shape.inputs, " inputs, ",
              shape.outputs, " outputs, panel ", panel);
      check(*set, shape, panel);
    }
  }
}

// OpenBLAS's layers are cut in the kernel's own tiles only, and rows of few outputs by rows only.
int64_t cutOf(const KernelSet& set, int64_t panel, int64_t multiple) {
  return set.usesBlas(panel) ? KernelRun::kOwnTile : multiple;
}

}  // namespace

TEST("denseForward multiplies the columns of every member by the shared weight") {
  namespace arg = at::denseForward;
  forShapes([](const KernelSet& set, const Shape& s, int64_t panel) {
    for (const Activation activation : {Activation::Linear, Activation::Relu, Activation::Gelu}) {
      CONTEXT("activation ", static_cast<int>(activation));
      const Matrix x = randomMatrix(s.rows, s.members * s.inputs, 1), weight = randomMatrix(s.outputs, s.inputs, 2);
      const Vector bias = randomVector(s.outputs, 3, -1, 1);
      const Operand output = Operand::unwritten(s.rows + 1, s.members * s.outputs, Type::Float32, 5);
      const Operand preActivation = Operand::unwritten(s.rows, s.members * s.outputs, Type::Float32, 3);
      KernelRun run(KernelId::DenseForward, s.rows, cutOf(set, panel, 1), cutOf(set, panel, panel == 1 ? s.outputs : panel));
      run.tensor(arg::output, output);
      run.tensor(arg::preActivation, preActivation);
      run.tensor(arg::x, Operand::matrix(x, Type::Float32, 7));
      run.tensor(arg::weight, Operand::panels(weight, panel));
      run.tensor(arg::bias, Operand::vector(bias));
      run.number(arg::activation, static_cast<int>(activation));
      run.number(arg::members, static_cast<double>(s.members));
      run.execute(set);
      const Matrix bound = memberByMember(magnitudes(x), s.members, [&](const Matrix& own) {
        Vector one = bias;
        for (double& value : one) value = std::fabs(value);
        return scaled(reference::denseForward(own, magnitudes(weight), one, Activation::Linear).output,
                      1.13 * sumError(s.inputs) + 3e-7);
      });
      checkMatrix("preActivation", preActivation.read(), memberByMember(x, s.members, [&](const Matrix& own) {
                    return reference::denseForward(own, weight, bias, activation).preActivation;
                  }), bound);
      checkMatrix("output", output.read(s.rows), memberByMember(x, s.members, [&](const Matrix& own) {
                    return reference::denseForward(own, weight, bias, activation).output;
                  }), bound);
    }
  });
}

TEST("denseBackwardInput gives the gradients of every member's columns") {
  namespace arg = at::denseBackwardInput;
  forShapes([](const KernelSet& set, const Shape& s, int64_t panel) {
    const Matrix gradient = randomMatrix(s.rows, s.members * s.outputs, 4), weight = randomMatrix(s.outputs, s.inputs, 5);
    const Operand stored = Operand::panels(weight, panel);
    const Operand inputGradient = Operand::unwritten(s.rows, s.members * s.inputs, Type::Float32, 9);
    const int64_t inputPanel = set.registerPanel(s.inputs);
    // A weight that is kept row by row is read in the widest tiles there are: 64 columns are whole ones of any set.
    KernelRun run(KernelId::DenseBackwardInput, s.rows, cutOf(set, panel, 1), cutOf(set, panel, panel == 1 ? 192 : inputPanel));
    run.tensor(arg::inputGradient, inputGradient);
    run.tensor(arg::preActivationGradient, Operand::matrix(gradient, Type::Float32, 2));
    run.tensor(arg::weight, stored);
    run.number(arg::members, static_cast<double>(s.members));
    if (set.turnsWeight(s.inputs, s.outputs)) {
      const Operand transposed = Operand::unwrittenPanels(s.inputs, s.outputs, inputPanel, true);
      KernelRun transpose(KernelId::TransposeWeight, s.rows, inputPanel);
      transpose.tensor(at::transposeWeight::output, transposed);
      transpose.tensor(at::transposeWeight::weight, stored);
      transpose.execute(set);
      run.tensor(arg::weightTransposed, transposed);
    }
    run.execute(set);
    const auto of = [&](const Matrix& from, const Matrix& by) {
      return memberByMember(from, s.members, [&](const Matrix& own) { return reference::denseBackwardInput(own, by); });
    };
    checkMatrix("inputGradient", inputGradient.read(), of(gradient, weight),
                scaled(of(magnitudes(gradient), magnitudes(weight)), sumError(s.outputs)));
  });
}

TEST("denseBackwardWeight sums over the rows of all members") {
  namespace arg = at::denseBackwardWeight;
  forShapes([](const KernelSet& set, const Shape& s, int64_t panel) {
    const Matrix x = randomMatrix(s.rows, s.members * s.inputs, 6), gradient = randomMatrix(s.rows, s.members * s.outputs, 7);
    const Operand weightGradient = Operand::unwrittenPanels(s.outputs, s.inputs, panel);
    const Operand biasGradient = Operand::unwritten(1, s.outputs);
    KernelRun run(KernelId::DenseBackwardWeight, s.rows, cutOf(set, panel, 1), cutOf(set, panel, panel));
    run.tensor(arg::weightGradient, weightGradient);
    run.tensor(arg::biasGradient, biasGradient);
    run.tensor(arg::x, Operand::matrix(x, Type::Float32, 1));
    run.tensor(arg::preActivationGradient, Operand::matrix(gradient, Type::Float32, 4));
    run.number(arg::members, static_cast<double>(s.members));
    run.execute(set);
    const auto sum = [&](const Matrix& from, const Matrix& by) {
      reference::ParameterGradients all = {Matrix(s.outputs, s.inputs), Vector(s.outputs)};
      for (int64_t j = 0; j < s.members; ++j) {
        const reference::ParameterGradients own = reference::denseBackwardWeight(
            reference::memberOf(from, s.members, j), reference::memberOf(by, s.members, j));
        for (size_t i = 0; i < own.weight.values.size(); ++i) all.weight.values[i] += own.weight.values[i];
        for (size_t i = 0; i < own.bias.size(); ++i) all.bias[i] += own.bias[i];
      }
      return all;
    };
    const reference::ParameterGradients expected = sum(x, gradient), bound = sum(magnitudes(x), magnitudes(gradient));
    const double error = sumError(s.rows * s.members);
    checkMatrix("weightGradient", weightGradient.read(), expected.weight, scaled(bound.weight, error));
    for (int64_t o = 0; o < s.outputs; ++o)
      CHECK_CLOSE(biasGradient.read().at(0, o), expected.bias[o], error * bound.bias[o]);
  });
}

TEST("one member has the bits of a layer that knows no members") {
  namespace arg = at::denseForward;
  for (const KernelSet* set : testedSets()) {
    for (const Shape& s : kShapes) {
      const int64_t panel = set->weightPanel(s.inputs, s.outputs);
      const Matrix x = randomMatrix(s.rows, s.inputs, 8), weight = randomMatrix(s.outputs, s.inputs, 9);
      Matrix outputs[2];
      for (int members : {0, 1}) {
        const Operand output = Operand::unwritten(s.rows, s.outputs);
        KernelRun run(KernelId::DenseForward, s.rows, cutOf(*set, panel, 1), cutOf(*set, panel, panel));
        run.tensor(arg::output, output);
        run.tensor(arg::x, Operand::matrix(x));
        run.tensor(arg::weight, Operand::panels(weight, panel));
        run.number(arg::members, members);
        run.execute(*set);
        outputs[members] = output.read();
      }
      CHECK(outputs[0].values == outputs[1].values);
    }
  }
}

TEST("the scales of members equal their references, for a row of each member and for one row of all") {
  for (const KernelSet* set : testedSets()) {
    for (const int64_t columns : {1, 3, 16, 33, 70}) {
      for (const bool own : {false, true}) {
        const int64_t rows = 37, members = 5;
        CONTEXT(set->name, ", ", columns, " columns", own ? ", a row of each" : "");
        const Matrix x = randomMatrix(rows, own ? members * columns : columns, 10), scale = randomMatrix(members, columns, 11),
                     gradient = randomMatrix(rows, members * columns, 12);
        const Operand output = Operand::unwritten(rows, members * columns, Type::Float32, 3);
        KernelRun forward(KernelId::MemberScale, rows);
        forward.tensor(at::memberScale::output, output);
        forward.tensor(at::memberScale::x, Operand::matrix(x, Type::Float32, 2));
        forward.table(at::memberScale::scale, Operand::matrix(scale));
        forward.number(at::memberScale::members, static_cast<double>(members));
        forward.execute(*set);
        checkMatrix("output", output.read(), reference::memberScale(x, scale), kRoundoff);

        const Operand scaleGradient = Operand::unwritten(members, columns);
        KernelRun backward(KernelId::MemberScaleBackwardScale, rows);
        backward.table(at::memberScaleBackwardScale::scaleGradient, scaleGradient);
        backward.tensor(at::memberScaleBackwardScale::outputGradient, Operand::matrix(gradient, Type::Float32, 1));
        backward.tensor(at::memberScaleBackwardScale::x, Operand::matrix(x));
        backward.number(at::memberScaleBackwardScale::members, static_cast<double>(members));
        backward.execute(*set);
        // Sums in float64 are rounded once.
        checkMatrix("scaleGradient", scaleGradient.read(),
                    reference::memberScaleBackwardScale(gradient, x, members), rows * kRoundoff);

        if (own) continue;
        const Operand inputGradient = Operand::unwritten(rows, columns, Type::Float32, 4);
        KernelRun input(KernelId::MemberScaleBackwardInput, rows);
        input.tensor(at::memberScaleBackwardInput::inputGradient, inputGradient);
        input.tensor(at::memberScaleBackwardInput::outputGradient, Operand::matrix(gradient));
        input.table(at::memberScaleBackwardInput::scale, Operand::matrix(scale));
        input.number(at::memberScaleBackwardInput::members, static_cast<double>(members));
        input.execute(*set);
        checkMatrix("inputGradient", inputGradient.read(), reference::memberScaleBackwardInput(gradient, scale),
                    static_cast<double>(members) * sumError(members));
      }
    }
  }
}

namespace {

void checkMean(const KernelSet& set, const Matrix& x, int64_t members, MemberMean of) {
  namespace arg = at::memberMean;
  CONTEXT(set.name, ", ", members, " members, ", x.columns / members, " columns, of ", static_cast<int>(of));
  const Operand output = Operand::unwritten(x.rows, x.columns / members, Type::Float32, 2);
  KernelRun run(KernelId::MemberMean, x.rows);
  run.tensor(arg::output, output);
  run.tensor(arg::x, Operand::matrix(x, Type::Float32, 3));
  run.number(arg::members, static_cast<double>(members));
  run.number(arg::of, static_cast<int>(of));
  run.execute(set);
  const Matrix expected = reference::memberMean(x, members, of);
  // Exponentials and logarithms of some 2e-7, and the rounding of numbers as large as the logits.
  Matrix bound = expected;
  for (double& value : bound.values) value = 2e-6 * (1 + std::fabs(value));
  checkMatrix("mean", output.read(), expected, bound);
}

}  // namespace

TEST("the mean over members equals its reference, of values, logits and softmaxes") {
  for (const KernelSet* set : testedSets())
    for (const int64_t members : {1, 2, 16, 64, 65, 150})
      for (const int64_t columns : {1, 2, 10, 33})
        for (const MemberMean of : {MemberMean::Values, MemberMean::Sigmoid, MemberMean::Softmax})
          for (const double scale : {3.0, 40.0})
            checkMean(*set, randomMatrix(7, members * columns, 13, scale), members, of);
}

TEST("the mean of probabilities that no float holds is still right") {
  for (const KernelSet* set : testedSets()) {
    Matrix x(2, 6);
    x.values = {-200, -190, -300, 200, 190, 300, -500, 400, -600, 300, -450, 500};
    checkMean(*set, x, 3, MemberMean::Sigmoid);
    checkMean(*set, x, 3, MemberMean::Softmax);
  }
}

TEST("the mean of one sigmoid is its logit, to the bit") {
  namespace arg = at::memberMean;
  for (const KernelSet* set : testedSets()) {
    const Matrix x = randomMatrix(9, 5, 14, 60);
    const Operand output = Operand::unwritten(9, 5);
    KernelRun run(KernelId::MemberMean, 9);
    run.tensor(arg::output, output);
    run.tensor(arg::x, Operand::matrix(x));
    run.number(arg::members, 1);
    run.number(arg::of, static_cast<int>(MemberMean::Sigmoid));
    run.execute(*set);
    CHECK(output.read().values == x.values);
  }
}

TEST("a NaN of one member reaches the mean of its row and column") {
  namespace arg = at::memberMean;
  for (const KernelSet* set : testedSets()) {
    for (const MemberMean of : {MemberMean::Values, MemberMean::Sigmoid, MemberMean::Softmax}) {
      CONTEXT(set->name, ", of ", static_cast<int>(of));
      Matrix x = randomMatrix(4, 3 * 5, 15);
      x.at(2, 7) = NAN;  // member 1, column 2
      const Operand output = Operand::unwritten(4, 5);
      KernelRun run(KernelId::MemberMean, 4);
      run.tensor(arg::output, output);
      run.tensor(arg::x, Operand::matrix(x));
      run.number(arg::members, 3);
      run.number(arg::of, static_cast<int>(of));
      run.execute(*set);
      for (int64_t r = 0; r < 4; ++r) {
        for (int64_t c = 0; c < 5; ++c) {
          const bool reached = r == 2 && (c == 2 || of == MemberMean::Softmax);
          CHECK_EQUAL(std::isnan(output.read().at(r, c)), reached);
        }
      }
    }
  }
}

}  // namespace test
}  // namespace deepblas
