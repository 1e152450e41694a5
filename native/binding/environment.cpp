#include "binding/environment.h"

#include "binding/guarded.h"

namespace deepblas {

Napi::Error toJavaScript(Napi::Env env, const CodedMessage& told) {
  const Environment* environment = env.GetInstanceData<Environment>();
  if (environment != nullptr && !environment->error.IsEmpty()) {
    return Napi::Error(env, environment->error.New({Napi::String::New(env, told.code), Napi::String::New(env, told.message)}));
  }
  return plainError(env, told);
}

Napi::Error plainError(Napi::Env env, const CodedMessage& told) {
  Napi::Error error = Napi::Error::New(env, told.message);
  error.Set("code", Napi::String::New(env, told.code));
  return error;
}

struct Environment::Pending {
  Task task;
  Napi::Promise::Deferred deferred;
  CodedMessage failure;
};

Environment::Environment(Napi::Env env) : env_(env), shared_(std::make_shared<Shared>()) {
  auto kept = std::make_unique<std::shared_ptr<Shared>>(shared_);
  delivery_ = Delivery::New(
      env, "deepblas", 0, 1, shared_.get(),
      [](Napi::Env, std::shared_ptr<Shared>* shared, Shared*) { delete shared; }, kept.get());
  kept.release();
  delivery_.Unref(env);
  float32Array = Napi::Persistent(env.Global().Get("Float32Array").As<Napi::Function>());
  float64Array = Napi::Persistent(env.Global().Get("Float64Array").As<Napi::Function>());
  // After the thread-safe function, so that it runs before that one's own clean-up: no job calls a closed one.
  env.AddCleanupHook(&Environment::close, this);
}

Environment& Environment::of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

void Environment::close(Environment* self) {
  contained([self] {
    std::unique_lock<std::mutex> lock(self->shared_->mutex);
    self->shared_->closing = true;
    for (Pending* pending : self->shared_->running)
      if (pending->task.cancelled) pending->task.cancelled->store(true);
    // Work may write into memory that belongs to this environment.
    self->shared_->idle.wait(lock, [self] { return self->shared_->running.empty(); });
    // Nobody will ask for what has not been settled: what it holds, data included, goes while its references can.
    const std::set<Pending*> lost = std::move(self->shared_->undelivered);
    self->shared_->undelivered.clear();
    lock.unlock();
    for (Pending* pending : lost) delete pending;
    self->delivery_.Release();
  });
}

// Known as running, or, without memory for that, not at all.
void Environment::enter(Pending* pending) {
  std::lock_guard<std::mutex> lock(shared_->mutex);
  shared_->running.insert(pending);
  try {
    shared_->undelivered.insert(pending);
  } catch (...) {
    shared_->running.erase(pending);
    throw;
  }
}

Napi::Promise Environment::start(JobQueue::Lane lane, Task task) {
  std::unique_ptr<Pending> owned(new Pending{std::move(task), Napi::Promise::Deferred::New(env_), {}});
  Pending* const pending = owned.get();
  const Napi::Promise promise = pending->deferred.Promise();
  // All that may fail comes before the job is known to anybody.
  JobQueue::Job job = [pending, shared = shared_, delivery = delivery_] {
    const bool skip = pending->task.cancelled && shared->closing;
    if (!skip) {
      try {
        pending->task.work();
      } catch (...) {
        pending->failure = codedMessage();
      }
    }
    std::lock_guard<std::mutex> lock(shared->mutex);
    // A pending job of an ending environment is freed by close(), on the thread that its references belong to.
    if (!shared->closing) delivery.NonBlockingCall(pending);
    shared->running.erase(pending);
    shared->idle.notify_all();
  };
  enter(pending);
  owned.release();
  if (waiting_++ == 0) napi_ref_threadsafe_function(env_, delivery_);
  if (pending->task.running) *pending->task.running = true;
  JobQueue::instance().add(lane, std::move(job));
  return promise;
}

void Environment::deliver(Napi::Env env, Napi::Function, Shared* shared, Pending* pending) {
  if (static_cast<napi_env>(env) == nullptr || shared->closing) return;
  contained([&] { of(env).finish(pending); });
}

void Environment::finish(Pending* pending) {
  {
    std::lock_guard<std::mutex> lock(shared_->mutex);
    shared_->undelivered.erase(pending);
  }
  const std::unique_ptr<Pending> owned(pending);
  if (--waiting_ == 0) napi_unref_threadsafe_function(env_, delivery_);
  if (pending->task.running) *pending->task.running = false;
  settle(*pending);
}

void Environment::settle(Pending& pending) {
  if (pending.failure.code != nullptr) {
    pending.deferred.Reject(plainError(env_, pending.failure).Value());
    return;
  }
  Napi::Value result;
  try {
    result = guarded(env_, [&] { return pending.task.result(env_); });
  } catch (const Napi::Error& error) {
    pending.deferred.Reject(error.Value());
    return;
  }
  pending.deferred.Resolve(result);
}

}  // namespace deepblas
