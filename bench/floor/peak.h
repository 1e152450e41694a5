// What one core can do at most: fused multiply-adds on registers, and moving bytes.
#pragma once

#include <cstdint>
#include <vector>

namespace deepblas {
namespace floor {

struct Peak {
  double gflops;           // one core, fused multiply-adds of the widest vectors, two operations each
  double cacheBandwidth;   // GB/s of a[i] = s * a[i] + b[i] in the first-level cache, 12 bytes an element
  double memoryBandwidth;  // the same over what no cache holds
};

// Best of several short runs on the calling thread.
const Peak& peakOfOneCore();

// The multiply-adds alone, in one sample of a tenth of a millisecond: the most of many is the peak that a machine which others
// use has when it is left alone.
double sampleOfPeakGflops();

// GFLOP/s and GB/s of memory of `threads` cores at once.
double peakGflops(int threads);
double memoryBandwidth(int threads);

// The pass a[i] = s * a[i] + b[i] by `threads` cores at once, over arrays that hold so many bytes together.
struct Bandwidth {
  int64_t bytes;
  double gigabytesPerSecond;
};

// Of sizes from the first-level cache to memory, each twice the one before.
std::vector<Bandwidth> bandwidths(int threads);

}  // namespace floor
}  // namespace deepblas
