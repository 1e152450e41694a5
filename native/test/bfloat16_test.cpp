// Products of bfloat16 operands against their reference in double precision: operands are rounded as the reference rounds
// them, to the bit; products are within the bounds of their float32 sums. All instruction sets give the same bits, with the
// processor's instruction and without.
#include <cmath>
#include <cstring>

#include "core/floating_point.h"
#include "core/random.h"
#include "kernel_run.h"
#include "product_bounds.h"
#include "test.h"

#if defined(__x86_64__) && defined(DEEPBLAS_HAS_AVX512)
#include <immintrin.h>
#define DEEPBLAS_TEST_INSTRUCTION 1
#endif

namespace deepblas {

#if defined(DEEPBLAS_HAS_AVX512)
namespace avx512 {
void registerBfloat16(KernelSet& set);
}
#endif

namespace test {

namespace {

using reference::Matrix;
using reference::Vector;

using Shape = ProductShape;

// Around register tiles and panels (4 to 64 columns, 1 to 12 rows, 48 factors), the depth block (512), the row block (192)
// and the batch block (256); odd depths, odd batches, primes.
const Shape kShapes[] = {
    {1, 1, 2},      {2, 2, 4},      {3, 5, 7},      {5, 17, 16},   {12, 31, 33},  {13, 48, 47},  {16, 49, 49},
    {31, 64, 65},   {33, 97, 100},  {64, 128, 64},  {191, 47, 63}, {193, 96, 31}, {192, 11, 95}, {255, 50, 24},
    {256, 145, 13}, {257, 193, 81}, {513, 23, 129}, {7, 511, 40},  {6, 512, 56},  {5, 513, 72},  {9, 1025, 19},
    {17, 130, 517}, {64, 784, 128}, {3, 1001, 1003},
};

// Sets whose bits must be the same: all that the tests run, and AVX-512 without its instruction.
const std::vector<const KernelSet*>& bfloat16Sets() {
  static std::vector<std::unique_ptr<KernelSet>> own;
  static const std::vector<const KernelSet*> sets = [] {
    std::vector<const KernelSet*> found = testedSets();
#if defined(DEEPBLAS_HAS_AVX512)
    for (const KernelSet* set : testedSets()) {
      if (!set->bfloat16ByInstruction) continue;
      own.push_back(std::make_unique<KernelSet>(*set));
      KernelSet* without = own.back().get();
      without->name = "avx512 without the instruction";
      without->bfloat16ByInstruction = false;
      avx512::registerBfloat16(*without);
      found.push_back(without);
    }
#endif
    return found;
  }();
  return sets;
}

// ---- rounded operands -----------------------------------------------------------------------------------------------

Operand roundedRows(const KernelSet& set, const Matrix& x, int64_t index) {
  const Operand output = Operand::unwritten(x.rows, x.columns, Type::Bfloat16, gapOf(index));
  KernelRun run(KernelId::RoundRows, x.rows);
  run.tensor(at::roundRows::output, output);
  run.tensor(at::roundRows::x, Operand::matrix(x, Type::Float32, gapOf(index + 1)));
  run.execute(set);
  checkMatrix("rows", output.read(), reference::bfloat16(x), 0);
  return output;
}

int64_t roundUp(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

Operand roundedPairs(const KernelSet& set, const Matrix& x, bool lanes, int64_t index) {
  // Whole vectors of columns are written; what the operand's rows are is for products to know.
  const Operand output = Operand::unwritten(x.rows, roundUp(x.columns, 16), Type::Bfloat16);
  KernelRun run(KernelId::RoundRowPairs, x.rows, 2);
  run.tensor(at::roundRowPairs::output, output);
  run.tensor(at::roundRowPairs::x, Operand::matrix(x, Type::Float32, gapOf(index)));
  run.number(at::roundRowPairs::lanes, lanes);
  run.execute(set);
  return output;
}

Operand roundedWeight(const KernelSet& set, const Matrix& weight, bool transposed) {
  const Operand stored = Operand::panels(weight, set.weightPanel(weight.columns, weight.rows));
  const Matrix expected = reference::bfloat16(transposed ? reference::transposeWeight(weight) : weight);
  const int64_t panel = set.registerPanel(expected.rows);
  const Operand output = Operand::unwrittenPanels(expected.rows, expected.columns, panel, true, Type::Bfloat16);
  KernelRun run(transposed ? KernelId::RoundWeightTransposed : KernelId::RoundWeight, 1, panel);
  run.tensor(at::roundWeight::output, output);
  run.tensor(at::roundWeight::weight, stored);
  run.execute(set);
  checkMatrix(transposed ? "weight transposed" : "weight", output.read(), expected, 0);
  return output;
}

// ---- products -------------------------------------------------------------------------------------------------------

Matrix forward(const KernelSet& set, const Shape& shape, Activation activation, int64_t index) {
  namespace arg = at::bfloat16Forward;
  const Matrix x = randomMatrix(shape.rows, shape.inputs, 10 * index + 1);
  const Matrix weight = randomMatrix(shape.outputs, shape.inputs, 10 * index + 2);
  const bool bias = index % 4 != 0, keeps = index % 3 != 0;
  const Vector b = bias ? randomVector(shape.outputs, 10 * index + 3, -1, 1) : Vector();
  const Operand w = roundedWeight(set, weight, false);
  const Operand output = Operand::unwritten(shape.rows + 2, shape.outputs, Type::Float32, gapOf(index));
  const Operand preActivation = Operand::unwritten(shape.rows + 1, shape.outputs, Type::Float32, gapOf(index + 1));
  KernelRun run(KernelId::Bfloat16Forward, shape.rows, 1, w.view()->panel);
  run.tensor(arg::output, output);
  if (keeps) run.tensor(arg::preActivation, preActivation);
  run.tensor(arg::x, roundedRows(set, x, index));
  run.tensor(arg::weight, w);
  if (bias) run.tensor(arg::bias, Operand::vector(b));
  run.number(arg::activation, static_cast<int>(activation));
  run.execute(set);
  const Matrix xr = reference::bfloat16(x), wr = reference::bfloat16(weight);
  const reference::Forward expected = reference::denseForward(xr, wr, b, activation);
  const Matrix bound = scaled(
      reference::denseForward(magnitudes(xr), magnitudes(wr), magnitudes(b), Activation::Linear).output, sumError(shape.inputs));
  if (keeps) checkMatrix("preActivation", preActivation.read(shape.rows), expected.preActivation, bound);
  checkMatrix("output", output.read(shape.rows), expected.output, activatedBound(bound, expected.preActivation, activation));
  return keeps ? preActivation.read(shape.rows) : Matrix();
}

Matrix backwardInput(const KernelSet& set, const Shape& shape, int64_t index) {
  namespace arg = at::bfloat16BackwardInput;
  const Matrix gradient = randomMatrix(shape.rows, shape.outputs, 10 * index + 4);
  const Matrix weight = randomMatrix(shape.outputs, shape.inputs, 10 * index + 5);
  const Operand w = roundedWeight(set, weight, true);
  const Operand inputGradient = Operand::unwritten(shape.rows + 2, shape.inputs, Type::Float32, gapOf(index));
  KernelRun run(KernelId::Bfloat16BackwardInput, shape.rows, 1, w.view()->panel);
  run.tensor(arg::inputGradient, inputGradient);
  run.tensor(arg::preActivationGradient, roundedRows(set, gradient, index));
  run.tensor(arg::weightTransposed, w);
  run.execute(set);
  const Matrix gr = reference::bfloat16(gradient), wr = reference::bfloat16(weight);
  const Matrix result = inputGradient.read(shape.rows);
  checkMatrix("inputGradient", result, reference::denseBackwardInput(gr, wr),
              scaled(reference::denseBackwardInput(magnitudes(gr), magnitudes(wr)), sumError(shape.outputs)));
  return result;
}

Matrix backwardWeight(const KernelSet& set, const Shape& shape, int64_t index) {
  namespace arg = at::bfloat16BackwardWeight;
  const Matrix x = randomMatrix(shape.rows, shape.inputs, 10 * index + 6);
  const Matrix gradient = randomMatrix(shape.rows, shape.outputs, 10 * index + 7);
  const int64_t panel = set.weightPanel(shape.inputs, shape.outputs);
  const Operand weightGradient = Operand::unwrittenPanels(shape.outputs, shape.inputs, panel);
  const Operand biasGradient = Operand::unwritten(1, shape.outputs);
  KernelRun run(KernelId::Bfloat16BackwardWeight, shape.rows, 1, set.registerPanel(shape.outputs));
  run.tensor(arg::weightGradient, weightGradient);
  if (index % 3 != 0) run.tensor(arg::biasGradient, biasGradient);
  run.tensor(arg::xPairs, roundedPairs(set, x, false, index));
  run.tensor(arg::gradientPairs, roundedPairs(set, gradient, true, index + 1));
  run.tensor(arg::preActivationGradient, Operand::matrix(gradient, Type::Float32, gapOf(index + 1)));
  run.execute(set);
  const Matrix xr = reference::bfloat16(x), gr = reference::bfloat16(gradient);
  const Matrix result = weightGradient.read();
  checkMatrix("weightGradient", result, reference::denseBackwardWeight(xr, gr).weight,
              scaled(reference::denseBackwardWeight(magnitudes(xr), magnitudes(gr)).weight, sumError(shape.rows)));
  if (index % 3 == 0) return result;
  // The bias takes the gradient as it is.
  const Vector expected = reference::denseBackwardWeight(x, gradient).bias;
  const Vector bound = reference::denseBackwardWeight(magnitudes(x), magnitudes(gradient)).bias;
  for (int64_t o = 0; o < shape.outputs; ++o)
    CHECK_CLOSE(biasGradient.read().at(0, o), expected[o], sumError(shape.rows) * bound[o]);
  return result;
}

// Every set's result within its bound, and all sets' results the same numbers.
template <typename Compute>
void forShapes(Compute compute) {
  int64_t index = 0;
  for (const Shape& shape : kShapes) {
    Matrix first;
    for (const KernelSet* set : bfloat16Sets()) {
      // Kept row by row, a weight of few outputs is not multiplied so.
      if (set->weightPanel(shape.inputs, shape.outputs) == 1) continue;
      CONTEXT(set->name, ", ", shape.rows, " rows, ", shape.inputs, " inputs, ", shape.outputs, " outputs");
      const Matrix result = compute(*set, shape, index);
      if (first.values.empty()) first = result;
      CHECK(first.values == result.values);
    }
    ++index;
  }
}

// ---- special numbers ------------------------------------------------------------------------------------------------

float floatOf(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Signs, zeros, denormals, the least and largest, infinities, NaN, and anything else.
uint32_t oddBits(uint64_t random) {
  static const uint32_t kOdd[] = {0,          0x80000000, 1,          0x807fffff, 0x007fffff, 0x007f8000, 0x00800000,
                                  0x7f7fffff, 0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 0xffffffff,
                                  0x3f808000, 0x3f818000, 0x3f808001, 0x3f7fffff, 0xbf808000, 0x7f7f8000};
  const uint32_t any = static_cast<uint32_t>(random >> 16);
  return random % 3 == 0 ? kOdd[random / 3 % (sizeof kOdd / sizeof *kOdd)] : any;
}

std::vector<uint64_t> randomWords(int64_t count, uint64_t seed) {
  std::vector<uint64_t> words(count);
  uint64_t state = seed;
  for (uint64_t& word : words) {
    // splitmix64 (Steele, Lea and Flood, 2014)
    state += 0x9e3779b97f4a7c15;
    uint64_t z = state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    word = z ^ z >> 31;
  }
  return words;
}

#if defined(DEEPBLAS_TEST_INSTRUCTION)
__attribute__((target("avx512f,avx512bf16"))) void instruction(const uint32_t* sums, const uint32_t* a, const uint32_t* b,
                                                              uint32_t* results) {
  const __m512 sum = _mm512_dpbf16_ps(_mm512_loadu_ps(sums), (__m512bh)_mm512_loadu_si512(a),
                                      (__m512bh)_mm512_loadu_si512(b));
  _mm512_storeu_ps(results, sum);
}
#endif

}  // namespace

TEST("bfloat16 products: forward equals its reference, with the same bits on every instruction set") {
  forShapes([](const KernelSet& set, const Shape& shape, int64_t index) {
    return forward(set, shape, static_cast<Activation>(index % 5), index);
  });
}

TEST("bfloat16 products: input gradients equal their reference, with the same bits on every instruction set") {
  forShapes(backwardInput);
}

TEST("bfloat16 products: weight gradients equal their reference, with the same bits on every instruction set") {
  forShapes(backwardWeight);
}

TEST("bfloat16: numbers are rounded to the nearest, ties to even, and denormal ones to zero") {
  for (const KernelSet* set : bfloat16Sets()) {
    CONTEXT(set->name);
    const std::vector<uint64_t> words = randomWords(20000, 3);
    std::vector<float> values(words.size());
    for (size_t i = 0; i < words.size(); ++i) values[i] = floatOf(oddBits(words[i]));
    std::vector<uint16_t> rounded(words.size());
    const int64_t count = static_cast<int64_t>(words.size());
    const View x = {values.data(), 1, count, count, 0, Type::Float32, 1}, y = {rounded.data(), 1, count, count, 0, Type::Bfloat16, 1};
    const View* views[kMaximumArguments] = {&y, &x};
    const double numbers[kMaximumArguments] = {};
    int32_t notFinite = 0;
    (*set)[KernelId::RoundRows].execute({views, numbers, 1, &notFinite}, {0, 1, 0, 1});
    for (size_t i = 0; i < words.size(); ++i) {
      const uint32_t bits = static_cast<uint32_t>(rounded[i]) << 16;
      if (std::isnan(values[i])) CHECK(std::isnan(floatOf(bits)));
      else CHECK_EQUAL(bits, bitsOf(static_cast<float>(reference::bfloat16(values[i]))));
    }
  }
}

#if defined(DEEPBLAS_TEST_INSTRUCTION)
TEST("bfloat16: the processor's instruction adds the second product and then the first, each in one rounding") {
  if (!hasBfloat16()) {
    std::printf("  left out: this processor has no AVX512-BF16\n");
    return;
  }
  const FlushDenormals guard;
  for (const KernelSet* set : bfloat16Sets()) {
    // The baseline rounds a product that is denormal, or too large, by itself.
    if (set == testedSets().front()) continue;
    CONTEXT(set->name);
    // One row of factors, a weight of 16 outputs and two inputs; the sum comes in as the result of the depth before.
    for (int64_t round = 0; round < 4000; ++round) {
      const std::vector<uint64_t> words = randomWords(64, 1000 + round);
      uint32_t sums[16], a[16], b[16], results[16];
      for (int i = 0; i < 16; ++i) {
        a[i] = (oddBits(words[0]) >> 16) | (oddBits(words[1]) & 0xffff0000u);
        b[i] = (oddBits(words[16 + i]) >> 16) | (oddBits(words[32 + i]) & 0xffff0000u);
        sums[i] = bitsOf(0.0f);
      }
      // The sum that the second pair finds is that of a first one.
      uint32_t before[16], c[16], d[16];
      for (int i = 0; i < 16; ++i) {
        c[i] = (oddBits(words[2]) >> 16) | (oddBits(words[3]) & 0xffff0000u);
        d[i] = (oddBits(words[48 + i]) >> 16) | (oddBits(words[(i * 7) % 16 + 16]) & 0xffff0000u);
      }
      instruction(sums, c, d, before);
      instruction(before, a, b, results);
      const int64_t panel = set->registerPanel(16);
      std::vector<uint32_t> weight(4 * 16);
      for (int64_t o = 0; o < 16; ++o) {
        uint32_t* at = weight.data() + o / panel * panel * 2 + o % panel;
        at[0] = d[o];
        at[panel] = b[o];
      }
      const uint32_t factors[2] = {c[0], a[0]};
      float output[16];
      const View x = {const_cast<uint32_t*>(factors), 1, 4, 4, 0, Type::Bfloat16, 1};
      const View w = {weight.data(), 16, 4, 4, panel, Type::Bfloat16, 1}, y = {output, 1, 16, 16, 0, Type::Float32, 1};
      const View* views[kMaximumArguments] = {};
      views[at::bfloat16Forward::output] = &y;
      views[at::bfloat16Forward::x] = &x;
      views[at::bfloat16Forward::weight] = &w;
      const double numbers[kMaximumArguments] = {};
      int32_t notFinite = 0;
      (*set)[KernelId::Bfloat16Forward].execute({views, numbers, 1, &notFinite}, {0, 1, 0, 16});
      for (int i = 0; i < 16; ++i) {
        const float expected = floatOf(results[i]);
        if (std::isnan(expected)) CHECK(std::isnan(output[i]));
        else CHECK_EQUAL(bitsOf(output[i]), results[i]);
      }
    }
  }
}
#endif

TEST("bfloat16: a NaN in one input row reaches every output of that row and of no other") {
  namespace arg = at::bfloat16Forward;
  for (const KernelSet* set : bfloat16Sets()) {
    CONTEXT(set->name);
    Matrix x = randomMatrix(9, 21, 5);
    x.at(4, 20) = NAN;
    const Operand weight = roundedWeight(*set, randomMatrix(33, 21, 6), false);
    const Operand rounded = Operand::unwritten(9, 21, Type::Bfloat16);
    KernelRun rows(KernelId::RoundRows, 9);
    rows.tensor(at::roundRows::output, rounded);
    rows.tensor(at::roundRows::x, Operand::matrix(x));
    rows.execute(*set);
    for (int activation = 0; activation < 5; ++activation) {
      const Operand output = Operand::unwritten(9, 33);
      KernelRun run(KernelId::Bfloat16Forward, 9, 1, weight.view()->panel);
      run.tensor(arg::output, output);
      run.tensor(arg::x, rounded);
      run.tensor(arg::weight, weight);
      run.number(arg::activation, activation);
      run.execute(*set);
      const Matrix result = output.read();
      for (int64_t r = 0; r < 9; ++r)
        for (int64_t o = 0; o < 33; ++o) CHECK_EQUAL(std::isnan(result.at(r, o)), r == 4);
    }
  }
}

}  // namespace test
}  // namespace deepblas
