// What the lane kernels share. A vector holds one element of every member of a group; a member's results are those that the
// kernels of native/kernels/vector give it alone, bit for bit, so every sum here takes its terms in the order that it has
// there.
#pragma once

#include "boundary/kernel_table.h"
#include "kernels/kernel_set.h"
#include "kernels/lane_kernel.h"
#include "kernels/vector/elements.h"

namespace deepblas {
namespace DEEPBLAS_ISA {

void registerLaneActivation(KernelSet& set);
void registerLaneDense(KernelSet& set);
void registerLaneGather(KernelSet& set);
void registerLaneLoss(KernelSet& set);
void registerLaneMap(KernelSet& set);
void registerLaneMetric(KernelSet& set);
void registerLaneOptimizer(KernelSet& set);
void registerLaneRandom(KernelSet& set);

namespace {

static_assert(kWidth <= kMostLanes, "a lane kernel's call has room for every lane");

// Where the vector of element (row, column) stands.
DEEPBLAS_INLINE float* laneAt(const View& view, int64_t row, int64_t column) {
  return data<float>(&view) + (row * view.stride + column) * kWidth;
}
// Numbers of rows in float64: one of every lane.
DEEPBLAS_INLINE double* laneRow(const View& view, int64_t row) { return data<double>(&view) + row * kWidth; }

DEEPBLAS_INLINE Ints loadInts(const int32_t* from) {
  Ints value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

// What a member keeps from step to step changes in lanes that take part alone.
DEEPBLAS_INLINE void storeActive(float* to, Floats value, Ints active) { store(to, select(active, value, load(to))); }

// The lanes that take part in an update: none whose number says that it waits.
DEEPBLAS_INLINE Ints activeUnlessWaiting(const LaneCall& call, int waits) {
  Ints active = loadInts(call.active);
  for (int64_t lane = 0; lane < kWidth; ++lane)
    if (call.numbers[waits][lane] != 0) active[lane] = 0;
  return active;
}

// The lanes that have this row.
DEEPBLAS_INLINE Ints lanesWith(const LaneCall& call, int64_t row) {
  return loadInts(call.laneRows) > static_cast<int32_t>(row);
}

// A number of every lane, rounded to float32.
DEEPBLAS_INLINE Floats laneNumber(const LaneCall& call, int argument) {
  Floats value = {};
  for (int64_t lane = 0; lane < kWidth; ++lane) value[lane] = static_cast<float>(call.numbers[argument][lane]);
  return value;
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
