// Columns put beside each other, and rows of a table by code.
#include "boundary/kernel_table.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

void copyRow(float* to, const float* from, int64_t columns) {
  int64_t i = 0;
  for (; i + kWidth <= columns; i += kWidth) store(to + i, load(from + i));
  if (i < columns) storeFirst(to + i, loadFirst(from + i, columns - i), columns - i);
}

void copyColumns(const Call& call, const Tile& tile) {
  namespace arg = at::copyColumns;
  const View &output = *call.views[arg::output], &x = *call.views[arg::x];
  const int64_t from = static_cast<int64_t>(call.numbers[arg::from]), to = static_cast<int64_t>(call.numbers[arg::to]),
                count = static_cast<int64_t>(call.numbers[arg::count]);
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) copyRow(rowOf(output, r) + to, rowOf(x, r) + from, count);
}

// Row 0 stands for codes that the table does not have; a comparison that is false for NaN sends it there too.
DEEPBLAS_INLINE int64_t codeAt(const View& x, int64_t row, int64_t column, int64_t levels) {
  const float code = rowOf(x, row)[column];
  return code >= 0 && code < static_cast<float>(levels) ? static_cast<int64_t>(code) : 0;
}

void embeddingForward(const Call& call, const Tile& tile) {
  namespace arg = at::embeddingForward;
  const View &output = *call.views[arg::output], &table = *call.views[arg::table], &x = *call.views[arg::x];
  const int64_t column = static_cast<int64_t>(call.numbers[arg::column]), to = static_cast<int64_t>(call.numbers[arg::to]);
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r)
    copyRow(rowOf(output, r) + to, rowOf(table, codeAt(x, r, column, table.rows)), table.columns);
}

void embeddingBackward(const Call& call, const Tile& tile) {
  namespace arg = at::embeddingBackward;
  const View &table = *call.views[arg::tableGradient], &gradient = *call.views[arg::outputGradient],
             &x = *call.views[arg::x];
  const int64_t column = static_cast<int64_t>(call.numbers[arg::column]),
                from = static_cast<int64_t>(call.numbers[arg::from]);
  for (int64_t level = 0; level < table.rows; ++level)
    for (int64_t c = tile.firstBegin; c < tile.firstEnd; ++c) rowOf(table, level)[c] = 0;
  for (int64_t r = 0; r < call.rows; ++r) {
    float* to = rowOf(table, codeAt(x, r, column, table.rows));
    const float* row = rowOf(gradient, r) + from;
    for (int64_t c = tile.firstBegin; c < tile.firstEnd; ++c) to[c] += row[c];
  }
}

// The whole table's gradient is complete only where all its columns are one tile.
void completesTable(const Call& call, const Tile& tile, RangeSink sink, void* context) {
  const View& table = *call.views[at::embeddingBackward::tableGradient];
  if (tile.firstBegin == 0 && tile.firstEnd == table.columns)
    sink(context, at::embeddingBackward::tableGradient, 0, table.rows * table.columns);
}

}  // namespace

void registerColumns(KernelSet& set) {
  set[KernelId::CopyColumns] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::copyColumns::output]->columns); }, copyColumns,
      [](const Call& call) { return call.rows * (3.0 + 0.1 * call.numbers[at::copyColumns::count]); }};
  set[KernelId::EmbeddingForward] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::embeddingForward::table]->columns); },
      embeddingForward,
      [](const Call& call) { return call.rows * (10.0 + 0.2 * call.views[at::embeddingForward::table]->columns); }};
  set[KernelId::EmbeddingBackward] = {
      [](const Call& call) {
        const int64_t columns = call.views[at::embeddingBackward::tableGradient]->columns;
        return Axes{columns, 1, columns, 1};
      },
      embeddingBackward,
      [](const Call& call) {
        const View& table = *call.views[at::embeddingBackward::tableGradient];
        return call.rows * (10.0 + 0.5 * table.columns) + 0.1 * table.rows * table.columns;
      },
      completesTable};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
