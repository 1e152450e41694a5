#include "core/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <thread>
#include <vector>

#include "core/floating_point.h"
#include "test.h"
#include "threads.h"

namespace deepblas {
namespace test {

namespace {

// Counts how often each tile of a region ran. Not atomic: a tile that ran twice at once would be a race.
struct Tiles {
  explicit Tiles(int64_t count) : hits(count) {}
  std::vector<int> hits;

  void run() {
    ThreadPool::instance().run(static_cast<int64_t>(hits.size()), [&](int64_t tile) { ++hits[tile]; });
  }
  bool eachOnce() const {
    for (int count : hits)
      if (count != 1) return false;
    return true;
  }
};

}  // namespace

TEST("every tile runs exactly once, whatever the number of threads") {
  for (int threads : {1, 2, 3, 4, 8}) {
    const Threads setting(threads);
    CHECK_EQUAL(ThreadPool::instance().threads(), threads);
    for (int64_t count : {0, 1, 2, 3, 7, 64, 1000}) {
      CONTEXT(threads, " threads, ", count, " tiles");
      for (int repeat = 0; repeat < 20; ++repeat) {
        Tiles tiles(count);
        tiles.run();
        CHECK(tiles.eachOnce());
      }
    }
  }
}

TEST("regions nest") {
  const Threads setting(4);
  std::vector<Tiles> inner(16, Tiles(37));
  ThreadPool::instance().run(16, [&](int64_t tile) { inner[tile].run(); });
  for (const Tiles& tiles : inner) CHECK(tiles.eachOnce());
}

TEST("more threads than there are regions may run at once, also nested") {
  const Threads setting(4);
  std::atomic<int> wrong{0};
  std::vector<std::thread> jobs;
  for (int job = 0; job < 40; ++job) {
    jobs.emplace_back([&] {
      const ThreadPool::JobScope scope(ThreadPool::instance());
      for (int repeat = 0; repeat < 50; ++repeat) {
        std::vector<Tiles> inner(5, Tiles(11));
        ThreadPool::instance().run(5, [&](int64_t tile) { inner[tile].run(); });
        for (const Tiles& tiles : inner)
          if (!tiles.eachOnce()) ++wrong;
      }
    });
  }
  for (std::thread& job : jobs) job.join();
  CHECK_EQUAL(wrong.load(), 0);
}

TEST("the number of threads may change while regions run") {
  const Threads setting(2);
  std::atomic<bool> done{false};
  std::thread changer([&] {
    for (int i = 0; !done.load(); ++i) {
      ThreadPool::instance().setThreads(1 + i % 5);
      std::this_thread::yield();
    }
  });
  for (int repeat = 0; repeat < 2000; ++repeat) {
    Tiles tiles(9);
    tiles.run();
    if (!tiles.eachOnce()) fail(__FILE__, __LINE__, text("region ", repeat));
  }
  done = true;
  changer.join();
}

TEST("ten thousand tiny regions, and regions after workers have gone to sleep") {
  const Threads setting(3);
  for (int repeat = 0; repeat < 10000; ++repeat) {
    Tiles tiles(2 + repeat % 3);
    tiles.run();
    if (!tiles.eachOnce()) fail(__FILE__, __LINE__, text("region ", repeat));
  }
  for (int repeat = 0; repeat < 20; ++repeat) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    Tiles tiles(50);
    tiles.run();
    CHECK(tiles.eachOnce());
  }
}

TEST("workers help: a region's tiles run on more than one thread, all of which flush denormals") {
  const Threads setting(2);
  const FlushDenormals guard;
  // Two tiles that wait for each other can only end if another thread takes one.
  std::atomic<int> arrived{0}, flushing{0};
  std::atomic<bool> met{true};
  ThreadPool::instance().run(2, [&](int64_t) {
    volatile float smallest = 0x1p-126f;
    if (smallest * 0.5f == 0.0f) ++flushing;
    ++arrived;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (arrived.load() < 2 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    if (arrived.load() < 2) met = false;
  });
  CHECK(met.load());
  CHECK_EQUAL(flushing.load(), 2);
}

TEST("a worker that holds up one region after another is withheld for a while, and no tile is lost") {
  const Threads setting(2);
  ThreadPool& pool = ThreadPool::instance();
  // The other thread is put off in every tile, as by another process.
  const std::thread::id owner = std::this_thread::get_id();
  std::atomic<int> tilesRun{0};
  std::atomic<bool> helped{false};
  const auto body = [&](int64_t) {
    if (std::this_thread::get_id() != owner) {
      helped = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(4));
    } else {
      const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(100);
      while (std::chrono::steady_clock::now() < until) continue;
    }
    ++tilesRun;
  };
  CHECK_EQUAL(pool.withheld(), 0);
  int regions = 0;
  for (; regions < 1000 && pool.withheld() == 0; ++regions) pool.run(2, body);
  CHECK_EQUAL(tilesRun.load(), 2 * regions);
  CHECK_EQUAL(pool.withheld(), 1);
  helped = false;
  pool.run(8, body);
  CHECK(!helped.load());
  // Tried again: it helps, and as long as it does nobody withholds it.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (pool.withheld() > 0 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    // A job of its own: the sleep does not count as time off the processor.
    const ThreadPool::JobScope scope(pool);
    Tiles tiles(4);
    tiles.run();
    CHECK(tiles.eachOnce());
  }
  CHECK_EQUAL(pool.withheld(), 0);
}

// Seconds that this thread has been on a processor.
double processorSeconds() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

TEST("a job that keeps its processor keeps its helpers, however different in length its regions are") {
  const Threads setting(2);
  ThreadPool& pool = ThreadPool::instance();
  const std::thread::id owner = std::this_thread::get_id();
  // The job's thread works for so long in one tile; who takes the other one has little to do.
  const auto region = [&](double milliseconds) {
    std::atomic<bool> begun{false};
    pool.run(2, [&](int64_t) {
      if (std::this_thread::get_id() != owner) {
        while (!begun.load()) std::this_thread::yield();
      } else if (!begun.exchange(true)) {
        const double until = processorSeconds() + milliseconds / 1000;
        while (processorSeconds() < until) continue;
      }
    });
  };
  // Other processes may take the processor: then a helper may be withheld, and another attempt counts.
  bool undisturbed = false;
  for (int attempt = 0; attempt < 20 && !undisturbed; ++attempt) {
    pool.setThreads(2);
    const ThreadPool::JobScope scope(pool);
    const auto start = std::chrono::steady_clock::now();
    const double before = processorSeconds();
    int most = 0;
    for (const double milliseconds : {80.0, 20.0, 0.1}) {
      region(milliseconds);
      most = std::max(most, pool.withheld());
    }
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    undisturbed = processorSeconds() - before > 0.97 * passed.count();
    if (undisturbed) CHECK_EQUAL(most, 0);
  }
}

TEST("a number of threads below one is one") {
  const Threads setting(0);
  CHECK_EQUAL(ThreadPool::instance().threads(), 1);
  CHECK(ThreadPool::availableThreads() >= 1);
}

}  // namespace test
}  // namespace deepblas
