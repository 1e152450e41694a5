// The rows of a batch, collected in the order of the shuffle and converted on the way.
#include "boundary/kernel_table.h"
#include "kernels/vector/bytes.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int64_t kLine = 64;  // bytes of a line of cache

// Shuffled rows lie anywhere in memory: no hardware prefetcher knows where the next one begins, and it takes some lines to
// follow each. While a row is copied, one so many bytes further on in the order is asked for, into the second-level cache,
// which waits for more lines at once than the first.
constexpr int64_t kBytesAhead = 12288;
DEEPBLAS_INLINE void askFor(const void* address) { __builtin_prefetch(address, 0, 2); }

void convertRow(float* to, const uint8_t* from, const uint8_t* next, float scale, int64_t columns) {
  int64_t i = 0;
  for (; i + kWidth <= columns; i += kWidth) {
    if (i % kLine == 0) askFor(next + i);
    store(to + i, loadScaled(from + i, scale));
  }
  if (i < columns) storeFirst(to + i, loadFirstScaled(from + i, columns - i, scale), columns - i);
}

void copyRow(float* to, const float* from, const float* next, int64_t columns) {
  int64_t i = 0;
  for (; i + kWidth <= columns; i += kWidth) {
    if (i * 4 % kLine == 0) askFor(next + i);
    store(to + i, load(from + i));
  }
  if (i < columns) storeFirst(to + i, loadFirst(from + i, columns - i), columns - i);
}

void gather(const Call& call, const Tile& tile) {
  const View& output = *call.views[at::gather::output];
  const View& source = *call.views[at::gather::source];
  const View* order = call.views[at::gather::order];
  const int32_t* rows = order ? data<int32_t>(order) : nullptr;
  const int64_t bytes = source.columns * (source.type == Type::Uint8 ? 1 : 4);
  const int64_t rowsAhead = (kBytesAhead + bytes - 1) / bytes;
  const auto rowAt = [&](int64_t r) { return rows ? rows[r] : r; };
  for (int64_t r = tile.firstBegin; r < smaller(tile.firstBegin + rowsAhead, tile.firstEnd); ++r)
    for (int64_t i = 0; i < bytes; i += kLine)
      askFor(data<uint8_t>(&source) + rowAt(r) * (bytes / source.columns * source.stride) + i);
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
    const int64_t from = rowAt(r), next = rowAt(smaller(r + rowsAhead, tile.firstEnd - 1));
    if (source.type == Type::Uint8) {
      convertRow(rowOf(output, r), data<uint8_t>(&source) + from * source.stride,
                 data<uint8_t>(&source) + next * source.stride, source.scale, source.columns);
    } else if (source.type == Type::Int32) {
      for (int64_t i = 0; i < source.columns; ++i)
        data<int32_t>(&output)[r * output.stride + i] = data<int32_t>(&source)[from * source.stride + i];
    } else {
      copyRow(rowOf(output, r), data<float>(&source) + from * source.stride, data<float>(&source) + next * source.stride,
              source.columns);
    }
  }
}

}  // namespace

void registerGather(KernelSet& set) {
  set[KernelId::Gather] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::gather::source]->columns); }, gather,
      [](const Call& call) { return call.rows * (5.0 + 0.2 * call.views[at::gather::source]->columns); }};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
