// Element-wise rules as data. A block of elements goes through all operations while it is in the first-level cache; every
// operation is a loop over vectors. Elements do not depend on how a tensor is cut into blocks.
#include "boundary/kernel_table.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/operations.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int kInputs = at::mapRows::input0, kNumbers = at::mapRows::number0;
static_assert(kInputs == static_cast<int>(at::mapElements::input0) && kNumbers == static_cast<int>(at::mapElements::number0),
              "both map kernels have the same arguments");

// The elements [column, column + count) of one row.
struct Block {
  int64_t row, column, count;
  int64_t columns;  // of the outputs
};

template <typename Element>
DEEPBLAS_INLINE void readAs(float* to, const View& view, const Block& block) {
  const bool oneColumn = view.columns == 1 && block.columns > 1;
  const Element* from =
      data<Element>(&view) + (view.rows == 1 ? 0 : block.row * view.stride) + (oneColumn ? 0 : block.column);
  if (oneColumn) return fill(to, static_cast<float>(*from));
  for (int64_t i = 0; i < block.count; ++i) to[i] = static_cast<float>(from[i]);
}

void read(float* to, const View& view, const Block& block) {
  switch (view.type) {
    case Type::Float32: return readAs<float>(to, view, block);
    case Type::Float64: return readAs<double>(to, view, block);
    case Type::Int32: return readAs<int32_t>(to, view, block);
    case Type::Uint8: {
      readAs<uint8_t>(to, view, block);
      for (int64_t i = 0; i < block.count; ++i) to[i] *= view.scale;
      return;
    }
    case Type::Bfloat16: return;  // no rule reads what is laid out for products: the kernel table has no such argument
  }
}

void write(const View& view, const Block& block, const float* from) {
  const int64_t at = (view.rows == 1 ? 0 : block.row * view.stride) + block.column;
  if (view.type == Type::Float64) {
    for (int64_t i = 0; i < block.count; ++i) data<double>(&view)[at + i] = from[i];
    return;
  }
  float* to = data<float>(&view) + at;
  int64_t i = 0;
  for (; i + kWidth <= block.count; i += kWidth) store(to + i, load(from + i));
  if (i < block.count) storeFirst(to + i, load(from + i), block.count - i);
}

void evaluate(const Expression& rule, const Call& call, const Block& block, Registers& registers) {
  const int64_t n = block.count;
  for (int64_t at = 0; at < rule.count; ++at) {
    const Instruction& one = rule.instructions[at];
    float* to = registers.value[at];
    switch (one.operation) {
      case Operation::Input: read(to, *call.views[kInputs + one.a], block); break;
      case Operation::Number: fill(to, static_cast<float>(call.numbers[kNumbers + one.a])); break;
      case Operation::Constant: fill(to, one.value); break;
      case Operation::Rows: fill(to, static_cast<float>(call.rows)); break;
      case Operation::Column:
        for (int64_t i = 0; i < n; ++i) to[i] = static_cast<float>(block.column + i);
        break;
      case Operation::Store: write(*call.views[one.b], block, registers.value[one.a]); break;
      default: compute(one, to, registers, n);
    }
  }
}

void evaluateRow(const Expression& rule, const Call& call, int64_t row, int64_t begin, int64_t end, int64_t columns,
                 Registers& registers) {
  for (int64_t column = begin; column < end; column += kBlock)
    evaluate(rule, call, {row, column, smaller(kBlock, end - column), columns}, registers);
}

// Rows without gaps are one long row, where no tensor is broadcast and no operation asks for the column.
bool isOneLongRow(const Call& call, int64_t columns) {
  for (int i = 0; i < kNumbers; ++i) {
    const View* view = call.views[i];
    if (view && (view->rows == 1 || view->columns != columns || view->stride != columns)) return false;
  }
  const Expression& rule = *call.expression;
  for (int64_t i = 0; i < rule.count; ++i)
    if (rule.instructions[i].operation == Operation::Column) return false;
  return true;
}

void mapRows(const Call& call, const Tile& tile) {
  const int64_t columns = call.views[0]->columns;
  const Expression& rule = *call.expression;
  Registers registers;
  if (isOneLongRow(call, columns))
    return evaluateRow(rule, call, 0, tile.firstBegin * columns, tile.firstEnd * columns, columns, registers);
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) evaluateRow(rule, call, r, 0, columns, columns, registers);
}

int64_t elementsOf(const View& view) {
  if (view.panel > 0) return (view.rows + view.panel - 1) / view.panel * view.panel * view.columns;
  return view.rows * view.columns;
}

// Tensors of any stored shape, taken as one row of their elements.
void mapElements(const Call& call, const Tile& tile) {
  if (call.numbers[at::mapElements::waits] != 0) return;
  View flat[kNumbers];
  const View* views[kNumbers] = {};
  for (int i = 0; i < kNumbers; ++i) {
    if (!call.views[i]) continue;
    flat[i] = *call.views[i];
    flat[i].columns = elementsOf(flat[i]);
    flat[i].rows = 1;
    flat[i].panel = 0;
    views[i] = &flat[i];
  }
  const Call flattened = {views, call.numbers, call.rows, call.notFinite, call.expression};
  Registers registers;
  evaluateRow(*call.expression, flattened, 0, tile.firstBegin, tile.firstEnd, flat[0].columns, registers);
}

double costOf(const Call& call, int64_t elements) {
  return static_cast<double>(elements) * 0.03 * static_cast<double>(call.expression ? call.expression->count : 10);
}

}  // namespace

void registerMap(KernelSet& set) {
  set[KernelId::MapRows] = {[](const Call& call) { return rowAxes(call.rows, call.views[0]->columns); }, mapRows,
                            [](const Call& call) { return costOf(call, call.rows * call.views[0]->columns); }};
  set[KernelId::MapElements] = {[](const Call& call) {
                                  return Axes{elementsOf(*call.views[0]), 1, kElementTile, 1};
                                },
                                mapElements, [](const Call& call) { return costOf(call, elementsOf(*call.views[0])); }};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
