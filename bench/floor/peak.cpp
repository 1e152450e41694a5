#include "peak.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "measure.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace deepblas {
namespace floor {

namespace {

constexpr int kIterations = 20000;
// Enough independent sums to cover the latency of two units.
constexpr int kSums = 12;

#if defined(__x86_64__)

__attribute__((target("avx512f"))) double chains512(volatile float* sink) {
  __m512 sums[kSums];
  for (int i = 0; i < kSums; ++i) sums[i] = _mm512_set1_ps(0.5f + i);
  const __m512 a = _mm512_set1_ps(0.999f), b = _mm512_set1_ps(0.001f);
  for (int n = 0; n < kIterations; ++n)
#pragma GCC unroll 12
    for (int i = 0; i < kSums; ++i) sums[i] = _mm512_fmadd_ps(sums[i], a, b);
  __m512 total = sums[0];
  for (int i = 1; i < kSums; ++i) total = _mm512_add_ps(total, sums[i]);
  alignas(64) float lanes[16];
  _mm512_store_ps(lanes, total);
  *sink = lanes[0];
  return 2.0 * 16 * kSums * kIterations;
}

__attribute__((target("avx2,fma"))) double chains256(volatile float* sink) {
  __m256 sums[kSums];
  for (int i = 0; i < kSums; ++i) sums[i] = _mm256_set1_ps(0.5f + i);
  const __m256 a = _mm256_set1_ps(0.999f), b = _mm256_set1_ps(0.001f);
  for (int n = 0; n < kIterations; ++n)
#pragma GCC unroll 12
    for (int i = 0; i < kSums; ++i) sums[i] = _mm256_fmadd_ps(sums[i], a, b);
  __m256 total = sums[0];
  for (int i = 1; i < kSums; ++i) total = _mm256_add_ps(total, sums[i]);
  *sink = _mm256_cvtss_f32(total);
  return 2.0 * 8 * kSums * kIterations;
}

double chains128(volatile float* sink) {
  __m128 sums[kSums];
  for (int i = 0; i < kSums; ++i) sums[i] = _mm_set1_ps(0.5f + i);
  const __m128 a = _mm_set1_ps(0.999f), b = _mm_set1_ps(0.001f);
  for (int n = 0; n < kIterations; ++n)
#pragma GCC unroll 12
    for (int i = 0; i < kSums; ++i) sums[i] = _mm_add_ps(_mm_mul_ps(sums[i], a), b);
  __m128 total = sums[0];
  for (int i = 1; i < kSums; ++i) total = _mm_add_ps(total, sums[i]);
  *sink = _mm_cvtss_f32(total);
  return 2.0 * 4 * kSums * kIterations;
}

double chains(volatile float* sink) {
  if (__builtin_cpu_supports("avx512f")) return chains512(sink);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return chains256(sink);
  return chains128(sink);
}

#elif defined(__aarch64__)

double chains(volatile float* sink) {
  constexpr int kMore = 24;  // four units
  float32x4_t sums[kMore];
  for (int i = 0; i < kMore; ++i) sums[i] = vdupq_n_f32(0.5f + i);
  const float32x4_t a = vdupq_n_f32(0.999f), b = vdupq_n_f32(0.001f);
  for (int n = 0; n < kIterations; ++n)
#pragma GCC unroll 24
    for (int i = 0; i < kMore; ++i) sums[i] = vfmaq_f32(b, sums[i], a);
  float total = 0;
  for (int i = 0; i < kMore; ++i) total += vaddvq_f32(sums[i]);
  *sink = total;
  return 2.0 * 4 * kMore * kIterations;
}

#endif

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void update(float* __restrict a, const float* __restrict b, float s, int64_t count) {
  for (int64_t i = 0; i < count; ++i) a[i] = s * a[i] + b[i];
}

double gflopsOfThisThread() {
  volatile float sink = 0;
  double operations = 0;
  const double seconds = fastest(0.25, [&] { operations = chains(&sink); });
  return operations / seconds / 1e9;
}

// `ready` is called between the making of the arrays and the passes.
template <typename Ready>
double bandwidthOfThisThread(int64_t count, double seconds, Ready ready) {
  // Written, so that every page has memory of its own: fresh pages are one page of zeros.
  const Floats a(count, 1), b(count, 2);
  ready();
  volatile float s = 0.5f;
  const auto pass = [&] { update(a.data(), b.data(), s, count); };
  return 12.0 * static_cast<double>(count) / fastest(seconds, pass) / 1e9;
}

double bandwidthOfThisThread(int64_t count, double seconds) {
  return bandwidthOfThisThread(count, seconds, [] {});
}

constexpr int64_t kCacheElements = 1 << 11;   // two arrays of 8 KiB
constexpr int64_t kMemoryElements = 1 << 25;  // two arrays of 128 MiB

template <typename Measure>
double together(int threads, Measure measure) {
  std::vector<double> results(threads);
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back([&, i] { results[i] = measure(); });
  results[0] = measure();
  for (std::thread& other : others) other.join();
  double sum = 0;
  for (double result : results) sum += result;
  return sum;
}

}  // namespace

const Peak& peakOfOneCore() {
  static const Peak peak = {gflopsOfThisThread(), bandwidthOfThisThread(kCacheElements, 0.25),
                            bandwidthOfThisThread(kMemoryElements, 0.5)};
  return peak;
}

double sampleOfPeakGflops() {
  volatile float sink = 0;
  const auto start = std::chrono::steady_clock::now();
  const double operations = chains(&sink);
  return operations / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / 1e9;
}

double peakGflops(int threads) { return together(threads, gflopsOfThisThread); }

double memoryBandwidth(int threads) {
  return together(threads, [] { return bandwidthOfThisThread(kMemoryElements, 0.5); });
}

std::vector<Bandwidth> bandwidths(int threads) {
  constexpr int64_t kLeast = 1 << 15, kMost = 1 << 28;
  std::vector<Bandwidth> measured;
  for (int64_t bytes = kLeast; bytes <= kMost; bytes *= 2) {
    // No core starts before the arrays of all are made.
    std::atomic<int> waiting(threads);
    const auto ready = [&] {
      for (--waiting; waiting > 0;) std::this_thread::yield();
    };
    const int64_t count = bytes / threads / (2 * static_cast<int64_t>(sizeof(float)));
    measured.push_back({bytes, together(threads, [&] { return bandwidthOfThisThread(count, 0.1, ready); })});
  }
  return measured;
}

}  // namespace floor
}  // namespace deepblas
