// What one core can do at most: fused multiply-adds on registers, and moving bytes.
#pragma once

namespace deepblas {
namespace floor {

struct Peak {
  double gflops;           // one core, fused multiply-adds of the widest vectors, two operations each
  double cacheBandwidth;   // GB/s of a[i] = s * a[i] + b[i] in the first-level cache, 12 bytes an element
  double memoryBandwidth;  // the same over what no cache holds
};

// Best of several short runs on the calling thread.
const Peak& peakOfOneCore();

// GFLOP/s and GB/s of memory of `threads` cores at once.
double peakGflops(int threads);
double memoryBandwidth(int threads);

}  // namespace floor
}  // namespace deepblas
