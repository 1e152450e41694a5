// The interface of a lane kernel: one call for several members side by side, each in a lane of every vector.
// Also included by the instruction-set sources, therefore plain data only.
//
// A tensor in lane form holds element i of every lane adjacent: element (r, c) of lane l stands at
// data[(r * stride + c) * lanes + l]. A weight in lane form has no padding: panel after panel of outputs, in each
// [input][output], as many outputs as there are.
#pragma once

#include <stdint.h>

#include "kernels/kernel.h"

namespace deepblas {

constexpr int kMostLanes = 16;

struct LaneCall {
  // By argument position. In lane form, or null where the argument is left out or each member has its own.
  const View* const* views;
  // By argument position, then lane: the members' own views of data, orders and accumulators.
  const View* const (*members)[kMostLanes];
  // By argument position, then lane.
  const double (*numbers)[kMostLanes];
  int64_t rows;             // most rows that a lane has in this step
  const int32_t* laneRows;  // [lane]; 0: the lane takes no part, and nothing of its member is read or written
  const int32_t* active;    // [lane]: all bits of a lane that takes part, else none
  bool even;                // lanes that take part have `rows` rows each
  int32_t* notFinite;       // [lane]: set to 1 by the kernel that closes the loss region
  const Expression* expression = nullptr;
  // An activation's way back that this call, an input gradient, does by the way; null where there is none.
  const LaneCall* next = nullptr;
};

struct LaneKernel {
  void (*execute)(const LaneCall&) = nullptr;
  // Whether a call with these views (without memory) and constant numbers can be executed so; null: any can.
  bool (*serves)(const Call&) = nullptr;
};

}  // namespace deepblas
