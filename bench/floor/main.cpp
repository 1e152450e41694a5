// deepblas_floor: what bench/run.mjs measures in C++. Prints one line of JSON per result.
//
//   deepblas_floor step SIZES BATCH sgd|adam MEMBERS THREADS   SIZES as 784,128,64,10; prints what it chose, then for
//                                                              each number of seconds read a measurement
//   deepblas_floor peak THREADS
//   deepblas_floor kernels SECONDS                             seconds per row
//   deepblas_floor products SECONDS                            large dense layers in every way; seconds per shape
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <sstream>
#include <string>

#include "blas/gemm.h"
#include "core/isa.h"
#include "core/thread_pool.h"
#include "kernels.h"
#include "peak.h"
#include "products.h"
#include "step.h"

namespace {

using namespace deepblas;

int usage() {
  std::fprintf(stderr,
               "deepblas_floor step SIZES BATCH sgd|adam MEMBERS THREADS\n"
               "deepblas_floor peak THREADS\n"
               "deepblas_floor kernels SECONDS\n"
               "deepblas_floor products SECONDS\n");
  return 2;
}

int step(char** given) {
  floor::StepOptions options;
  std::istringstream sizes(given[0]);
  for (std::string size; std::getline(sizes, size, ',');) options.sizes.push_back(std::atoll(size.c_str()));
  options.batch = std::atoll(given[1]);
  options.adam = std::strcmp(given[2], "adam") == 0;
  options.members = std::atoll(given[3]);
  options.threads = std::atoi(given[4]);
  if (options.sizes.size() < 2 || options.batch < 1 || options.members < 1 || options.threads < 1) return usage();
  for (int64_t size : options.sizes)
    if (size < 1) return usage();
  const floor::Step step(options);
  std::printf("%s\n", step.description().c_str());
  std::fflush(stdout);
  for (double seconds; std::scanf("%lf", &seconds) == 1;) {
    std::printf("{\"seconds\":%.9g}\n", step.measure(seconds));
    std::fflush(stdout);
  }
  return 0;
}

int peak(int threads) {
  if (threads < 1) return usage();
  const floor::Peak& core = floor::peakOfOneCore();
  std::printf("{\"gflops\":%.1f,\"cacheBandwidth\":%.1f,\"memoryBandwidth\":%.1f,\"threads\":%d,\"allGflops\":%.1f,"
              "\"allMemoryBandwidth\":%.1f,\"isa\":\"%s\",\"blas\":\"%s\",\"blasCore\":\"%s\",\"bandwidths\":[",
              core.gflops, core.cacheBandwidth, core.memoryBandwidth, threads, floor::peakGflops(threads),
              floor::memoryBandwidth(threads), isaName(chosenIsa()), blas::configuration(), blas::coreName());
  const char* separator = "";
  for (const floor::Bandwidth& one : floor::bandwidths(threads)) {
    std::printf("%s{\"bytes\":%lld,\"gigabytesPerSecond\":%.1f}", separator, static_cast<long long>(one.bytes),
                one.gigabytesPerSecond);
    separator = ",";
  }
  std::printf("]}\n");
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::string mode = count > 1 ? arguments[1] : "";
    if (mode == "step" && count == 7) return step(arguments + 2);
    if (mode == "peak" && count == 3) return peak(std::atoi(arguments[2]));
    if (mode == "kernels" && count == 3) {
      deepblas::floor::measureKernels(std::atof(arguments[2]));
      deepblas::floor::measureLaneKernels(std::atof(arguments[2]));
      return 0;
    }
    if (mode == "products" && count == 3) {
      deepblas::floor::measureProducts(std::atof(arguments[2]));
      return 0;
    }
    return usage();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
