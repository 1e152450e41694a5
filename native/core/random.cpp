#include "core/random.h"

#include <cmath>
#include <cstring>

namespace deepblas {

RandomBlock philox(const RandomKey& key, uint64_t block) {
  uint32_t c0 = static_cast<uint32_t>(block), c1 = static_cast<uint32_t>(block >> 32), c2 = key.stream,
           c3 = key.substream;
  uint32_t k0 = static_cast<uint32_t>(key.seed), k1 = static_cast<uint32_t>(key.seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53} * c0, p1 = uint64_t{0xCD9E8D57} * c2;
    const uint32_t n0 = static_cast<uint32_t>(p1 >> 32) ^ c1 ^ k0, n2 = static_cast<uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c1 = static_cast<uint32_t>(p1);
    c3 = static_cast<uint32_t>(p0);
    c0 = n0;
    c2 = n2;
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return {{c0, c1, c2, c3}};
}

namespace {

// Calls use(position, word) for every position in order. Two blocks are made at once: the rounds of one wait for each other.
template <typename Use>
void forEachWord(int64_t count, const RandomKey& key, Use use) {
  for (int64_t position = 0; position < count; position += 8) {
    const uint64_t first = static_cast<uint64_t>(position) / 4;
    const RandomBlock blocks[2] = {philox(key, first), philox(key, first + 1)};
    for (int64_t i = 0; i < 8 && position + i < count; ++i) use(position + i, blocks[i / 4].word[i % 4]);
  }
}

// The middle of one of 2^32 equal intervals of (0, 1).
double openUnit(uint32_t word) { return (word + 0.5) * 0x1p-32; }

// Natural logarithm by plain arithmetic: initial weights must not depend on the version of a C library.
double logarithm(double value) {
  int exponent;
  double mantissa = std::frexp(value, &exponent);
  if (mantissa < 0.70710678118654752) {
    mantissa *= 2;
    --exponent;
  }
  const double s = (mantissa - 1) / (mantissa + 1), square = s * s;
  double series = 0;
  for (int term = 23; term >= 1; term -= 2) series = series * square + 1.0 / term;
  return 2 * s * series + exponent * 0.693147180559945309417;
}

double polynomial(const double* coefficients, int count, double x) {
  double value = 0;
  for (int i = 0; i < count; ++i) value = value * x + coefficients[i];
  return value;
}

}  // namespace

double normalQuantile(double p) {
  // Three rational approximations in AS 241; the third serves only p < e^-25, which 32 random bits cannot give.
  static const double centreTop[] = {2509.0809287301226727, 33430.575583588128105, 67265.770927008700853,
                                     45921.953931549871457, 13731.693765509461125, 1971.5909503065514427,
                                     133.14166789178437745, 3.387132872796366608};
  static const double centreBottom[] = {5226.495278852854561,  28729.085735721942674, 39307.89580009271061,
                                        21213.794301586595867, 5394.1960214247511077, 687.1870074920579083,
                                        42.313330701600911252, 1.0};
  static const double tailTop[] = {7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
                                   1.27045825245236838258,   3.64784832476320460504,   5.7694972214606914055,
                                   4.6303378461565452959,    1.42343711074968357734};
  static const double tailBottom[] = {1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
                                      0.14810397642748007459,    0.68976733498510000455,  1.6763848301838038494,
                                      2.05319162663775882187,    1.0};
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(centreTop, 8, r) / polynomial(centreBottom, 8, r);
  }
  const double r = std::sqrt(-logarithm(q < 0 ? p : 1 - p)) - 1.6;
  const double magnitude = polynomial(tailTop, 8, r) / polynomial(tailBottom, 8, r);
  return q < 0 ? -magnitude : magnitude;
}

void fillUniform(float* to, int64_t count, const RandomKey& key, double low, double high) {
  forEachWord(count, key, [&](int64_t position, uint32_t word) {
    to[position] = static_cast<float>(low + (high - low) * openUnit(word));
  });
}

void fillNormal(float* to, int64_t count, const RandomKey& key, double mean, double standardDeviation) {
  forEachWord(count, key, [&](int64_t position, uint32_t word) {
    to[position] = static_cast<float>(mean + standardDeviation * normalQuantile(openUnit(word)));
  });
}

}  // namespace deepblas
