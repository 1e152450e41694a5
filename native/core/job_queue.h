// Jobs wait here and run on native threads of ours, never in libuv's pool, which file and DNS calls need. Training chunks
// take turns in one lane, at most as many at once as there are threads; predictions have a lane of their own and never
// wait for a fit.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace deepblas {

class JobQueue {
 public:
  enum class Lane { Training, Prediction };
  using Job = std::function<void()>;  // must not throw

  // Never destroyed: its threads may still sleep in it while the process exits.
  static JobQueue& instance();

  // Where the system gives no thread and the lane has none, the job runs here and now, and add returns when it is done.
  // Never throws: a job that is added is run.
  void add(Lane lane, Job job) noexcept;

 private:
  struct Queue {
    std::deque<Job> waiting;
    int threads = 0, idle = 0;
    std::condition_variable wake;
  };

  JobQueue() = default;
  void work(Queue& queue);
  static bool enqueue(Queue& queue, Job& job);
  static void runHere(Job& job);

  std::mutex mutex_;
  Queue training_, prediction_;
};

}  // namespace deepblas
