// The instruction set chosen once at load: the best this processor has, or the one named by DEEPBLAS_ISA.
#pragma once

#include <string>
#include <vector>

#include "boundary/enums.h"

namespace deepblas {

const char* isaName(Isa isa);
// Built into this library and runnable on this processor, best last.
const std::vector<Isa>& runnableIsas();
// Whether this processor multiplies pairs of bfloat16 numbers (AVX512-BF16).
bool hasBfloat16();
// DEEPBLAS_ISA or the best; throws an Error that lists the runnable ones when the named one is not among them.
Isa chosenIsa();

}  // namespace deepblas
