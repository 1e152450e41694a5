// An element-wise rule as data: operations on registers, one per element, evaluated in blocks by the map kernels.
#pragma once

#include <stdint.h>

#include "boundary/enums.h"

namespace deepblas {

struct Instruction {
  Operation operation;
  int32_t a, b, c;
  float value;
};

struct Expression {
  int64_t count;
  Instruction instructions[kMostOperations];
};

}  // namespace deepblas
