// Every kernel of the table by itself on one core, at shapes of the benchmark's nets.
#pragma once

namespace deepblas {
namespace floor {

// Prints a line of JSON per row.
void measureKernels(double secondsPerRow);
// Its rows of products of bfloat16 operands.
class Table;
void measureBfloat16(Table& measure);
// The same of lane kernels.
void measureLaneKernels(double secondsPerRow);

}  // namespace floor
}  // namespace deepblas
