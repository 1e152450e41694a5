// An element-wise rule as data: operations on registers, one per element, evaluated in blocks by the map kernels.
// The order of operations is shared with lib/recording/rule.ts.
#pragma once

#include <stdint.h>

namespace deepblas {

enum class Operation : int32_t {
  Input = 0,         // a: which input tensor, broadcast along rows or columns where it has one of them
  Number = 1,        // a: which number argument
  Constant = 2,      // value
  Rows = 3,          // rows of the batch
  Column = 4,        // the element's column
  Add = 5,           // a + b
  Subtract = 6,      // a - b
  Multiply = 7,      // a * b
  Divide = 8,        // a / b
  Minimum = 9,       // the smaller; NaN if a is
  Maximum = 10,      // the larger; NaN if a is
  Negate = 11,
  Absolute = 12,
  SquareRoot = 13,
  Exponential = 14,
  Logarithm = 15,    // of numbers above 0; minus infinity at 0
  Tanh = 16,
  Sigmoid = 17,
  Softplus = 18,     // log(1 + e^a)
  NormalDistribution = 19,
  NormalDensity = 20,
  Sign = 21,         // -1, 0, 1
  Less = 22,         // 1 where a < b, else 0
  Equal = 23,        // 1 where a = b, else 0
  Select = 24,       // b where a is not 0, else c
  Store = 25,        // value a to output tensor b
};
constexpr int kOperations = 26;
constexpr int kMostOperations = 96;

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
