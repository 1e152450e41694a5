// Decimal numbers are rounded as the C library rounds them, bit for bit, or left to the caller.
#include "table/decimal.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/random.h"
#include "test.h"

namespace deepblas {
namespace test {

static Decimal decimal(const std::string& text, char point = '.') {
  return readDecimal(text.data(), text.data() + text.size(), point);
}

static bool sameBits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

// Checks a number against the C library. Returns whether it was read exactly.
static bool check(const std::string& text) {
  CONTEXT(text);
  const Decimal number = decimal(text);
  CHECK(number.state != Decimal::None);
  CHECK(number.end == text.data() + text.size());
  if (number.state == Decimal::Inexact) return false;
  CHECK(sameBits(number.value, std::strtod(text.c_str(), nullptr)));
  return true;
}

TEST("numbers as programs write them are read to the bit") {
  for (const char* text : {"0", "-0", "+0", "-0.0", "1", "1.", ".5", "-.5", "0.1", "123456.789", "1e5", "1E-5", "1e+22",
                           "1e22", "1e-22", "9007199254740993", "9007199254740993.0", "9999999999999999999",
                           "0.30000000000000004", "179769313486231.57e0", "00012.50", "0e99999", "0.000e-99999"}) {
    CONTEXT(text);
    CHECK(check(text));
  }
}

TEST("random digits are read to the bit, and of usual ones nearly all") {
  uint64_t state = 1;
  const auto next = [&](uint64_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % below;
  };
  int exact = 0;
  constexpr int kCount = 200000;
  for (int i = 0; i < kCount; ++i) {
    std::string digits;
    const int count = 1 + static_cast<int>(next(19));
    for (int d = 0; d < count; ++d) digits.push_back(static_cast<char>('0' + next(10)));
    const int behind = static_cast<int>(next(static_cast<uint64_t>(count) + 1));
    std::string text = next(2) == 1 ? "-" : "";
    text += digits.substr(0, static_cast<size_t>(count - behind)) + "." + digits.substr(static_cast<size_t>(count - behind));
    exact += check(text);
  }
  CHECK_EQUAL(exact, kCount);
}

TEST("halfway cases are rounded to even, and off by a digit to the nearer side") {
  // 2^53 + 1 lies halfway between two doubles; so do 1 + 2^-53 and 3 * (1 + 2^-53) / 1, whose digits are too many here.
  for (const char* text : {"9007199254740993", "9007199254740993.0", "9007199254740993.1", "9007199254740992.9",
                           "9007199254740995", "900719925474099.25", "4503599627370496.5", "4503599627370497.5",
                           "4503599627370496.51", "450359962737049.625", "0.5000000000000000278"}) {
    CONTEXT(text);
    CHECK(check(text));
  }
}

TEST("what needs more digits or other powers is a number that is left to the caller") {
  for (const char* text : {"12345678901234567890", "0.12345678901234567891", "1e23", "1e-23", "1e999", "1e-999",
                           "12345678901234567e5", "1e99999999999999999999"}) {
    CONTEXT(text);
    const std::string kept = text;
    const Decimal number = decimal(kept);
    CHECK(number.state == Decimal::Inexact);
    CHECK(number.end == kept.data() + kept.size());
  }
  CHECK(check("0000000000000000000000000.5"));
}

TEST("what is no number is none") {
  for (const char* text : {"", "-", "+", ".", "-.", "e5", "1e", "1e+", "1e-", "abc", " 1", "--1", "inf", "nan"}) {
    CONTEXT(text);
    CHECK(decimal(text).state == Decimal::None);
  }
  // As far as it goes.
  const std::string two = "1.2.3", hexadecimal = "0x1f", comma = "1,5";
  CHECK_EQUAL(decimal(two).end - two.data(), 3);
  CHECK_EQUAL(decimal(hexadecimal).end - hexadecimal.data(), 1);
  CHECK_EQUAL(decimal(comma).end - comma.data(), 1);
  CHECK_EQUAL(decimal(comma, ',').value, 1.5);
}

TEST("a number tells whether it is whole, and whether zeros stand before it") {
  CHECK(decimal("12").whole && !decimal("12.").whole && !decimal("1e2").whole);
  CHECK(decimal("007").padded && !decimal("0").padded && !decimal("0.7").padded && !decimal("-07").padded);
}

}  // namespace test
}  // namespace deepblas
