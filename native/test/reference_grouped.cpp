#include "reference.h"

namespace deepblas {
namespace reference {

Matrix groupedForward(const Matrix& x, const Matrix& weight, const Vector& bias, int64_t groups) {
  const int64_t inputs = weight.columns, outputs = weight.rows / groups;
  Matrix output(x.rows, weight.rows);
  for (int64_t r = 0; r < x.rows; ++r) {
    for (int64_t o = 0; o < weight.rows; ++o) {
      const int64_t group = o / outputs;
      double sum = bias.empty() ? 0 : bias[o];
      for (int64_t i = 0; i < inputs; ++i) sum += x.at(r, group * inputs + i) * weight.at(o, i);
      output.at(r, o) = sum;
    }
  }
  return output;
}

Matrix groupedBackwardInput(const Matrix& preActivationGradient, const Matrix& weight, int64_t groups) {
  const int64_t inputs = weight.columns, outputs = weight.rows / groups;
  Matrix inputGradient(preActivationGradient.rows, groups * inputs);
  for (int64_t r = 0; r < inputGradient.rows; ++r)
    for (int64_t o = 0; o < weight.rows; ++o)
      for (int64_t i = 0; i < inputs; ++i)
        inputGradient.at(r, o / outputs * inputs + i) += preActivationGradient.at(r, o) * weight.at(o, i);
  return inputGradient;
}

ParameterGradients groupedBackwardWeight(const Matrix& x, const Matrix& preActivationGradient, int64_t groups) {
  const int64_t inputs = x.columns / groups, columns = preActivationGradient.columns, outputs = columns / groups;
  ParameterGradients gradients = {Matrix(columns, inputs), Vector(columns)};
  for (int64_t r = 0; r < x.rows; ++r) {
    for (int64_t o = 0; o < columns; ++o) {
      gradients.bias[o] += preActivationGradient.at(r, o);
      for (int64_t i = 0; i < inputs; ++i)
        gradients.weight.at(o, i) += preActivationGradient.at(r, o) * x.at(r, o / outputs * inputs + i);
    }
  }
  return gradients;
}

}  // namespace reference
}  // namespace deepblas
