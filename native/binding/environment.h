// What one JavaScript environment (the main thread, or a worker thread) holds: its asynchronous jobs and the way their
// results come back. Nothing is shared between environments.
#pragma once

#include <napi.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "binding/memory_holder.h"
#include "core/job_queue.h"

namespace deepblas {

class Environment {
 public:
  explicit Environment(Napi::Env env);
  static Environment& of(Napi::Env env);

  using CancelFlag = std::shared_ptr<std::atomic<bool>>;

  struct Task {
    std::function<void()> work;                    // on a native thread; may throw
    std::function<Napi::Value(Napi::Env)> result;  // on the JavaScript thread, after work
    CancelFlag cancelled;                          // set when the environment ends
    std::vector<Napi::ObjectReference> alive;      // objects whose memory the work uses
  };
  Napi::Promise start(JobQueue::Lane lane, Task task);

  const std::shared_ptr<HeldMemory> heldMemory = std::make_shared<HeldMemory>();
  Napi::FunctionReference float32Array, float64Array;  // JavaScript's own
  Napi::FunctionReference error;  // (code, message): TypeScript's class of errors, once it has given it

 private:
  struct Pending;
  struct Shared {  // outlives the environment while jobs end
    std::mutex mutex;
    std::condition_variable idle;
    std::set<Pending*> running;      // work not ended yet
    std::set<Pending*> undelivered;  // not settled yet: those that run too
    std::atomic<bool> closing{false};
  };
  static void finish(Napi::Env env, Pending* pending);
  void settle(Napi::Env env, Pending& pending);
  static void close(Environment* self);

  Napi::Env env_;
  std::shared_ptr<Shared> shared_;
  Napi::ThreadSafeFunction deliver_;
  int waiting_ = 0;  // promises not settled yet; they keep the process alive
};

}  // namespace deepblas
