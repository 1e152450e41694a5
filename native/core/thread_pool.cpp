#include "core/thread_pool.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "core/floating_point.h"

#if defined(__linux__)
#include <sched.h>
#endif

namespace deepblas {

namespace {

void pause() {
#if defined(__SSE2__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// How long a worker looks for the next region before it sleeps: a sleeping one takes 13 to 32 microseconds to wake.
constexpr auto kSpin = std::chrono::microseconds(60);
// Looks between two readings of the clock.
constexpr int kLooks = 64;

int cgroupLimit() {
  int limit = 0;
  if (FILE* file = std::fopen("/sys/fs/cgroup/cpu.max", "r")) {
    long long quota = 0, period = 0;
    if (std::fscanf(file, "%lld %lld", &quota, &period) == 2 && quota > 0 && period > 0)
      limit = static_cast<int>((quota + period - 1) / period);
    std::fclose(file);
    return limit;
  }
  FILE* quotaFile = std::fopen("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "r");
  FILE* periodFile = std::fopen("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "r");
  long long quota = 0, period = 0;
  if (quotaFile && periodFile && std::fscanf(quotaFile, "%lld", &quota) == 1 &&
      std::fscanf(periodFile, "%lld", &period) == 1 && quota > 0 && period > 0)
    limit = static_cast<int>((quota + period - 1) / period);
  if (quotaFile) std::fclose(quotaFile);
  if (periodFile) std::fclose(periodFile);
  return limit;
}

}  // namespace

int ThreadPool::availableThreads() {
  int count = static_cast<int>(std::thread::hardware_concurrency());
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) count = CPU_COUNT(&set);
#endif
  const int limit = cgroupLimit();
  if (limit > 0) count = std::min(count, limit);
  return std::max(1, count);
}

ThreadPool& ThreadPool::instance() {
  static ThreadPool* pool = new ThreadPool();
  return *pool;
}

ThreadPool::ThreadPool() : available_(availableThreads()) {
  int threads = available_;
  if (const char* text = std::getenv("DEEPBLAS_THREADS")) {
    const int wanted = std::atoi(text);
    if (wanted > 0) threads = std::min(wanted, 1024);
  }
  threads_ = threads;
}

void ThreadPool::setThreads(int threads) { threads_.store(std::max(1, threads)); }

void ThreadPool::startWorkers(int wanted) {
  std::lock_guard<std::mutex> lock(mutex_);
  while (started_ < wanted) {
    const int index = started_++;
    std::thread([this, index] { work(index); }).detach();
  }
}

void ThreadPool::drain(Region& region, int share) {
  const int shares = region.shares;
  for (int turn = 0; turn < shares; ++turn) {
    Share& one = region.share[(share + turn) % shares];
    for (int64_t tile = one.next.fetch_add(1); tile < one.end; tile = one.next.fetch_add(1))
      region.body(region.context, tile);
  }
}

// One look over all regions; true when there was work.
bool ThreadPool::help(int share) {
  // Jobs' own threads and helpers together never exceed the thread count.
  if (helping_.fetch_add(1) + jobs_.load() >= threads()) {
    helping_.fetch_sub(1);
    return false;
  }
  bool worked = false;
  for (Region& region : regions_) {
    if (!region.open.load(std::memory_order_relaxed)) continue;
    // Entered before the second look: the owner closes first and then waits until nobody is inside.
    region.inside.fetch_add(1);
    if (region.open.load()) {
      drain(region, share);
      worked = true;
    }
    region.inside.fetch_sub(1);
  }
  helping_.fetch_sub(1);
  return worked;
}

void ThreadPool::work(int index) {
  const FlushDenormals guard;
  for (;;) {
    const uint32_t seen = signal_.load();
    if (index < threads() - 1) {
      auto until = std::chrono::steady_clock::now() + kSpin;
      bool spinning = true;
      while (spinning) {
        for (int look = 0; look < kLooks; ++look) {
          if (help(index + 1)) until = std::chrono::steady_clock::now() + kSpin;
          pause();
        }
        // With more threads than processors, one that spins only keeps another from its work.
        spinning = threads() <= available_ && std::chrono::steady_clock::now() < until;
      }
    }
    std::unique_lock<std::mutex> lock(mutex_);
    sleeping_.fetch_add(1);
    wake_.wait(lock, [&] { return signal_.load() != seen && index < threads() - 1; });
    sleeping_.fetch_sub(1);
  }
}

void ThreadPool::run(int64_t count, Body body, void* context) {
  const int helpers = threads() - 1;
  Region* region = nullptr;
  if (count > 1 && helpers > 0) {
    for (Region& candidate : regions_) {
      bool expected = false;
      if (!candidate.taken.load(std::memory_order_relaxed) && candidate.taken.compare_exchange_strong(expected, true)) {
        region = &candidate;
        break;
      }
    }
  }
  if (!region) {
    for (int64_t tile = 0; tile < count; ++tile) body(context, tile);
    return;
  }
  if (started_ < helpers) startWorkers(helpers);
  region->shares = static_cast<int>(std::min<int64_t>({helpers + 1, kShares, count}));
  for (int share = 0; share < region->shares; ++share) {
    region->share[share].next.store(count * share / region->shares);
    region->share[share].end = count * (share + 1) / region->shares;
  }
  region->body = body;
  region->context = context;
  region->open.store(true);
  signal_.fetch_add(1);
  if (sleeping_.load() > 0) {
    // The lock closes the gap between a worker's last look at the signal and its sleep.
    { std::lock_guard<std::mutex> lock(mutex_); }
    wake_.notify_all();
  }
  drain(*region, 0);
  region->open.store(false);
  // Only tiles already started are waited for.
  for (int spins = 0; region->inside.load() != 0; ++spins) {
    if (spins < 4096) {
      pause();
    } else {
      std::this_thread::yield();
    }
  }
  region->taken.store(false);
}

}  // namespace deepblas
