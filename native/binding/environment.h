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
    std::shared_ptr<bool> running;                 // true from the start until the result is made
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
  static void deliver(Napi::Env env, Napi::Function, Shared* shared, Pending* pending);
  // Needs no memory of ours for a call: a job that has ended can always tell so.
  using Delivery = Napi::TypedThreadSafeFunction<Shared, Pending, &Environment::deliver>;
  void finish(Pending* pending);
  void settle(Pending& pending);
  void enter(Pending* pending);
  static void close(Environment* self);

  Napi::Env env_;
  std::shared_ptr<Shared> shared_;
  Delivery delivery_;
  int waiting_ = 0;  // promises not settled yet; they keep the process alive
};

}  // namespace deepblas
