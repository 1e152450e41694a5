// Element-wise rules as data. A block of elements goes through all operations while it is in the first-level cache; every
// operation is a loop over vectors. Elements do not depend on how a tensor is cut into blocks.
#include "boundary/kernel_table.h"
#include "kernels/expression.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/functions.h"
#include "kernels/vector/register.h"

// A vector is never passed through a call: what that takes depends on how the caller was compiled.
#define DEEPBLAS_RULE __attribute__((always_inline))

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int64_t kBlock = 128;
constexpr int kInputs = at::mapRows::input0, kNumbers = at::mapRows::number0;
static_assert(kInputs == static_cast<int>(at::mapElements::input0) && kNumbers == static_cast<int>(at::mapElements::number0),
              "both map kernels have the same arguments");

struct Registers {
  alignas(64) float value[kMostOperations][kBlock];
};

// The elements [column, column + count) of one row.
struct Block {
  int64_t row, column, count;
  int64_t columns;  // of the outputs
};

DEEPBLAS_INLINE void fill(float* to, float value) {
  for (int64_t i = 0; i < kBlock; i += kWidth) store(to + i, broadcast(value));
}

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
    }
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

template <typename Rule>
DEEPBLAS_INLINE void each(float* to, const float* a, int64_t count, Rule rule) {
  for (int64_t i = 0; i < count; i += kWidth) store(to + i, rule(load(a + i)));
}
template <typename Rule>
DEEPBLAS_INLINE void each(float* to, const float* a, const float* b, int64_t count, Rule rule) {
  for (int64_t i = 0; i < count; i += kWidth) store(to + i, rule(load(a + i), load(b + i)));
}

// For a rule that takes longer for some numbers: it is given none but those that there are.
template <typename Rule>
DEEPBLAS_INLINE void eachThereIs(float* to, const float* a, int64_t count, Rule rule) {
  for (int64_t i = 0; i < count; i += kWidth)
    store(to + i, rule(i + kWidth <= count ? load(a + i) : loadFirst(a + i, count - i)));
}

DEEPBLAS_INLINE Floats logarithmOrLimit(Floats x) {
  const Floats minusInfinity = broadcast(-__builtin_inff()), none = broadcast(__builtin_nanf(""));
  return select(x > 0.0f, logarithm(x), select(x == 0.0f, minusInfinity, none));
}

DEEPBLAS_INLINE Floats softplus(Floats x) { return atLeast(x, 0.0f) + logarithmOfOnePlus(exponential(-absolute(x))); }

void evaluate(const Expression& rule, const Call& call, const Block& block, Registers& registers) {
  const int64_t n = block.count;
  for (int64_t at = 0; at < rule.count; ++at) {
    const Instruction& one = rule.instructions[at];
    float* to = registers.value[at];
    const float* a = registers.value[one.a];
    const float* b = registers.value[one.b];
    const float* c = registers.value[one.c];
    switch (one.operation) {
      case Operation::Input: read(to, *call.views[kInputs + one.a], block); break;
      case Operation::Number: fill(to, static_cast<float>(call.numbers[kNumbers + one.a])); break;
      case Operation::Constant: fill(to, one.value); break;
      case Operation::Rows: fill(to, static_cast<float>(call.rows)); break;
      case Operation::Column:
        for (int64_t i = 0; i < n; ++i) to[i] = static_cast<float>(block.column + i);
        break;
      case Operation::Add: each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return x + y; }); break;
      case Operation::Subtract: each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return x - y; }); break;
      case Operation::Multiply: each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return x * y; }); break;
      case Operation::Divide: each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return x / y; }); break;
      case Operation::Minimum: each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return select(x > y, y, x); }); break;
      case Operation::Maximum: each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return select(x < y, y, x); }); break;
      case Operation::Negate: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return -x; }); break;
      case Operation::Absolute: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return absolute(x); }); break;
      case Operation::SquareRoot: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return squareRoot(x); }); break;
      case Operation::Exponential: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return exponential(x); }); break;
      case Operation::Logarithm: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return logarithmOrLimit(x); }); break;
      case Operation::Tanh: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return hyperbolicTangent(x); }); break;
      case Operation::Sigmoid: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return sigmoid(x); }); break;
      case Operation::Softplus: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return softplus(x); }); break;
      case Operation::NormalDistribution: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return standardNormal(x).distribution; }); break;
      case Operation::NormalDensity: each(to, a, n, [](Floats x) DEEPBLAS_RULE { return standardNormal(x).density; }); break;
      case Operation::Sine: eachThereIs(to, a, n, [](Floats x) DEEPBLAS_RULE { return sine(x); }); break;
      case Operation::Cosine: eachThereIs(to, a, n, [](Floats x) DEEPBLAS_RULE { return cosine(x); }); break;
      case Operation::Sign:
        each(to, a, n, [](Floats x) DEEPBLAS_RULE { return select(x == 0.0f, Floats{}, withSignOf(broadcast(1.0f), x)); });
        break;
      case Operation::Less:
        each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return select(x < y, broadcast(1.0f), Floats{}); });
        break;
      case Operation::Equal:
        each(to, a, b, n, [](Floats x, Floats y) DEEPBLAS_RULE { return select(x == y, broadcast(1.0f), Floats{}); });
        break;
      case Operation::Select:
        for (int64_t i = 0; i < n; i += kWidth) store(to + i, select(load(a + i) != 0.0f, load(b + i), load(c + i)));
        break;
      case Operation::Store: write(*call.views[one.b], block, a); break;
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
