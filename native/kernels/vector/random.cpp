// Random numbers of a batch by Philox 4x32-10 (core/random.h): element e of a tensor is word e % 4 of block e / 4 of the
// stream (stream, step), so it depends neither on threads nor on how rows are cut.
#include "boundary/kernel_table.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/functions.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr int64_t kGroup = 4 * kWidth;  // words made at once: a block a lane

typedef uint64_t Pairs __attribute__((vector_size(kWidth * 4)));

// The products of the even lanes, in full.
DEEPBLAS_INLINE Pairs multiplyEven(Bits a, Bits b) {
#if defined(__AVX512F__)
  return (Pairs)_mm512_maskz_mul_epu32((__mmask8)0xff, (__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (Pairs)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
  return (Pairs)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
  return ((Pairs)a & 0xffffffffu) * ((Pairs)b & 0xffffffffu);
#endif
}

DEEPBLAS_INLINE void multiply(uint32_t factor, Bits value, Bits& high, Bits& low) {
  const Bits factors = Bits{} + factor;
  const Pairs even = multiplyEven(value, factors), odd = multiplyEven((Bits)((Pairs)value >> 32), factors);
  const uint64_t upper = 0xffffffff00000000u;
  high = (Bits)((even >> 32) | (odd & upper));
  low = (Bits)((even & ~upper) | (odd << 32));
}

// Lane i of the first beside lane i of the second: the lower half of the lanes, or the upper one.
template <int kHalf, int kLanes>
struct Interleaved {
  static constexpr int lane(int i) { return kHalf * kLanes / 2 + i / 2 + i % 2 * kLanes; }
};
template <int kHalf, typename Vector>
DEEPBLAS_INLINE Vector interleave(Vector a, Vector b) {
  return shuffled<Interleaved<kHalf, static_cast<int>(sizeof(Vector) / sizeof(a[0]))>>(a, b);
}

// Two of the four vectors that make the words of the blocks in order.
template <int kHalf>
DEEPBLAS_INLINE void interleaveWords(Bits c0, Bits c1, Bits c2, Bits c3, Bits (&words)[4]) {
  const Pairs first = (Pairs)interleave<kHalf>(c0, c1), second = (Pairs)interleave<kHalf>(c2, c3);
  words[2 * kHalf] = (Bits)interleave<0>(first, second);
  words[2 * kHalf + 1] = (Bits)interleave<1>(first, second);
}

// The words of kWidth blocks from `first` on, in order.
DEEPBLAS_INLINE void philox(uint64_t seed, uint32_t stream, uint32_t step, uint64_t first, Bits (&words)[4]) {
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
  interleaveWords<0>(c0, c1, c2, c3, words);
  interleaveWords<1>(c0, c1, c2, c3, words);
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

// A step table may hold any number: one that is not of [0, limit) counts as 0.
DEEPBLAS_INLINE uint64_t wholeOf(double number, double limit) {
  return number >= 0 && number < limit ? static_cast<uint64_t>(number) : 0;
}

// Elements [begin, end) of the tensor to consecutive places.
void fillRange(const Call& call, float* to, int64_t begin, int64_t end) {
  namespace arg = at::random;
  const uint64_t seed = wholeOf(call.numbers[arg::seed], 0x1p64);
  const uint32_t stream = static_cast<uint32_t>(wholeOf(call.numbers[arg::stream], 0x1p32));
  const uint32_t step = static_cast<uint32_t>(wholeOf(call.numbers[arg::step], 0x1p32));
  const bool normal = static_cast<Distribution>(static_cast<int>(call.numbers[arg::kind])) == Distribution::Normal;
  for (int64_t first = begin / 4 * 4; first < end; first += kGroup) {
    Bits words[4];
    philox(seed, stream, step, static_cast<uint64_t>(first / 4), words);
    alignas(64) float edge[kGroup];
    const bool whole = first >= begin && first + kGroup <= end;
    float* values = whole ? to + (first - begin) : edge;
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const Floats uniform = toFloats((Ints)(words[i] >> 8));
      store(values + i * kWidth, normal ? normalQuantile((uniform + 0.5f) * 0x1p-24f) : uniform * 0x1p-24f);
    }
    if (whole) continue;
    const int64_t from = first < begin ? begin : first, until = smaller(end, first + kGroup);
    for (int64_t e = from; e < until; ++e) to[e - begin] = edge[e - first];
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
