#include <algorithm>
#include <cmath>

#include "reference.h"

namespace deepblas {
namespace reference {

Matrix memberOf(const Matrix& batch, int64_t members, int64_t member) {
  Matrix part(batch.rows, batch.columns / members);
  for (int64_t r = 0; r < part.rows; ++r)
    for (int64_t c = 0; c < part.columns; ++c) part.at(r, c) = batch.at(r, member * part.columns + c);
  return part;
}

Matrix besideEachOther(const std::vector<Matrix>& members) {
  const int64_t columns = members[0].columns;
  Matrix all(members[0].rows, columns * static_cast<int64_t>(members.size()));
  for (int64_t r = 0; r < all.rows; ++r)
    for (int64_t c = 0; c < all.columns; ++c) all.at(r, c) = members[static_cast<size_t>(c / columns)].at(r, c % columns);
  return all;
}

Matrix memberScale(const Matrix& x, const Matrix& scale) {
  Matrix output(x.rows, scale.rows * scale.columns);
  for (int64_t r = 0; r < x.rows; ++r)
    for (int64_t j = 0; j < scale.rows; ++j)
      for (int64_t i = 0; i < scale.columns; ++i)
        output.at(r, j * scale.columns + i) =
            x.at(r, x.columns == scale.columns ? i : j * scale.columns + i) * scale.at(j, i);
  return output;
}

Matrix memberScaleBackwardInput(const Matrix& outputGradient, const Matrix& scale) {
  Matrix inputGradient(outputGradient.rows, scale.columns);
  for (int64_t r = 0; r < inputGradient.rows; ++r)
    for (int64_t j = 0; j < scale.rows; ++j)
      for (int64_t i = 0; i < scale.columns; ++i)
        inputGradient.at(r, i) += outputGradient.at(r, j * scale.columns + i) * scale.at(j, i);
  return inputGradient;
}

Matrix memberScaleBackwardScale(const Matrix& outputGradient, const Matrix& x, int64_t members) {
  const int64_t columns = outputGradient.columns / members;
  Matrix scaleGradient(members, columns);
  for (int64_t r = 0; r < x.rows; ++r)
    for (int64_t j = 0; j < members; ++j)
      for (int64_t i = 0; i < columns; ++i)
        scaleGradient.at(j, i) +=
            outputGradient.at(r, j * columns + i) * x.at(r, x.columns == columns ? i : j * columns + i);
  return scaleGradient;
}

Matrix memberMean(const Matrix& x, int64_t members, MemberMean of) {
  Matrix mean(x.rows, x.columns / members);
  Matrix other = mean;  // of 1 - p
  for (int64_t j = 0; j < members; ++j) {
    const Matrix own = memberOf(x, members, j), probabilities = softmaxForward(own);
    for (size_t i = 0; i < mean.values.size(); ++i) {
      const double z = own.values[i], share = 1.0 / static_cast<double>(members);
      if (of == MemberMean::Values) mean.values[i] += share * z;
      if (of == MemberMean::Softmax) mean.values[i] += share * probabilities.values[i];
      if (of == MemberMean::Sigmoid) mean.values[i] += share / (1 + std::exp(-z));
      if (of == MemberMean::Sigmoid) other.values[i] += share / (1 + std::exp(z));
    }
  }
  if (of == MemberMean::Values) return mean;
  for (size_t i = 0; i < mean.values.size(); ++i)
    mean.values[i] = std::log(mean.values[i]) - (of == MemberMean::Sigmoid ? std::log(other.values[i]) : 0);
  return mean;
}

}  // namespace reference
}  // namespace deepblas
