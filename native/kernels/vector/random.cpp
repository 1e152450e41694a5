// Random numbers of a batch by Philox 4x32-10 (core/random.h): element e of a tensor is word e % 4 of block e / 4 of the
// stream (stream, step), so it depends neither on threads nor on how rows are cut.
#include "kernels/kernel_table.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/functions.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

typedef uint64_t Wide __attribute__((vector_size(kWidth * 8)));

constexpr int64_t kGroup = 4 * kWidth;  // words made at once: a block a lane

DEEPBLAS_INLINE void multiply(uint64_t factor, Bits value, Bits& high, Bits& low) {
  const Wide product = __builtin_convertvector(value, Wide) * factor;
  high = __builtin_convertvector(product >> 32, Bits);
  low = __builtin_convertvector(product, Bits);
}

// The words of kWidth blocks from `first` on, in order.
void philox(uint64_t seed, uint32_t stream, uint32_t step, uint64_t first, uint32_t* words) {
  Bits c0 = {}, c1 = {}, c2 = Bits{} + stream, c3 = Bits{} + step;
  for (int64_t lane = 0; lane < kWidth; ++lane) {
    c0[lane] = static_cast<uint32_t>(first + static_cast<uint64_t>(lane));
    c1[lane] = static_cast<uint32_t>((first + static_cast<uint64_t>(lane)) >> 32);
  }
  uint32_t k0 = static_cast<uint32_t>(seed), k1 = static_cast<uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    Bits high0, low0, high1, low1;
    multiply(0xD2511F53u, c0, high0, low0);
    multiply(0xCD9E8D57u, c2, high1, low1);
    c0 = high1 ^ c1 ^ k0;
    c2 = high0 ^ c3 ^ k1;
    c1 = low1;
    c3 = low0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  for (int64_t lane = 0; lane < kWidth; ++lane) {
    words[4 * lane] = c0[lane];
    words[4 * lane + 1] = c1[lane];
    words[4 * lane + 2] = c2[lane];
    words[4 * lane + 3] = c3[lane];
  }
}

// The quantile function of the normal distribution by way of the inverse error function, in the single-precision form of
// Giles ("Approximating the erfinv function", 2010); uniform lies in (0, 1).
DEEPBLAS_INLINE Floats normalQuantile(Floats uniform) {
  const Floats x = uniform * 2.0f - 1.0f;
  const Floats w = -logarithm((1.0f - x) * (1.0f + x));
  const Floats near = w - 2.5f, far = squareRoot(w) - 3.0f;
  Floats p = broadcast(2.81022636e-08f), q = broadcast(-0.000200214257f);
  const float central[] = {3.43273939e-07f, -3.5233877e-06f, -4.39150654e-06f, 0.00021858087f,
                           -0.00125372503f, -0.00417768164f, 0.246640727f,     1.50140941f};
  const float tail[] = {0.000100950558f, 0.00134934322f, -0.00367342844f, 0.00573950773f,
                        -0.0076224613f,  0.00943887047f, 1.00167406f,     2.83297682f};
  for (int i = 0; i < 8; ++i) {
    p = fma(p, near, broadcast(central[i]));
    q = fma(q, far, broadcast(tail[i]));
  }
  return select(w < 5.0f, p, q) * x * 1.41421356f;
}

// Elements [begin, end) of the tensor to consecutive places.
void fillRange(const Call& call, float* to, int64_t begin, int64_t end) {
  namespace arg = at::random;
  const uint64_t seed = static_cast<uint64_t>(call.numbers[arg::seed]);
  const uint32_t stream = static_cast<uint32_t>(call.numbers[arg::stream]);
  const uint32_t step = static_cast<uint32_t>(call.numbers[arg::step]);
  const bool normal = call.numbers[arg::kind] != 0;
  for (int64_t first = begin / 4 * 4; first < end; first += kGroup) {
    alignas(64) uint32_t words[kGroup];
    alignas(64) float values[kGroup];
    philox(seed, stream, step, static_cast<uint64_t>(first / 4), words);
    for (int64_t i = 0; i < kGroup; i += kWidth) {
      Bits bits;
      __builtin_memcpy(&bits, words + i, sizeof bits);
      const Floats uniform = toFloats((Ints)(bits >> 8));
      store(values + i, normal ? normalQuantile((uniform + 0.5f) * 0x1p-24f) : uniform * 0x1p-24f);
    }
    const int64_t from = first < begin ? begin : first, until = smaller(end, first + kGroup);
    for (int64_t e = from; e < until; ++e) to[e - begin] = values[e - first];
  }
}

void random(const Call& call, const Tile& tile) {
  const View& output = *call.views[at::random::output];
  const int64_t columns = output.columns;
  if (contiguous(output))
    return fillRange(call, rowOf(output, tile.firstBegin), tile.firstBegin * columns, tile.firstEnd * columns);
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r)
    fillRange(call, rowOf(output, r), r * columns, (r + 1) * columns);
}

}  // namespace

void registerRandom(KernelSet& set) {
  set[KernelId::Random] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::random::output]->columns); }, random,
      [](const Call& call) { return call.rows * (5.0 + 0.8 * call.views[at::random::output]->columns); }};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
