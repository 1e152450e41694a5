// The kernels of the chosen instruction set.
#pragma once

#include "core/isa.h"
#include "kernels/kernel_set.h"

namespace deepblas {

const KernelSet& kernelSet(Isa isa);
// Of chosenIsa(), looked up once.
const KernelSet& activeKernels();

}  // namespace deepblas
