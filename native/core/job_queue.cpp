#include "core/job_queue.h"

#include <exception>
#include <utility>

#include "core/floating_point.h"
#include "core/thread_pool.h"
#include "core/thread_start.h"

namespace deepblas {

JobQueue& JobQueue::instance() {
  static JobQueue* queue = new JobQueue();
  return *queue;
}

void JobQueue::add(Lane lane, Job job) noexcept {
  Queue& queue = lane == Lane::Training ? training_ : prediction_;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const bool wanted = static_cast<int>(queue.waiting.size()) >= queue.idle;
    if (wanted && queue.threads < ThreadPool::instance().threads() && startThread([this, &queue] { work(queue); })) {
      ++queue.threads;
    }
    if (queue.threads > 0 && enqueue(queue, job)) {
      queue.wake.notify_one();
      return;
    }
  }
  runHere(job);
}

// False where there is no memory for the queue to grow.
bool JobQueue::enqueue(Queue& queue, Job& job) {
  try {
    queue.waiting.push_back(std::move(job));
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void JobQueue::runHere(Job& job) {
  const FlushDenormals guard;
  const ThreadPool::JobScope scope(ThreadPool::instance());
  job();
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
