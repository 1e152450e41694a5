// What every kernel of the table computes, in double precision and plain loops: the lesson's formulas, without panels,
// strides, tiles or vectors. The kernels are held against these, and these against central differences.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/random.h"
#include "kernels/kernel.h"

namespace deepblas {
namespace reference {

// Row-major (rows, columns). A batch is (rows, features), a weight is (outputs, inputs).
struct Matrix {
  int64_t rows = 0, columns = 0;
  std::vector<double> values;

  Matrix() = default;
  Matrix(int64_t r, int64_t c, double value = 0) : rows(r), columns(c), values(r * c, value) {}
  double& at(int64_t r, int64_t c) { return values[r * columns + c]; }
  double at(int64_t r, int64_t c) const { return values[r * columns + c]; }
};

using Vector = std::vector<double>;
using Labels = std::vector<int32_t>;

// ---- random ------------------------------------------------------------------------------------------------------

// A permutation of 0 .. count - 1: number i, from 0 on, changes places with one of the i + 1 first, drawn by word i.
std::vector<int32_t> shuffle(int64_t count, const RandomKey& key);

// ---- gather -----------------------------------------------------------------------------------------------------

// Row r is source's row order[r], times scale.
Matrix gather(const Matrix& source, const std::vector<int32_t>& order, double scale);

// ---- dense ------------------------------------------------------------------------------------------------------

struct Forward {
  Matrix preActivation, output;
};
// Z = X Wᵀ + b, A = activation(Z). An empty bias is none.
Forward denseForward(const Matrix& x, const Matrix& weight, const Vector& bias, Activation activation);

Matrix transposeWeight(const Matrix& weight);

// dX = dZ W
Matrix denseBackwardInput(const Matrix& preActivationGradient, const Matrix& weight);

struct ParameterGradients {
  Matrix weight;
  Vector bias;
};
// dW = dZᵀ X, db = sum of dZ over rows
ParameterGradients denseBackwardWeight(const Matrix& x, const Matrix& preActivationGradient);

// ---- bfloat16 ---------------------------------------------------------------------------------------------------

// The nearest number of 8 significant bits, ties to even; zero for what float32 holds as a denormal number only.
double bfloat16(double value);
Matrix bfloat16(const Matrix& matrix);

// ---- dense products by groups of columns ------------------------------------------------------------------------

// Output o belongs to group o / (outputs / groups), and so do that group's columns of x. An empty bias is none.
Matrix groupedForward(const Matrix& x, const Matrix& weight, const Vector& bias, int64_t groups);
Matrix groupedBackwardInput(const Matrix& preActivationGradient, const Matrix& weight, int64_t groups);
ParameterGradients groupedBackwardWeight(const Matrix& x, const Matrix& preActivationGradient, int64_t groups);

// ---- members ----------------------------------------------------------------------------------------------------

// Member j's columns of a batch whose rows hold those of one member after the other, and a batch put together of them.
Matrix memberOf(const Matrix& batch, int64_t members, int64_t member);
Matrix besideEachOther(const std::vector<Matrix>& members);

// Every member's columns times its row of scale (members, columns). x may hold one row for all members.
Matrix memberScale(const Matrix& x, const Matrix& scale);
Matrix memberScaleBackwardInput(const Matrix& outputGradient, const Matrix& scale);
Matrix memberScaleBackwardScale(const Matrix& outputGradient, const Matrix& x, int64_t members);
// The mean of the values; of sigmoid probabilities, as a logit; of softmax probabilities, as a logarithm.
Matrix memberMean(const Matrix& x, int64_t members, MemberMean of);

// ---- piecewise linear encoding ----------------------------------------------------------------------------------

// bins (5, bins): of every bin its column of x, its start and width, and between what it is cut.
Matrix piecewiseLinear(const Matrix& x, const Matrix& bins);
Matrix piecewiseLinearBackward(const Matrix& outputGradient, const Matrix& x, const Matrix& bins);

// ---- activations ------------------------------------------------------------------------------------------------

double activate(Activation activation, double z);
double derivative(Activation activation, double z);

Matrix activationForward(const Matrix& z, Activation activation);
// dZ = dA * activation'(Z)
Matrix activationBackward(const Matrix& outputGradient, const Matrix& z, Activation activation);

Matrix softmaxForward(const Matrix& x);
// dX = A * (dA - sum over the row of dA * A)
Matrix softmaxBackward(const Matrix& outputGradient, const Matrix& output);

// ---- losses -----------------------------------------------------------------------------------------------------

double weightSum(const Vector& sampleWeights);

// The loss of each row, and the gradient of the weighted mean over rows. Empty sample weights are all 1.
struct Loss {
  Vector rows;
  Matrix gradient;
  Matrix output;  // what a prediction would give: the probabilities
};
Loss softmaxCrossEntropy(const Matrix& logits, const Matrix& target, const Vector& sampleWeights);
Loss sigmoidBinaryCrossEntropy(const Matrix& logits, const Matrix& target, const Vector& sampleWeights);
Loss meanSquaredError(const Matrix& prediction, const Matrix& target, const Vector& sampleWeights);

// Labels as rows of probabilities.
Matrix oneHot(const Labels& labels, int64_t classes);
double weightedMean(const Vector& rows, const Vector& sampleWeights);

// ---- metrics ----------------------------------------------------------------------------------------------------

// 1 where the largest output is the label.
Vector accuracy(const Matrix& output, const Labels& labels);
// The share of outputs on the target's side: output > threshold, target > 1/2.
Vector binaryAccuracy(const Matrix& output, const Matrix& target, double threshold);
// The label a row of probabilities stands for: its largest, the first of equals.
Labels labelsOf(const Matrix& target);

struct Accumulator {
  double sum = 0, weight = 0;
};
void accumulate(Accumulator& accumulator, const Vector& rowValues, const Vector& sampleWeights);

// ---- penalties --------------------------------------------------------------------------------------------------

// l1 sum |w| + l2 sum w²
double penalty(const Matrix& weight, double l1, double l2);
// l1 sign(w) + 2 l2 w
Matrix penaltyGradient(const Matrix& weight, double l1, double l2);

// ---- optimizers -------------------------------------------------------------------------------------------------

struct SgdRule {
  double learningRate, momentum, weightDecay;
  bool nesterov;
};
// An empty velocity is none: plain gradient descent.
void sgd(Vector& parameter, const Vector& gradient, Vector& velocity, const SgdRule& rule);

struct AdamRule {
  double learningRate, beta1, beta2, epsilon;
  double weightDecay;           // added to the gradient
  double decoupledWeightDecay;  // AdamW's
};
// step counts from 1.
void adam(Vector& parameter, const Vector& gradient, Vector& firstMoment, Vector& secondMoment, const AdamRule& rule,
          int step);

}  // namespace reference
}  // namespace deepblas
