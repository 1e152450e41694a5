// The products of large dense layers, in each of the ways that there are: what the choice between our tiles and OpenBLAS
// rests on (docs/adr/0002-weights-in-panels.md).
#pragma once

namespace deepblas {
namespace floor {

// Prints a line of JSON for each shape and product: of every way its share of the multiply-add peak of one core.
void measureProducts(double secondsPerShape);

}  // namespace floor
}  // namespace deepblas
