// All kernels of one instruction set.
#pragma once

#include "boundary/kernel_table.h"
#include "core/random.h"
#include "kernels/lane_kernel.h"

namespace deepblas {

struct KernelSet {
  const char* name;
  Kernel kernels[kKernelCount];
  // Members side by side: so many in the lanes of a vector, and each kernel's version for them where it has one.
  int64_t laneCount;
  LaneKernel lanes[kKernelCount];
  // `count` elements of each lane's member into lane form, and back for the lanes that are not null.
  void (*packLanes)(float* to, const float* const* from, int64_t count);
  void (*unpackLanes)(float* const* to, const float* from, int64_t count);
  // A permutation of 0 .. count - 1, drawn from the words of a stream (core/random.h).
  void (*shuffle)(int32_t* to, int64_t count, const RandomKey& key);
  // How a layer's weight is stored: the width of its panels (View::panel), by its shape alone.
  int64_t (*weightPanel)(int64_t inputs, int64_t outputs);
  // The width of the panels of a transposed weight, or any other operand of the register tiles.
  int64_t (*registerPanel)(int64_t width);
  // Whether the input gradient reads a layer's weight by way of a turned copy, which transposeWeight makes.
  bool (*turnsWeight)(int64_t inputs, int64_t outputs);
  // Whether a weight of such panels is multiplied by OpenBLAS.
  bool (*usesBlas)(int64_t panel);
  // Whether the processor has an instruction for products of bfloat16 pairs, and, once the kernels are entered, whether
  // they use it.
  bool bfloat16ByInstruction;

  Kernel& operator[](KernelId id) { return kernels[static_cast<int>(id)]; }
  const Kernel& operator[](KernelId id) const { return kernels[static_cast<int>(id)]; }
};

}  // namespace deepblas
