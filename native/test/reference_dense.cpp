#include "reference.h"

namespace deepblas {
namespace reference {

Forward denseForward(const Matrix& x, const Matrix& weight, const Vector& bias, Activation activation) {
  Forward result = {Matrix(x.rows, weight.rows), Matrix(x.rows, weight.rows)};
  for (int64_t r = 0; r < x.rows; ++r) {
    for (int64_t o = 0; o < weight.rows; ++o) {
      double z = bias.empty() ? 0 : bias[o];
      for (int64_t i = 0; i < x.columns; ++i) z += x.at(r, i) * weight.at(o, i);
      result.preActivation.at(r, o) = z;
      result.output.at(r, o) = activate(activation, z);
    }
  }
  return result;
}

Matrix transposeWeight(const Matrix& weight) {
  Matrix output(weight.columns, weight.rows);
  for (int64_t o = 0; o < weight.rows; ++o)
    for (int64_t i = 0; i < weight.columns; ++i) output.at(i, o) = weight.at(o, i);
  return output;
}

Matrix denseBackwardInput(const Matrix& preActivationGradient, const Matrix& weight) {
  Matrix inputGradient(preActivationGradient.rows, weight.columns);
  for (int64_t r = 0; r < inputGradient.rows; ++r)
    for (int64_t o = 0; o < weight.rows; ++o)
      for (int64_t i = 0; i < weight.columns; ++i)
        inputGradient.at(r, i) += preActivationGradient.at(r, o) * weight.at(o, i);
  return inputGradient;
}

ParameterGradients denseBackwardWeight(const Matrix& x, const Matrix& preActivationGradient) {
  const int64_t outputs = preActivationGradient.columns;
  ParameterGradients gradients = {Matrix(outputs, x.columns), Vector(outputs)};
  for (int64_t r = 0; r < x.rows; ++r) {
    for (int64_t o = 0; o < outputs; ++o) {
      gradients.bias[o] += preActivationGradient.at(r, o);
      for (int64_t i = 0; i < x.columns; ++i)
        gradients.weight.at(o, i) += preActivationGradient.at(r, o) * x.at(r, i);
    }
  }
  return gradients;
}

}  // namespace reference
}  // namespace deepblas
