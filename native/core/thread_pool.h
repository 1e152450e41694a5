// One process-wide pool. A job's own thread opens a region of tiles; idle workers join it and take tiles by an atomic
// counter; the job's thread takes tiles too and never waits for a worker that has not started. Workers spin for a few
// microseconds after a region and then sleep, so that an idle process costs nothing and a busy machine is not fought.
//
// Where other processes want the cores too, a worker that is put off the processor in the middle of a tile holds up its
// region for milliseconds, and workers that wake take the core of the thread that woke them. Regions that waited so,
// shortly after one another, or a job whose thread is off the processor for a part of its time, withhold one worker;
// after a while it is tried again. No bit depends on it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace deepblas {

class ThreadPool {
 public:
  // Never destroyed: threads may still sleep in it while the process exits.
  static ThreadPool& instance();

  // Calls body(tile) for every tile in 0..count-1, on this thread and idle workers, and returns when all calls have
  // returned. Where the system gives no workers this thread makes all of them. Throws what a call has thrown. The body is
  // called where it stands, by several threads at once: nothing is copied or allocated.
  template <typename Body>
  void run(int64_t count, const Body& body) {
    runTiles(count, {[](const void* object, int64_t tile) { (*static_cast<const Body*>(object))(tile); }, &body});
  }

  int threads() const { return threads_.load(std::memory_order_relaxed); }
  void setThreads(int threads);

  // While a job runs it counts as one busy thread: several jobs at once get fewer helpers each.
  class JobScope {
   public:
    explicit JobScope(ThreadPool& pool) : pool_(pool) {
      pool_.jobs_.fetch_add(1);
      forgetTimes();
    }
    ~JobScope() { pool_.jobs_.fetch_sub(1); }
    JobScope(const JobScope&) = delete;
    JobScope& operator=(const JobScope&) = delete;

   private:
    ThreadPool& pool_;
  };

  // Workers that do not help at present, since other processes seem to have their cores.
  int withheld() const { return withheld_.load(std::memory_order_relaxed); }

  // Workers that have been started.
  int started() const { return started_.load(std::memory_order_relaxed); }

  // Threads that this process may use: the affinity mask, limited by the cgroup's CPU quota.
  static int availableThreads();

 private:
  // Every thread has a share of the tiles, the same one at every run of as many tiles, so that what a tile touches stays
  // in its core's cache; who is done helps with the others' shares.
  static constexpr int kShares = 16;
  // A body whose type the workers need not know.
  struct AnyBody {
    void (*call)(const void* object, int64_t tile) = nullptr;
    const void* object = nullptr;
    void operator()(int64_t tile) const { call(object, tile); }
  };
  struct alignas(64) Share {
    std::atomic<int64_t> next{0};
    int64_t end = 0;
  };
  struct alignas(64) Region {
    std::atomic<bool> taken{false};  // by a job's thread
    std::atomic<bool> open{false};   // workers may join
    std::atomic<int> inside{0};      // workers looking at it or working in it
    int shares = 0;
    Share share[kShares];
    AnyBody body;
    // Of a tile that threw: the run throws it again on its own thread when all tiles are done.
    std::atomic<bool> failed{false};
    std::exception_ptr failure;
    void fail(std::exception_ptr error);
  };
  static constexpr int kRegions = 32;

  ThreadPool();
  void runTiles(int64_t count, AnyBody body);
  void startWorkers(int wanted);
  void work(int index);
  bool help(int share);
  static void drain(Region& region, int share);
  int64_t waitForWorkers(Region& region, int64_t start);
  void noteStall(int64_t now);
  void watchTimes(int64_t now);
  static void forgetTimes();
  void withhold(int64_t now);
  void tryAgain(int64_t now);

  const int available_;
  std::atomic<int> threads_{1};
  std::atomic<int> withheld_{0};
  // Nanoseconds of the steady clock.
  std::atomic<int64_t> stallsSince_{0}, lastStall_{0};
  std::atomic<int64_t> tryAgainAt_{0}, triedAt_{0};
  std::atomic<int64_t> offProcessor_{0};  // nanoseconds of looks that found a low share, one after the other
  std::atomic<int64_t> pause_{0};  // nanoseconds until a withheld worker is tried again
  std::atomic<int> jobs_{0};
  std::atomic<int> helping_{0};
  std::atomic<uint32_t> signal_{0};  // counts opened regions
  std::atomic<int> sleeping_{0};
  Region regions_[kRegions];
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<int> started_{0};  // grows under mutex_
  std::atomic<int64_t> startAgainAt_{0};  // nanoseconds: no worker is asked for before, since the system gave none
};

}  // namespace deepblas
