// The rows of a batch, collected in the order of the shuffle and converted on the way.
#include "boundary/kernel_table.h"
#include "kernels/vector/bytes.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

void convertRow(float* to, const uint8_t* from, float scale, int64_t columns) {
  int64_t i = 0;
  for (; i + kWidth <= columns; i += kWidth) store(to + i, loadScaled(from + i, scale));
  if (i < columns) storeFirst(to + i, loadFirstScaled(from + i, columns - i, scale), columns - i);
}

void copyRow(float* to, const float* from, int64_t columns) {
  int64_t i = 0;
  for (; i + kWidth <= columns; i += kWidth) store(to + i, load(from + i));
  if (i < columns) storeFirst(to + i, loadFirst(from + i, columns - i), columns - i);
}

void gather(const Call& call, const Tile& tile) {
  const View& output = *call.views[at::gather::output];
  const View& source = *call.views[at::gather::source];
  const View* order = call.views[at::gather::order];
  const int32_t* rows = order ? data<int32_t>(order) : nullptr;
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
    const int64_t from = rows ? rows[r] : r;
    if (source.type == Type::Uint8) {
      convertRow(rowOf(output, r), data<uint8_t>(&source) + from * source.stride, source.scale, source.columns);
    } else if (source.type == Type::Int32) {
      for (int64_t i = 0; i < source.columns; ++i)
        data<int32_t>(&output)[r * output.stride + i] = data<int32_t>(&source)[from * source.stride + i];
    } else {
      copyRow(rowOf(output, r), data<float>(&source) + from * source.stride, source.columns);
    }
  }
}

}  // namespace

void registerGather(KernelSet& set) {
  set[KernelId::Gather] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::gather::source]->columns); }, gather,
      [](const Call& call) { return call.rows * (5.0 + 0.12 * call.views[at::gather::source]->columns); }};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
