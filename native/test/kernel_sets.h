// The kernel sets under test: every one that this processor can run, and the AVX-512 sources in emulation.
#pragma once

#include <vector>

#include "kernels/kernels.h"

namespace deepblas {
namespace test {

const std::vector<const KernelSet*>& testedSets();

// The sources as compiled for AVX-512 (vectors of 16, 32 registers) with its intrinsics written out; null where this
// processor or architecture cannot run the emulation.
const KernelSet* emulatedAvx512();

}  // namespace test
}  // namespace deepblas
