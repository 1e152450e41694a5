// The vectorised functions over the whole float32 range. docs/math/functions.md states what is measured here.
#include <cmath>
#include <cstdio>
#include <cstring>

#include "core/floating_point.h"
#include "core/isa.h"
#include "test.h"
#include "vector_functions.h"

namespace deepblas {
namespace test {

std::vector<VectorFunctions> runnableFunctions() {
  std::vector<VectorFunctions> found = {baselineFunctions()};
#if defined(__x86_64__)
  for (Isa isa : runnableIsas()) {
    if (isa == Isa::Avx2) found.push_back(avx2Functions());
  }
#endif
  return found;
}

namespace {

constexpr float kInfinity = INFINITY;
constexpr float kNan = NAN;
constexpr float kSmallestNormal = 0x1p-126f;

float fromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

double distribution(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }
double density(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0)); }

struct Measured {
  double ulp = 0, absolute = 0;
  float ulpAt = 0, absoluteAt = 0;
};

struct Function {
  const char* name;
  VectorFunction VectorFunctions::*function;
  double (*exact)(double);
  float low, high;           // where it is measured
  double maximumUlp;         // what may be measured there
  double maximumAbsolute;
};

// Bounds that hold on every instruction set; a measured value above one is a defect. Infinite: not bounded that way.
// Far out in the normal distribution's tail the square of z has too few bits for a relative accuracy, and near z = -13
// the distribution itself falls below the normal numbers, and with it gelu to 0.
const Function kFunctions[] = {
    {"reciprocal", &VectorFunctions::reciprocal, [](double x) { return 1 / x; }, 0x1p-100f, 0x1p100f, 2, kInfinity},
    {"exponential", &VectorFunctions::exponential, std::exp, -87.3f, 88.7f, 1, kInfinity},
    {"logarithm", &VectorFunctions::logarithm, std::log, kSmallestNormal, 3.4e38f, 1, kInfinity},
    {"logarithmOfOnePlus", &VectorFunctions::logarithmOfOnePlus, std::log1p, 0.0f, 1.0f, 1.5, 1e-7},
    {"sigmoid", &VectorFunctions::sigmoid, [](double z) { return 1 / (1 + std::exp(-z)); }, -kInfinity, kInfinity, 2.5,
     1e-7},
    {"hyperbolicTangent", &VectorFunctions::hyperbolicTangent, std::tanh, -kInfinity, kInfinity, 1.5, 1e-7},
    {"sine", &VectorFunctions::sine, std::sin, -3.4028234e38f, 3.4028234e38f, 2, 1.2e-7},
    {"cosine", &VectorFunctions::cosine, std::cos, -3.4028234e38f, 3.4028234e38f, 2, 1.2e-7},
    {"normal distribution", &VectorFunctions::normalDistribution, distribution, -kInfinity, kInfinity, 80, 2.5e-7},
    {"  where |z| <= 4", &VectorFunctions::normalDistribution, distribution, -4, 4, 12, 2.5e-7},
    {"normal density", &VectorFunctions::normalDensity, density, -kInfinity, kInfinity, 80, 5e-8},
    {"gelu", &VectorFunctions::gelu, [](double z) { return z * distribution(z); }, -kInfinity, kInfinity, kInfinity,
     5e-7},
    {"  where |z| <= 4", &VectorFunctions::gelu, [](double z) { return z * distribution(z); }, -4, 4, 12, 5e-7},
    {"gelu derivative", &VectorFunctions::geluDerivative, [](double z) { return distribution(z) + z * density(z); },
     -1e18f, 1e18f, kInfinity, 2.5e-7},
};

// As on every thread that runs kernels.
void apply(VectorFunction function, const std::vector<float>& inputs, std::vector<float>& outputs) {
  const FlushDenormals guard;
  function(outputs.data(), inputs.data(), static_cast<int64_t>(inputs.size()));
}

// Every `stride`-th bit pattern, and patterns around each power of two.
template <typename Use>
void forEverySample(uint32_t stride, Use use) {
  std::vector<float> inputs;
  const auto flush = [&] {
    use(inputs);
    inputs.clear();
  };
  for (uint64_t bits = 0; bits < (uint64_t{1} << 32); bits += stride) {
    inputs.push_back(fromBits(static_cast<uint32_t>(bits)));
    if (inputs.size() == 4096) flush();
  }
  for (uint32_t exponent = 0; exponent < 512; ++exponent)
    for (int offset = -3; offset <= 3; ++offset) inputs.push_back(fromBits((exponent << 23) + offset));
  flush();
}

// Denormals count as zero on both sides, as they do on every thread that runs kernels.
double flushed(double value) { return std::fabs(value) < kSmallestNormal ? 0 : value; }

void measure(const Function& function, float x, float actual, Measured& result) {
  if (!(x >= function.low && x <= function.high)) return;
  const double exact = flushed(function.exact(flushed(x)));
  if (std::fabs(exact) > 3.4028234e38) return;
  const double error = std::fabs(flushed(actual) - exact);
  const float rounded = std::fabs(static_cast<float>(exact));
  const double ulp = rounded < kSmallestNormal ? 0x1p-149 : static_cast<double>(std::nextafter(rounded, kInfinity)) - rounded;
  if (!std::isfinite(actual)) fail(__FILE__, __LINE__, text(function.name, " of ", x, " is ", actual));
  if (error > result.absolute) result.absolute = error, result.absoluteAt = x;
  // A value at the edge of the denormals may fall to either side.
  if (std::fabs(exact) > 1.01 * kSmallestNormal && error / ulp > result.ulp) result.ulp = error / ulp, result.ulpAt = x;
}

std::string number(double value) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.3g", value);
  return digits;
}

}  // namespace

