// Where the system gives no thread, or only some, all work is done all the same.
#include "core/thread_start.h"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/job_queue.h"
#include "core/thread_pool.h"
#include "test.h"
#include "threads.h"

namespace deepblas {
namespace test {

namespace {

class NoMoreThreads {
 public:
  explicit NoMoreThreads(int most) { limitThreads(most); }
  ~NoMoreThreads() { limitThreads(-1); }
  NoMoreThreads(const NoMoreThreads&) = delete;
  NoMoreThreads& operator=(const NoMoreThreads&) = delete;
};

void countTiles(int64_t count) {
  std::vector<int> hits(static_cast<size_t>(count));
  ThreadPool::instance().run(count, [&](int64_t tile) { ++hits[tile]; });
  for (int hit : hits) CHECK_EQUAL(hit, 1);
}

}  // namespace

TEST("a thread that cannot be started is told, not thrown") {
  const NoMoreThreads none(1);
  std::atomic<bool> ran{false};
  CHECK(startThread([&] { ran.store(true); }));
  CHECK(!startThread([] {}));
  while (!ran.load()) std::this_thread::yield();
}

TEST("every tile runs once where the system gives some of the threads, none, and all again") {
  const int before = ThreadPool::instance().started();
  for (int given : {0, 2, 1}) {
    const NoMoreThreads limit(given);
    const Threads setting(before + 8);
    CONTEXT(given, " threads given");
    for (int64_t count : {1, 2, 7, 1000}) countTiles(count);
  }
  CHECK_EQUAL(ThreadPool::instance().started(), before + 3);
  const Threads setting(before + 8);
  countTiles(1000);
  CHECK_EQUAL(ThreadPool::instance().started(), before + 7);
}

TEST("what a tile throws comes out of the run, when all other tiles are done") {
  for (int threads : {1, 4}) {
    CONTEXT(threads, " threads");
    for (int repeat = 0; repeat < 20; ++repeat) {
      // Set anew, none of the workers is withheld: on a busy machine the runs before may have withheld all of them, and a run
      // without workers ends at the tile that throws.
      const Threads setting(threads);
      std::atomic<int> done{0};
      const auto body = [&](int64_t tile) {
        if (tile == 37) throw Error("ERR_DEEPBLAS_MEMORY", "tile 37");
        done.fetch_add(1);
      };
      CHECK_THROWS(ThreadPool::instance().run(100, body), "ERR_DEEPBLAS_MEMORY", "tile 37");
      if (threads > 1) CHECK_EQUAL(done.load(), 99);
      countTiles(100);
    }
  }
}

TEST("a job runs where it is added if its lane has no thread and gets none") {
  // Lanes of other tests have threads already: both lanes hold more jobs at once than they have threads.
  const NoMoreThreads none(0);
  std::atomic<int> done{0};
  for (const auto lane : {JobQueue::Lane::Training, JobQueue::Lane::Prediction})
    for (int i = 0; i < 20; ++i) JobQueue::instance().add(lane, [&] { done.fetch_add(1); });
  while (done.load() < 40) std::this_thread::yield();
}

}  // namespace test
}  // namespace deepblas
