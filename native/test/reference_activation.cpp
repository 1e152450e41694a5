#include <cmath>

#include "reference.h"

namespace deepblas {
namespace reference {

namespace {

double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }
double normalDistribution(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }
double normalDensity(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0)); }

}  // namespace

double activate(Activation activation, double z) {
  switch (activation) {
    case Activation::Linear: return z;
    case Activation::Sigmoid: return sigmoid(z);
    case Activation::Tanh: return std::tanh(z);
    case Activation::Relu: return z < 0 ? 0 : z;
    case Activation::Gelu: return z * normalDistribution(z);
  }
  return 0;
}

double derivative(Activation activation, double z) {
  switch (activation) {
    case Activation::Linear: return 1;
    case Activation::Sigmoid: return sigmoid(z) * sigmoid(-z);
    case Activation::Tanh: return 1 / (std::cosh(z) * std::cosh(z));
    case Activation::Relu: return z > 0 ? 1 : 0;
    case Activation::Gelu: return normalDistribution(z) + z * normalDensity(z);
  }
  return 0;
}

Matrix activationForward(const Matrix& z, Activation activation) {
  Matrix output(z.rows, z.columns);
  for (size_t i = 0; i < z.values.size(); ++i) output.values[i] = activate(activation, z.values[i]);
  return output;
}

Matrix activationBackward(const Matrix& outputGradient, const Matrix& z, Activation activation) {
  Matrix inputGradient(z.rows, z.columns);
  for (size_t i = 0; i < z.values.size(); ++i)
    inputGradient.values[i] = outputGradient.values[i] * derivative(activation, z.values[i]);
  return inputGradient;
}

Matrix softmaxForward(const Matrix& x) {
  Matrix output(x.rows, x.columns);
  for (int64_t r = 0; r < x.rows; ++r) {
    double largest = x.at(r, 0);
    for (int64_t c = 1; c < x.columns; ++c) largest = std::fmax(largest, x.at(r, c));
    double sum = 0;
    for (int64_t c = 0; c < x.columns; ++c) sum += std::exp(x.at(r, c) - largest);
    for (int64_t c = 0; c < x.columns; ++c) output.at(r, c) = std::exp(x.at(r, c) - largest) / sum;
  }
  return output;
}

Matrix softmaxBackward(const Matrix& outputGradient, const Matrix& output) {
  Matrix inputGradient(output.rows, output.columns);
  for (int64_t r = 0; r < output.rows; ++r) {
    double product = 0;
    for (int64_t c = 0; c < output.columns; ++c) product += outputGradient.at(r, c) * output.at(r, c);
    for (int64_t c = 0; c < output.columns; ++c)
      inputGradient.at(r, c) = output.at(r, c) * (outputGradient.at(r, c) - product);
  }
  return inputGradient;
}

}  // namespace reference
}  // namespace deepblas