TEST("functions keep within their bounds over the whole float32 range") {
  report("function               instruction set   max ulp  at              max absolute  at");
  for (const Function& function : kFunctions) {
    for (const VectorFunctions& functions : runnableFunctions()) {
      CONTEXT(function.name, ", ", functions.name);
      Measured measured;
      forEverySample(4099, [&](const std::vector<float>& inputs) {
        std::vector<float> outputs(inputs.size());
        apply(functions.*function.function, inputs, outputs);
        for (size_t i = 0; i < inputs.size(); ++i) {
          if (std::isnan(inputs[i])) {
            CHECK(std::isnan(outputs[i]));
          } else {
            measure(function, inputs[i], outputs[i], measured);
          }
        }
      });
      char line[160];
      std::snprintf(line, sizeof line, "%-22s %-16s %8s  %-15.8g %12s  %-.8g", function.name, functions.name,
                    number(measured.ulp).c_str(), measured.ulpAt, number(measured.absolute).c_str(),
                    measured.absoluteAt);
      report(line);
      CHECK(measured.ulp <= function.maximumUlp);
      CHECK(measured.absolute <= function.maximumAbsolute);
    }
  }
}

TEST("functions of special values") {
  const struct {
    VectorFunction VectorFunctions::*function;
    const char* name;
    float input, expected;
  } kRows[] = {
      {&VectorFunctions::exponential, "exponential", 0.0f, 1.0f},
      {&VectorFunctions::exponential, "exponential", -0.0f, 1.0f},
      {&VectorFunctions::exponential, "exponential", 1e-40f, 1.0f},
      {&VectorFunctions::exponential, "exponential", kInfinity, kInfinity},
      {&VectorFunctions::exponential, "exponential", -kInfinity, 0.0f},
      {&VectorFunctions::exponential, "exponential", 88.73f, kInfinity},
      {&VectorFunctions::exponential, "exponential", -87.34f, 0.0f},
      {&VectorFunctions::exponential, "exponential", kNan, kNan},
      {&VectorFunctions::logarithm, "logarithm", 1.0f, 0.0f},
      {&VectorFunctions::logarithm, "logarithm", kInfinity, kInfinity},
      {&VectorFunctions::logarithm, "logarithm", kNan, kNan},
      {&VectorFunctions::logarithmOfOnePlus, "logarithmOfOnePlus", 0.0f, 0.0f},
      {&VectorFunctions::logarithmOfOnePlus, "logarithmOfOnePlus", kNan, kNan},
      {&VectorFunctions::sigmoid, "sigmoid", 0.0f, 0.5f},
      {&VectorFunctions::sigmoid, "sigmoid", -0.0f, 0.5f},
      {&VectorFunctions::sigmoid, "sigmoid", kInfinity, 1.0f},
      {&VectorFunctions::sigmoid, "sigmoid", -kInfinity, 0.0f},
      {&VectorFunctions::sigmoid, "sigmoid", kNan, kNan},
      {&VectorFunctions::hyperbolicTangent, "hyperbolicTangent", 0.0f, 0.0f},
      {&VectorFunctions::hyperbolicTangent, "hyperbolicTangent", -0.0f, 0.0f},
      {&VectorFunctions::hyperbolicTangent, "hyperbolicTangent", kInfinity, 1.0f},
      {&VectorFunctions::hyperbolicTangent, "hyperbolicTangent", -kInfinity, -1.0f},
      {&VectorFunctions::hyperbolicTangent, "hyperbolicTangent", kNan, kNan},
      {&VectorFunctions::sine, "sine", 0.0f, 0.0f},
      {&VectorFunctions::sine, "sine", kInfinity, kNan},
      {&VectorFunctions::sine, "sine", -kInfinity, kNan},
      {&VectorFunctions::sine, "sine", kNan, kNan},
      {&VectorFunctions::cosine, "cosine", 0.0f, 1.0f},
      {&VectorFunctions::cosine, "cosine", -0.0f, 1.0f},
      {&VectorFunctions::cosine, "cosine", kInfinity, kNan},
      {&VectorFunctions::cosine, "cosine", -kInfinity, kNan},
      {&VectorFunctions::cosine, "cosine", kNan, kNan},
      {&VectorFunctions::normalDistribution, "normalDistribution", kInfinity, 1.0f},
      {&VectorFunctions::normalDistribution, "normalDistribution", -kInfinity, 0.0f},
      {&VectorFunctions::normalDistribution, "normalDistribution", kNan, kNan},
      {&VectorFunctions::normalDensity, "normalDensity", kInfinity, 0.0f},
      {&VectorFunctions::normalDensity, "normalDensity", -kInfinity, 0.0f},
      {&VectorFunctions::normalDensity, "normalDensity", kNan, kNan},
      {&VectorFunctions::gelu, "gelu", 0.0f, 0.0f},
      {&VectorFunctions::gelu, "gelu", kInfinity, kInfinity},
      {&VectorFunctions::gelu, "gelu", -kInfinity, 0.0f},
      {&VectorFunctions::gelu, "gelu", 3e38f, 3e38f},
      {&VectorFunctions::gelu, "gelu", -3e38f, 0.0f},
      {&VectorFunctions::gelu, "gelu", kNan, kNan},
      {&VectorFunctions::geluDerivative, "geluDerivative", 3e38f, 1.0f},
      {&VectorFunctions::geluDerivative, "geluDerivative", -3e38f, 0.0f},
      {&VectorFunctions::geluDerivative, "geluDerivative", kNan, kNan},
  };
  for (const VectorFunctions& functions : runnableFunctions()) {
    for (const auto& row : kRows) {
      CONTEXT(functions.name, ", ", row.name, " of ", row.input);
      std::vector<float> output(1);
      apply(functions.*row.function, {row.input}, output);
      CHECK_CLOSE(output[0], row.expected, 0);
    }
  }
}

