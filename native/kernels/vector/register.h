// Each family of an instruction set enters its kernels into the set.
#pragma once

#include "kernels/kernel_set.h"

namespace deepblas {
namespace DEEPBLAS_ISA {

void registerActivation(KernelSet& set);
void registerDense(KernelSet& set);
void registerGather(KernelSet& set);
void registerLoss(KernelSet& set);
void registerMetric(KernelSet& set);
void registerOptimizer(KernelSet& set);
void registerRegularizer(KernelSet& set);
void registerColumns(KernelSet& set);
void registerMap(KernelSet& set);
void registerRandom(KernelSet& set);
void registerReduce(KernelSet& set);

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
