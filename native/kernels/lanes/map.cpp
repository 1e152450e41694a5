// Element-wise rules of members side by side (kernels/vector/map.cpp): a block holds some elements of every member, and goes
// through all operations while it is in the first-level cache.
#include "kernels/lanes/lane.h"
#include "kernels/vector/operations.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int kInputs = at::mapRows::input0, kNumbers = at::mapRows::number0;
constexpr int64_t kElements = kBlock / kWidth;  // of a block

// The elements [column, column + count) of one row.
struct LaneBlock {
  int64_t row, column, count;
  int64_t columns;  // of the outputs
};

// The same vector for every element.
DEEPBLAS_INLINE void fillVectors(float* to, Floats value) {
  for (int64_t i = 0; i < kBlock; i += kWidth) store(to + i, value);
}

template <typename Element>
DEEPBLAS_INLINE void readLanes(float* to, const View& view, const LaneBlock& block) {
  const bool oneColumn = view.columns == 1 && block.columns > 1;
  const Element* from = data<Element>(&view) +
                        ((view.rows == 1 ? 0 : block.row * view.stride) + (oneColumn ? 0 : block.column)) * kWidth;
  const int64_t count = oneColumn ? kWidth : block.count * kWidth;
  for (int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]);
  if (oneColumn) fillVectors(to, load(to));
}

void readLanes(float* to, const View& view, const LaneBlock& block) {
  switch (view.type) {
    case Type::Float32: return readLanes<float>(to, view, block);
    case Type::Float64: return readLanes<double>(to, view, block);
    case Type::Int32: return readLanes<int32_t>(to, view, block);
    case Type::Uint8:
    case Type::Bfloat16: return;  // has no lane form
  }
}

void writeLanes(const View& view, const LaneBlock& block, const float* from, Ints active) {
  const int64_t at = ((view.rows == 1 ? 0 : block.row * view.stride) + block.column) * kWidth;
  if (view.type == Type::Float64) {
    for (int64_t i = 0; i < block.count * kWidth; ++i) data<double>(&view)[at + i] = from[i];
    return;
  }
  for (int64_t i = 0; i < block.count * kWidth; i += kWidth) storeActive(data<float>(&view) + at + i, load(from + i), active);
}

void evaluateLanes(const LaneCall& call, const View* const* views, const LaneBlock& block, Registers& registers) {
  const Expression& rule = *call.expression;
  const int64_t n = block.count * kWidth;
  for (int64_t at = 0; at < rule.count; ++at) {
    const Instruction& one = rule.instructions[at];
    float* to = registers.value[at];
    switch (one.operation) {
      case Operation::Input: readLanes(to, *views[kInputs + one.a], block); break;
      case Operation::Number: fillVectors(to, laneNumber(call, kNumbers + one.a)); break;
      case Operation::Constant: fill(to, one.value); break;
      case Operation::Rows: fillVectors(to, toFloats(loadInts(call.laneRows))); break;
      case Operation::Column:
        for (int64_t i = 0; i < block.count; ++i) store(to + i * kWidth, broadcast(static_cast<float>(block.column + i)));
        break;
      case Operation::Store: writeLanes(*views[one.b], block, registers.value[one.a], loadInts(call.active)); break;
      default: compute(one, to, registers, n);
    }
  }
}

void evaluateLaneRow(const LaneCall& call, const View* const* views, int64_t row, int64_t columns, Registers& registers) {
  for (int64_t column = 0; column < columns; column += kElements)
    evaluateLanes(call, views, {row, column, smaller(kElements, columns - column), columns}, registers);
}

bool asksForColumn(const Expression& rule) {
  for (int64_t i = 0; i < rule.count; ++i)
    if (rule.instructions[i].operation == Operation::Column) return true;
  return false;
}

// Rows that are all as far apart are one long row, with what lies between them, where no tensor is broadcast and no operation
// asks for the column.
bool isOneLongRow(const LaneCall& call, const View& output) {
  for (int i = 0; i < kNumbers; ++i) {
    const View* view = call.views[i];
    if (view && (view->rows == 1 || view->columns != output.columns || view->stride != output.stride)) return false;
  }
  return !asksForColumn(*call.expression);
}

void laneMapRows(const LaneCall& call) {
  const View& output = *call.views[0];
  Registers registers;
  if (isOneLongRow(call, output)) {
    View flat[kNumbers];
    const View* views[kNumbers] = {};
    const int64_t elements = (call.rows - 1) * output.stride + output.columns;
    for (int i = 0; i < kNumbers; ++i) {
      if (!call.views[i]) continue;
      flat[i] = *call.views[i];
      flat[i].columns = flat[i].stride = elements;
      views[i] = &flat[i];
    }
    return evaluateLaneRow(call, views, 0, elements, registers);
  }
  for (int64_t r = 0; r < call.rows; ++r) evaluateLaneRow(call, call.views, r, output.columns, registers);
}

// Tensors of any stored shape, taken as one row of their elements.
void laneMapElements(const LaneCall& call) {
  View flat[kNumbers];
  const View* views[kNumbers] = {};
  for (int i = 0; i < kNumbers; ++i) {
    if (!call.views[i]) continue;
    flat[i] = *call.views[i];
    flat[i].columns = flat[i].rows * flat[i].columns;
    flat[i].rows = 1;
    views[i] = &flat[i];
  }
  const Ints active = activeUnlessWaiting(call, at::mapElements::waits);
  LaneCall updating = call;
  int32_t lanes[kWidth];
  __builtin_memcpy(lanes, &active, sizeof active);
  updating.active = lanes;
  Registers registers;
  evaluateLaneRow(updating, views, 0, flat[0].columns, registers);
}

// Padding is left out in lane form, so an element's column is not where it is stored.
bool servesElements(const Call& call) { return !asksForColumn(*call.expression); }

}  // namespace

void registerLaneMap(KernelSet& set) {
  set.lanes[static_cast<int>(KernelId::MapRows)] = {laneMapRows};
  set.lanes[static_cast<int>(KernelId::MapElements)] = {laneMapElements, servesElements};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