TEST("sine and cosine of angles where little is left of them, and of many per lane") {
  // The float32 numbers nearest to multiples of pi / 2, where all but a few bits cancel, and the steps between them.
  const struct {
    VectorFunction VectorFunctions::*function;
    double (*exact)(double);
    const char* name;
  } kRows[] = {{&VectorFunctions::sine, std::sin, "sine"}, {&VectorFunctions::cosine, std::cos, "cosine"}};
  std::vector<float> inputs;
  for (int quarter = -8192; quarter <= 8192; ++quarter) {
    if (quarter == 0) continue;  // beside 0 there are only denormals
    const float nearest = static_cast<float>(quarter * std::acos(0.0));
    for (float x : {nearest, std::nextafter(nearest, kInfinity), std::nextafter(nearest, -kInfinity)}) inputs.push_back(x);
    inputs.push_back(static_cast<float>(quarter) * 1.7f);
  }
  // Of all float32 numbers, the one nearest to a multiple of pi / 2.
  inputs.push_back(16367173.0f * 0x1p72f);
  for (const VectorFunctions& functions : runnableFunctions()) {
    for (const auto& row : kRows) {
      CONTEXT(functions.name, ", ", row.name);
      std::vector<float> outputs(inputs.size());
      apply(functions.*row.function, inputs, outputs);
      for (size_t i = 0; i < inputs.size(); ++i) {
        const double exact = row.exact(inputs[i]);
        CONTEXT("of ", inputs[i]);
        CHECK_CLOSE(outputs[i], exact, 1.2e-7 * std::fabs(exact));
        CHECK(std::fabs(outputs[i]) <= 1);
      }
    }
  }
}

TEST("functions rise where they must") {
  // A probability above 1 or a falling sigmoid would be seen by users. Rounding may take back one ulp.
  for (const VectorFunctions& functions : runnableFunctions()) {
    const struct {
      VectorFunction function;
      const char* name;
      float low, high;
    } kRows[] = {{functions.sigmoid, "sigmoid", 0, 1},
                 {functions.hyperbolicTangent, "hyperbolicTangent", -1, 1},
                 {functions.normalDistribution, "normalDistribution", 0, 1},
                 {functions.exponential, "exponential", 0, kInfinity}};
    for (const auto& row : kRows) {
      CONTEXT(functions.name, ", ", row.name);
      std::vector<float> inputs, outputs;
      for (int i = -300000; i <= 300000; ++i) inputs.push_back(static_cast<float>(i) * 3e-4f);
      outputs.resize(inputs.size());
      apply(row.function, inputs, outputs);
      for (size_t i = 0; i < outputs.size(); ++i) {
        if (!(outputs[i] >= row.low && outputs[i] <= row.high)) fail(__FILE__, __LINE__, text("out of range at ", inputs[i]));
        if (i > 0 && outputs[i] < outputs[i - 1] - 4e-7f * std::fabs(outputs[i - 1]))
          fail(__FILE__, __LINE__, text("falls at ", inputs[i]));
      }
    }
  }
}

}  // namespace test
}  // namespace deepblas
