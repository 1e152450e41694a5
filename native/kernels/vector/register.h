// Each family of an instruction set enters its kernels into the set.
#pragma once

#include "kernels/families.h"

namespace deepblas {
namespace DEEPBLAS_ISA {

DEEPBLAS_FAMILIES(DEEPBLAS_DECLARE_FAMILY)

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
