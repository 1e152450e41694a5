#include "core/job_queue.h"

#include <thread>
#include <utility>

#include "core/floating_point.h"
#include "core/thread_pool.h"

namespace deepblas {

JobQueue& JobQueue::instance() {
  static JobQueue* queue = new JobQueue();
  return *queue;
}

void JobQueue::add(Lane lane, Job job) {
  Queue& queue = lane == Lane::Training ? training_ : prediction_;
  std::lock_guard<std::mutex> lock(mutex_);
  queue.waiting.push_back(std::move(job));
  if (static_cast<int>(queue.waiting.size()) > queue.idle && queue.threads < ThreadPool::instance().threads()) {
    ++queue.threads;
    std::thread([this, &queue] { work(queue); }).detach();
  } else {
    queue.wake.notify_one();
  }
}

void JobQueue::work(Queue& queue) {
  const FlushDenormals guard;
  for (;;) {
    Job job;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      ++queue.idle;
      queue.wake.wait(lock, [&] { return !queue.waiting.empty(); });
      --queue.idle;
      job = std::move(queue.waiting.front());
      queue.waiting.pop_front();
    }
    const ThreadPool::JobScope scope(ThreadPool::instance());
    job();
  }
}

}  // namespace deepblas
