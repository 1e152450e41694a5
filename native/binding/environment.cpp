#include "binding/environment.h"

#include "binding/guarded.h"

namespace deepblas {

Napi::Error toJavaScript(Napi::Env env, const CodedMessage& told) {
  Environment& environment = Environment::of(env);
  if (!environment.error.IsEmpty()) {
    return Napi::Error(env, environment.error.New({Napi::String::New(env, told.code), Napi::String::New(env, told.message)}));
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
  CodedMessage failure;  // without a code where there is none
};

Environment::Environment(Napi::Env env) : env_(env), shared_(std::make_shared<Shared>()) {
  deliver_ = Napi::ThreadSafeFunction::New(env, Napi::Function::New(env, [](const Napi::CallbackInfo&) {}), "deepblas",
                                           0, 1);
  deliver_.Unref(env);
  float32Array = Napi::Persistent(env.Global().Get("Float32Array").As<Napi::Function>());
  float64Array = Napi::Persistent(env.Global().Get("Float64Array").As<Napi::Function>());
  // After the thread-safe function, so that it runs before that one's own clean-up: no job calls a closed one.
  env.AddCleanupHook(&Environment::close, this);
}

Environment& Environment::of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

void Environment::close(Environment* self) {
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
  self->deliver_.Release();
}

Napi::Promise Environment::start(JobQueue::Lane lane, Task task) {
  auto* pending = new Pending{std::move(task), Napi::Promise::Deferred::New(env_), {}};
  const Napi::Promise promise = pending->deferred.Promise();
  if (waiting_++ == 0) deliver_.Ref(env_);
  {
    std::lock_guard<std::mutex> lock(shared_->mutex);
    shared_->running.insert(pending);
    shared_->undelivered.insert(pending);
  }
  JobQueue::instance().add(lane, [pending, shared = shared_, deliver = deliver_]() mutable {
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
    if (!shared->closing) {
      deliver.NonBlockingCall(pending, [shared](Napi::Env env, Napi::Function, Pending* done) {
        if (static_cast<napi_env>(env) != nullptr && !shared->closing) finish(env, done);
      });
    }
    shared->running.erase(pending);
    shared->idle.notify_all();
  });
  return promise;
}

void Environment::finish(Napi::Env env, Pending* pending) {
  Environment& self = of(env);
  {
    std::lock_guard<std::mutex> lock(self.shared_->mutex);
    self.shared_->undelivered.erase(pending);
  }
  const std::unique_ptr<Pending> owned(pending);
  try {
    if (--self.waiting_ == 0) self.deliver_.Unref(env);
    self.settle(env, *pending);
  } catch (const Napi::Error&) {
    // A worker that is being terminated runs no JavaScript any more: nobody waits for the answer.
  }
}

void Environment::settle(Napi::Env env, Pending& pending) {
  if (!pending.failure.code.empty()) {
    pending.deferred.Reject(plainError(env, pending.failure).Value());
    return;
  }
  Napi::Value result;
  try {
    result = guarded(env, [&] { return pending.task.result(env); });
  } catch (const Napi::Error& error) {
    pending.deferred.Reject(error.Value());
    return;
  }
  pending.deferred.Resolve(result);
}

}  // namespace deepblas
