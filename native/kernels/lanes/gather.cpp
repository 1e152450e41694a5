// The rows of a batch, collected for members side by side: a row of every member's own data, in its own order, becomes a
// vector of members for each column.
#include "kernels/lanes/lane.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

// Below so many columns they are put together one by one.
constexpr int64_t kFewColumns = 3;

// Where every lane reads. One that takes no part reads what the lane with the most rows does, and a row behind its last one
// is its last one again: nothing that becomes of them is used.
struct LaneRows {
  const void* data[kWidth];
  const int32_t* order[kWidth];
  int64_t last[kWidth], stride[kWidth];
  float scale[kWidth];
  LaneRows(const LaneCall& call, const View* const* sources, const View* const* orders) {
    int64_t most = 0;
    while (call.laneRows[most] < call.rows) ++most;
    for (int64_t lane = 0; lane < kWidth; ++lane) {
      const int64_t from = call.laneRows[lane] > 0 ? lane : most;
      data[lane] = sources[from]->data;
      order[lane] = orders[from] ? static_cast<const int32_t*>(orders[from]->data) : nullptr;
      last[lane] = call.laneRows[from] - 1;
      stride[lane] = sources[from]->stride;
      scale[lane] = sources[from]->scale;
    }
  }
  template <bool kOrdered, bool kEven, typename Element>
  DEEPBLAS_INLINE const Element* at(int64_t lane, int64_t row) const {
    const int64_t own = kEven ? row : smaller(row, last[lane]);
    return static_cast<const Element*>(data[lane]) + (kOrdered ? order[lane][own] : own) * stride[lane];
  }
};

DEEPBLAS_INLINE Floats readFloats(const float* from, int64_t count, float) {
  return count == kWidth ? load(from) : loadFirst(from, count);
}
DEEPBLAS_INLINE Floats readFloats(const uint8_t* from, int64_t count, float scale) {
  float values[kWidth] = {};
  for (int64_t i = 0; i < count; ++i) values[i] = static_cast<float>(from[i]) * scale;
  return load(values);
}
DEEPBLAS_INLINE float readFloat(const float* from, float) { return *from; }
DEEPBLAS_INLINE float readFloat(const uint8_t* from, float scale) { return static_cast<float>(*from) * scale; }

template <typename Element>
void gatherRow(const View& output, int64_t row, const Element* const (&from)[kWidth], const LaneRows& rows) {
  if (output.columns < kFewColumns) {
    for (int64_t c = 0; c < output.columns; ++c) {
      float* to = laneAt(output, row, c);
      for (int64_t lane = 0; lane < kWidth; ++lane) to[lane] = readFloat(from[lane] + c, rows.scale[lane]);
    }
    return;
  }
  for (int64_t c = 0; c < output.columns; c += kWidth) {
    const int64_t count = smaller(kWidth, output.columns - c);
    Floats square[kWidth];
#pragma GCC unroll 16
    for (int64_t lane = 0; lane < kWidth; ++lane) square[lane] = readFloats(from[lane] + c, count, rows.scale[lane]);
    transposeSquare(square);
    if (count == kWidth) {
#pragma GCC unroll 16
      for (int64_t i = 0; i < kWidth; ++i) store(laneAt(output, row, c + i), square[i]);
    } else {
      for (int64_t i = 0; i < count; ++i) store(laneAt(output, row, c + i), square[i]);
    }
  }
}

void gatherRow(const View& output, int64_t row, const int32_t* const (&from)[kWidth], const LaneRows&) {
  for (int64_t c = 0; c < output.columns; ++c) {
    int32_t* to = data<int32_t>(&output) + (row * output.stride + c) * kWidth;
    for (int64_t lane = 0; lane < kWidth; ++lane) to[lane] = from[lane][c];
  }
}

template <bool kOrdered, bool kEven, typename Element>
void gatherRows(int64_t count, const View& output, const LaneRows& rows) {
  for (int64_t r = 0; r < count; ++r) {
    const Element* from[kWidth];
#pragma GCC unroll 16
    for (int64_t lane = 0; lane < kWidth; ++lane) from[lane] = rows.at<kOrdered, kEven, Element>(lane, r);
    gatherRow(output, r, from, rows);
  }
}

template <typename Element>
void gatherRows(const LaneCall& call, const View& output, const LaneRows& rows) {
  if (rows.order[0]) {
    return call.even ? gatherRows<true, true, Element>(call.rows, output, rows)
                     : gatherRows<true, false, Element>(call.rows, output, rows);
  }
  return call.even ? gatherRows<false, true, Element>(call.rows, output, rows)
                   : gatherRows<false, false, Element>(call.rows, output, rows);
}

void laneGather(const LaneCall& call) {
  namespace arg = at::gather;
  const View& output = *call.views[arg::output];
  const View* const* sources = call.members[arg::source];
  const LaneRows rows(call, sources, call.members[arg::order]);
  // Members' matrices are of one type.
  for (int64_t lane = 0; lane < kWidth; ++lane) {
    if (call.laneRows[lane] == 0) continue;
    switch (sources[lane]->type) {
      case Type::Uint8: return gatherRows<uint8_t>(call, output, rows);
      case Type::Int32: return gatherRows<int32_t>(call, output, rows);
      case Type::Float32: return gatherRows<float>(call, output, rows);
      case Type::Float64:
      case Type::Bfloat16: return;  // no data is kept so
    }
  }
}

}  // namespace

void registerLaneGather(KernelSet& set) { set.lanes[static_cast<int>(KernelId::Gather)] = {laneGather}; }

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
