#include "reference.h"

namespace deepblas {
namespace reference {

Matrix gather(const Matrix& source, const std::vector<int32_t>& order, double scale) {
  Matrix output(static_cast<int64_t>(order.size()), source.columns);
  for (int64_t r = 0; r < output.rows; ++r)
    for (int64_t c = 0; c < output.columns; ++c) output.at(r, c) = source.at(order[r], c) * scale;
  return output;
}

}  // namespace reference
}  // namespace deepblas
