// Lane kernels enter their instruction set here; and the way of parameters and states into lane form and back.
#include "kernels/lanes/lane.h"

namespace deepblas {
namespace DEEPBLAS_ISA {

void registerLanes(KernelSet& set);

namespace {

void packLanes(float* to, const float* const* from, int64_t count) {
  for (int64_t i = 0; i < count; i += kWidth) {
    const int64_t here = smaller(kWidth, count - i);
    Floats square[kWidth];
    for (int64_t lane = 0; lane < kWidth; ++lane) square[lane] = from[lane] ? loadFirst(from[lane] + i, here) : Floats{};
    transposeSquare(square);
    for (int64_t element = 0; element < here; ++element) store(to + (i + element) * kWidth, square[element]);
  }
}

void unpackLanes(float* const* to, const float* from, int64_t count) {
  for (int64_t i = 0; i < count; i += kWidth) {
    const int64_t here = smaller(kWidth, count - i);
    Floats square[kWidth];
    for (int64_t element = 0; element < kWidth; ++element)
      square[element] = element < here ? load(from + (i + element) * kWidth) : Floats{};
    transposeSquare(square);
    for (int64_t lane = 0; lane < kWidth; ++lane)
      if (to[lane]) storeFirst(to[lane] + i, square[lane], here);
  }
}

}  // namespace

void registerLanes(KernelSet& set) {
  set.laneCount = kWidth;
  set.packLanes = packLanes;
  set.unpackLanes = unpackLanes;
  registerLaneActivation(set);
  registerLaneDense(set);
  registerLaneGather(set);
  registerLaneLoss(set);
  registerLaneMap(set);
  registerLaneMetric(set);
  registerLaneOptimizer(set);
  registerLaneRandom(set);
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
