// The arithmetic of element-wise rules, on blocks of numbers.
#pragma once

#include "kernels/expression.h"
#include "kernels/vector/functions.h"

// A vector is never passed through a call: what that takes depends on how the caller was compiled.
#define DEEPBLAS_RULE __attribute__((always_inline))

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int64_t kBlock = 128;

struct Registers {
  alignas(64) float value[kMostOperations][kBlock];
};

DEEPBLAS_INLINE void fill(float* to, float value) {
  for (int64_t i = 0; i < kBlock; i += kWidth) store(to + i, broadcast(value));
}

template <typename Rule>
DEEPBLAS_INLINE void each(float* to, const float* a, int64_t count, Rule rule) {
  for (int64_t i = 0; i < count; i += kWidth) store(to + i, rule(load(a + i)));
}
template <typename Rule>
DEEPBLAS_INLINE void each(float* to, const float* a, const float* b, int64_t count, Rule rule) {
  for (int64_t i = 0; i < count; i += kWidth) store(to + i, rule(load(a + i), load(b + i)));
}

// For a rule that takes longer for some numbers: it is given none but those that there are.
template <typename Rule>
DEEPBLAS_INLINE void eachThereIs(float* to, const float* a, int64_t count, Rule rule) {
  for (int64_t i = 0; i < count; i += kWidth)
    store(to + i, rule(i + kWidth <= count ? load(a + i) : loadFirst(a + i, count - i)));
}

DEEPBLAS_INLINE Floats logarithmOrLimit(Floats x) {
  const Floats minusInfinity = broadcast(-__builtin_inff()), none = broadcast(__builtin_nanf(""));
  return select(x > 0.0f, logarithm(x), select(x == 0.0f, minusInfinity, none));
}

DEEPBLAS_INLINE Floats softplus(Floats x) { return atLeast(x, 0.0f) + logarithmOfOnePlus(exponential(-absolute(x))); }

// What an operation on earlier results makes of the first n numbers of a block.
void compute(const Instruction& one, float* to, const Registers& registers, int64_t n) {
  const float* a = registers.value[one.a];
  const float* b = registers.value[one.b];
  const float* c = registers.value[one.c];
  switch (one.operation) {
    case Operation::Add: each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return x + y; }); break;
    case Operation::Subtract: each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return x - y; }); break;
    case Operation::Multiply: each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return x * y; }); break;
    case Operation::Divide: each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return x / y; }); break;
    case Operation::Minimum: each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return select(x > y, y, x); }); break;
    case Operation::Maximum: each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return select(x < y, y, x); }); break;
    case Operation::Negate: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return -x; }); break;
    case Operation::Absolute: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return absolute(x); }); break;
    case Operation::SquareRoot: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return squareRoot(x); }); break;
    case Operation::Exponential: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return exponential(x); }); break;
    case Operation::Logarithm: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return logarithmOrLimit(x); }); break;
    case Operation::Tanh: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return hyperbolicTangent(x); }); break;
    case Operation::Sigmoid: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return sigmoid(x); }); break;
    case Operation::Softplus: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return softplus(x); }); break;
    case Operation::NormalDistribution: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return standardNormal(x).distribution; }); break;
    case Operation::NormalDensity: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return standardNormal(x).density; }); break;
    case Operation::Sine: eachThereIs(to, a, n, [](Floats x) DEEPBLAS_RULE { return sine(x); }); break;
    case Operation::Cosine: eachThereIs(to, a, n, [](Floats x) DEEPBLAS_RULE { return cosine(x); }); break;
    case Operation::Sign:
      each(to, a, n, [](Floats x) DEEPBLAS_RULE { return select(x == 0.0f, Floats{}, withSignOf(broadcast(1.0f), x)); });
      break;
    case Operation::Less:
      each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return select(x < y, broadcast(1.0f), Floats{}); });
      break;
    case Operation::Equal:
      each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return select(x == y, broadcast(1.0f), Floats{}); });
      break;
    case Operation::Select:
      for (int64_t i = 0; i < n; i += kWidth) store(to + i, select(load(a + i) != 0.0f, load(b + i), load(c + i)));
      break;
    default: break;  // those that read or store
  }
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
