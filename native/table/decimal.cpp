#include "table/decimal.h"

#include <cmath>

namespace deepblas {

namespace {

constexpr int kMostDigits = 19;  // that a uint64_t always holds
constexpr int kMostExponent = 22;  // the powers of ten that are doubles
constexpr int kMostDivisor = 19;   // the powers of ten that a uint64_t holds
constexpr uint64_t kLargestExact = uint64_t{1} << 53;

constexpr double kPowers[kMostExponent + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                               1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

constexpr uint64_t wholePower(int exponent) { return exponent == 0 ? 1 : 10 * wholePower(exponent - 1); }

constexpr uint64_t kWholePowers[kMostDivisor + 1] = {
    wholePower(0),  wholePower(1),  wholePower(2),  wholePower(3),  wholePower(4),  wholePower(5),  wholePower(6),
    wholePower(7),  wholePower(8),  wholePower(9),  wholePower(10), wholePower(11), wholePower(12), wholePower(13),
    wholePower(14), wholePower(15), wholePower(16), wholePower(17), wholePower(18), wholePower(19)};

bool isDigit(char character) { return static_cast<unsigned char>(character - '0') < 10; }

// digits / 10^exponent for 0 < exponent <= 19 and digits that are not 0: the quotient of whole numbers to 63 bits or 64,
// and whether there is a rest, are enough to round to 53 bits. The result is far from the smallest and largest doubles.
double divided(uint64_t digits, int exponent) {
  const uint64_t divisor = kWholePowers[exponent];
  const int up = __builtin_clzll(digits), upDivisor = __builtin_clzll(divisor);
  const unsigned __int128 dividend = static_cast<unsigned __int128>(digits << up) << 63;
  const uint64_t normal = divisor << upDivisor;
  const uint64_t quotient = static_cast<uint64_t>(dividend / normal);
  const bool rest = dividend % normal != 0;
  const int shift = 64 - __builtin_clzll(quotient) - 53;
  uint64_t kept = quotient >> shift;
  const uint64_t below = quotient & ((uint64_t{1} << shift) - 1), half = uint64_t{1} << (shift - 1);
  if (below > half || (below == half && (rest || (kept & 1) == 1))) ++kept;
  return std::ldexp(static_cast<double>(kept), shift - 63 + upDivisor - up);
}

// Two doubles of which neither is rounded give the right quotient or product (Clinger 1990).
bool round(uint64_t digits, int64_t exponent, double& value) {
  if (digits == 0 || exponent == 0) {
    value = static_cast<double>(digits);
  } else if (digits <= kLargestExact && exponent >= -kMostExponent && exponent <= kMostExponent) {
    const double number = static_cast<double>(digits);
    value = exponent < 0 ? number / kPowers[-exponent] : number * kPowers[exponent];
  } else if (exponent < 0 && exponent >= -kMostDivisor) {
    value = divided(digits, static_cast<int>(-exponent));
  } else {
    return false;
  }
  return true;
}

}  // namespace

Decimal readDecimal(const char* begin, const char* limit, char point) {
  Decimal number;
  const char* at = begin;
  const bool negative = *at == '-';
  if (negative || *at == '+') ++at;
  const char* const first = at;
  uint64_t digits = 0;
  while (at < limit && isDigit(*at)) digits = digits * 10 + static_cast<uint64_t>(*at++ - '0');
  int64_t count = at - first, exponent = 0;
  number.whole = true;
  if (at < limit && *at == point) {
    number.whole = false;
    const char* const fraction = ++at;
    while (at < limit && isDigit(*at)) digits = digits * 10 + static_cast<uint64_t>(*at++ - '0');
    exponent = fraction - at;
    count -= exponent;
  }
  if (count == 0) return number;
  const char* const end = at;
  if (at < limit && (*at == 'e' || *at == 'E')) {
    number.whole = false;
    ++at;
    const bool down = at < limit && *at == '-';
    if (down || (at < limit && *at == '+')) ++at;
    const char* const power = at;
    int64_t raised = 0;
    for (; at < limit && isDigit(*at); ++at)
      if (raised < 100000) raised = raised * 10 + (*at - '0');
    if (at == power) return number;
    exponent += down ? -raised : raised;
  }
  number.end = at;
  number.padded = number.whole && first == begin && count > 1 && *first == '0';
  number.state = Decimal::Inexact;
  if (count > kMostDigits) {
    // Zeros before the first digit do not count.
    for (const char* zero = first; zero < end && (*zero == '0' || *zero == point); ++zero) count -= *zero == '0';
    if (count > kMostDigits) return number;
  }
  if (!round(digits, exponent, number.value)) return number;
  number.digits = digits;
  if (negative) number.value = -number.value;
  number.state = Decimal::Exact;
  return number;
}

}  // namespace deepblas
