#include "core/thread_pool.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "core/floating_point.h"
#include "core/thread_start.h"

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

// A region that waits as long as this for a tile to end, and longer than it worked, has lost a worker.
constexpr int64_t kStall = 200'000;
// How long a worker is withheld: at first, and, if each trial soon ends in another stall, at most.
constexpr int64_t kFirstPause = 50'000'000, kLongestPause = 1'600'000'000;

// How long no worker is asked for after the system gave none.
constexpr int64_t kStartPause = 1'000'000'000;

// A job's thread looks this often how long it was on the processor; below this share others have it.
constexpr int64_t kWatch = 8'000'000;
constexpr double kOnProcessor = 0.85;

// The system too may put a job's thread and its worker on one processor, and mends that after some ten milliseconds. Only
// what goes on longer is another process: stalls that follow each other as closely as this, or shares below it at every
// look.
constexpr int64_t kStallsApart = 15'000'000, kPatience = 60'000'000;

// Where this thread's job was at its last look; none at its start.
struct Times {
  int64_t wall = 0, processor = 0;
};
thread_local Times times;

int64_t processorNanoseconds() {
#if defined(CLOCK_THREAD_CPUTIME_ID)
  timespec time;
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0) return time.tv_sec * 1'000'000'000 + time.tv_nsec;
#endif
  return -1;
}

int64_t nanosecondsNow() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

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

void ThreadPool::setThreads(int threads) {
  threads_.store(std::max(1, threads));
  withheld_.store(0);
  startAgainAt_.store(0);
}

// Fewer than wanted where the system gives no more: those that run, if any, and the job's own thread do the work. After
// a while it is asked again.
void ThreadPool::startWorkers(int wanted) {
  const int64_t now = nanosecondsNow();
  if (now < startAgainAt_.load()) return;
  std::lock_guard<std::mutex> lock(mutex_);
  while (started_ < wanted) {
    const int index = started_;
    if (!startThread([this, index] { work(index); })) {
      startAgainAt_.store(now + kStartPause);
      return;
    }
    ++started_;
  }
}

void ThreadPool::drain(Region& region, int share) {
  const int shares = region.shares;
  for (int turn = 0; turn < shares; ++turn) {
    Share& one = region.share[(share + turn) % shares];
    for (int64_t tile = one.next.fetch_add(1); tile < one.end; tile = one.next.fetch_add(1)) {
      try {
        region.body(tile);
      } catch (...) {
        region.fail(std::current_exception());
      }
    }
  }
}

void ThreadPool::Region::fail(std::exception_ptr error) {
  // The first one counts; the owner reads it when nobody is inside any more.
  if (!failed.exchange(true)) failure = std::move(error);
}

// One look over all regions; true when there was work.
bool ThreadPool::help(int share) {
  // Jobs' own threads and helpers together never exceed the thread count.
  if (helping_.fetch_add(1) + jobs_.load() >= threads() - withheld()) {
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
    if (index < threads() - 1 - withheld()) {
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

// Only tiles already started are waited for.
int64_t ThreadPool::waitForWorkers(Region& region, int64_t start) {
  for (int spins = 0; region.inside.load() != 0; ++spins) {
    if (spins < 64) {
      pause();
      continue;
    }
    const int64_t since = nanosecondsNow();
    for (spins = 0; region.inside.load() != 0; ++spins) {
      if (spins < 4096) {
        pause();
      } else {
        std::this_thread::yield();
      }
    }
    const int64_t now = nanosecondsNow();
    return now - since > kStall && now - since > since - start ? now : 0;
  }
  return 0;
}

void ThreadPool::noteStall(int64_t now) {
  if (now - lastStall_.exchange(now) > kStallsApart) stallsSince_.store(now);
  if (now - stallsSince_.load() >= kPatience) withhold(now);
}

void ThreadPool::forgetTimes() { times = {}; }

void ThreadPool::watchTimes(int64_t now) {
  if (now - times.wall < kWatch) return;
  const int64_t processor = processorNanoseconds();
  if (processor < 0) return;
  // Both of this moment: the caller's is that of its region's start, which may be long ago.
  const Times before = times;
  times = {nanosecondsNow(), processor};
  if (before.wall == 0) return;
  const int64_t passed = times.wall - before.wall;
  const double share = static_cast<double>(processor - before.processor) / static_cast<double>(passed);
  if (share >= kOnProcessor) {
    offProcessor_.store(0);
  } else if (offProcessor_.fetch_add(passed) >= kPatience) {
    withhold(times.wall);
  }
}

void ThreadPool::withhold(int64_t now) {
  if (withheld() < threads() - 1) withheld_.fetch_add(1);
  // A trial that soon failed makes the next one later.
  const bool again = now - triedAt_.load() < 2 * kPatience;
  pause_.store(again ? std::min(2 * std::max(pause_.load(), kFirstPause), kLongestPause) : kFirstPause);
  tryAgainAt_.store(now + pause_.load());
}

void ThreadPool::tryAgain(int64_t now) {
  int64_t at = tryAgainAt_.load();
  if (now < at || !tryAgainAt_.compare_exchange_strong(at, now + kFirstPause)) return;
  if (withheld() > 0) withheld_.fetch_sub(1);
  triedAt_.store(now);
}

void ThreadPool::runTiles(int64_t count, AnyBody body) {
  if (withheld() > 0 && count > 1) {
    const int64_t now = nanosecondsNow();
    watchTimes(now);
    tryAgain(now);
  }
  const int helpers = threads() - 1 - withheld();
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
    for (int64_t tile = 0; tile < count; ++tile) body(tile);
    return;
  }
  if (started_ < helpers) startWorkers(helpers);
  region->shares = static_cast<int>(std::min<int64_t>({helpers + 1, kShares, count}));
  for (int share = 0; share < region->shares; ++share) {
    region->share[share].next.store(count * share / region->shares);
    region->share[share].end = count * (share + 1) / region->shares;
  }
  const int64_t start = nanosecondsNow();
  region->body = body;
  region->open.store(true);
  signal_.fetch_add(1);
  if (sleeping_.load() > 0) {
    // The lock closes the gap between a worker's last look at the signal and its sleep.
    { std::lock_guard<std::mutex> lock(mutex_); }
    wake_.notify_all();
  }
  drain(*region, 0);
  region->open.store(false);
  if (const int64_t stalled = waitForWorkers(*region, start)) noteStall(stalled);
  watchTimes(start);
  std::exception_ptr failure;
  if (region->failed.load(std::memory_order_relaxed)) {
    failure = std::exchange(region->failure, nullptr);
    region->failed.store(false);
  }
  region->taken.store(false);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace deepblas
