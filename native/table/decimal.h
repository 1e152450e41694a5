// Decimal numbers from text, correctly rounded: the double nearest to what is written, the even one of two that are equally
// near, as JavaScript has it. What cannot be rounded here by a few exact steps is left to the caller.
#pragma once

#include <cstdint>

namespace deepblas {

struct Decimal {
  enum State { None, Exact, Inexact };  // no number; its value is right; a number whose value is not known

  State state = None;
  double value = 0;
  const char* end = nullptr;  // behind its last character
  bool whole = false;         // neither a point nor an exponent
  bool padded = false;        // digits alone, the first of several is 0
  uint64_t digits = 0;        // its digits as a whole number; of a number that is exact
};

// Reads [+-] digits, with or without a point, with or without an exponent, from `begin` on, as far as they go. What stands
// at `limit` must be there to read, and part of no number.
Decimal readDecimal(const char* begin, const char* limit, char point);

}  // namespace deepblas
