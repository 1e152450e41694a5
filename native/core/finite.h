// Whether numbers are finite, by their bits: many at once, and none of them added to another.
#pragma once

#include <cstdint>
#include <cstring>

namespace deepblas {

inline bool isFinite(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return (bits & 0x7f800000u) != 0x7f800000u;
}

inline bool allFinite(const float* values, int64_t count) {
  typedef uint32_t Four __attribute__((vector_size(16)));
  Four bad[4] = {};
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    for (int part = 0; part < 4; ++part) {
      Four bits;
      std::memcpy(&bits, values + i + 4 * part, sizeof bits);
      bad[part] |= (Four)((bits & 0x7f800000u) == 0x7f800000u);
    }
  }
  const Four all = (bad[0] | bad[1]) | (bad[2] | bad[3]);
  bool finite = (all[0] | all[1] | all[2] | all[3]) == 0;
  for (; i < count; ++i) finite = finite && isFinite(values[i]);
  return finite;
}

}  // namespace deepblas
