// The kernel set of an instruction set: every family of the kernel table enters its kernels. The families' sources are those
// of native/kernels/vector, and native/kernels/lanes for members side by side, compiled once per instruction set into a namespace of its name.
#pragma once

#include "kernels/kernel_set.h"

#define DEEPBLAS_DECLARE_FAMILY(family) void register##family(KernelSet& set);
#define DEEPBLAS_ENTER_FAMILY(family) register##family(*set);

// Within namespace deepblas: isa::kernels(), made at the first use.
#define DEEPBLAS_KERNEL_SET(isa)                    \
  namespace isa {                                   \
  DEEPBLAS_FAMILIES(DEEPBLAS_DECLARE_FAMILY)        \
  void registerLanes(KernelSet& set);               \
  static const KernelSet& kernels() {               \
    static const KernelSet* const made = [] {       \
      auto* set = new KernelSet();                  \
      set->name = #isa;                             \
      set->bfloat16ByInstruction = hasBfloat16();   \
      DEEPBLAS_FAMILIES(DEEPBLAS_ENTER_FAMILY)      \
      registerLanes(*set);                          \
      return set;                                   \
    }();                                            \
    return *made;                                   \
  }                                                 \
  }
