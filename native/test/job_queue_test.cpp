#include "core/job_queue.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "core/floating_point.h"
#include "test.h"
#include "threads.h"

namespace deepblas {
namespace test {

namespace {

// Jobs count themselves in; others wait for a count.
class Counter {
 public:
  void add() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  // False when the count was not reached in time.
  bool waitFor(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

using Lane = JobQueue::Lane;

}  // namespace

// First, while the lane has one thread only: threads once started stay.
TEST("jobs of a lane run in the order they were added, on a thread that flushes denormals") {
  const Threads setting(1);
  std::vector<int> order;
  Counter done;
  bool flushing = false;
  for (int i = 0; i < 100; ++i) {
    JobQueue::instance().add(Lane::Training, [&, i] {
      order.push_back(i);
      volatile float smallest = 0x1p-126f;
      flushing = smallest * 0.5f == 0.0f;
      done.add();
    });
  }
  CHECK(done.waitFor(100));
  CHECK(flushing);
  for (int i = 0; i < 100; ++i) CHECK_EQUAL(order[i], i);
}

TEST("a prediction does not wait for trainings, nor a training for predictions") {
  const Threads setting(1);
  for (const auto& [busy, other] : {std::pair(Lane::Training, Lane::Prediction), std::pair(Lane::Prediction, Lane::Training)}) {
    Counter release, finished, answered;
    for (int i = 0; i < 3; ++i) {
      JobQueue::instance().add(busy, [&] {
        release.waitFor(1);
        finished.add();
      });
    }
    JobQueue::instance().add(other, [&] { answered.add(); });
    CHECK(answered.waitFor(1));
    release.add();
    CHECK(finished.waitFor(3));
  }
}

TEST("jobs run at once as far as there are threads") {
  const Threads setting(3);
  // Repeated: the second job of a pair is often added before the thread woken by the first has run.
  for (int repeat = 0; repeat < 20; ++repeat) {
    Counter arrived, finished;
    bool met[3] = {};
    for (int i = 0; i < 3; ++i) {
      JobQueue::instance().add(Lane::Training, [&, i] {
        arrived.add();
        met[i] = arrived.waitFor(3);
        finished.add();
      });
    }
    CHECK(finished.waitFor(3));
    CHECK(met[0] && met[1] && met[2]);
    if (!met[0]) break;
  }
}

}  // namespace test
}  // namespace deepblas
