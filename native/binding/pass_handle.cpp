#include <numeric>

#include "binding/arguments.h"
#include "binding/environment.h"
#include "binding/guarded.h"
#include "binding/handles.h"
#include "binding/options.h"
#include "core/floating_point.h"
#include "core/thread_pool.h"

namespace deepblas {

namespace {

struct OwnedPass {
  Owned owned;
  std::unique_ptr<Pass> pass;
};

void runAll(Pass& pass, const std::atomic<bool>& cancelled) {
  std::vector<int64_t> members(pass.rows().size());
  std::iota(members.begin(), members.end(), int64_t{0});
  pass.run(members, cancelled);
}

Napi::Value accumulatorsOf(Napi::Env env, Pass& pass) {
  Executor& executor = pass.executor();
  const int64_t count = executor.members() * executor.program().accumulators();
  Napi::Float64Array result = newDoubles(env, count);
  if (count > 0) std::copy(executor.accumulators(0), executor.accumulators(0) + count, result.Data());
  return result;
}

}  // namespace

Napi::Function PassHandle::define(Napi::Env env) {
  return DefineClass(env, "Pass",
                     {InstanceMethod<&PassHandle::run>("run"), InstanceMethod<&PassHandle::runSync>("runSync"),
                      InstanceMethod<&PassHandle::readTensor>("readTensor"),
                      InstanceMethod<&PassHandle::release>("release")});
}

// { program, batch, keepAll, rows, numbers?, parameters, gradients?, slots, output?: Float32Array of [members, rows, columns],
//   outputColumns? }: the output takes the slot after the last one given.
PassHandle::PassHandle(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<PassHandle>(info), cancelled_(std::make_shared<std::atomic<bool>>(false)) {
  guarded(info.Env(), [&] {
    const auto options = object(info[0], "options");
    ProgramHandle* program = programOf(options.Get("program"));
    auto owned = std::make_shared<OwnedPass>();
    std::vector<int64_t> rows = readWholeNumbers(options.Get("rows"), "rows");
    const int64_t members = static_cast<int64_t>(rows.size());
    Bindings bindings = readBindings(options, *program->program(), members, owned->owned);
    std::vector<double> numbers = readNumbers(options.Get("numbers"), "numbers");
    const int64_t batch = wholeNumber(options, "batch", 1);
    const bool keepAll = boolean(options.Get("keepAll"), "keepAll");
    const Napi::Value outputs = options.Get("output");
    // Last, since no JavaScript runs between this and the end that could take the array's memory away.
    if (!outputs.IsUndefined()) {
      const int64_t columns = wholeNumber(options, "outputColumns", 1);
      const Elements<float> output = floats(outputs, "output");
      std::vector<Binding> slot;
      int64_t first = 0;
      for (int64_t m = 0; m < members; ++m) {
        slot.push_back({reinterpret_cast<uint8_t*>(output.data + first), rows[m], columns, Type::Float32, 1.0f});
        first = checkedSum(first, checkedProduct(rows[m], columns));
        require(first <= output.length, "an output too small");
      }
      require(output.length == first, "an output of another size");
      bindings.slots.push_back(std::move(slot));
      output_ = Napi::Persistent(outputs.As<Napi::Object>());
    }
    owned->pass = std::make_unique<Pass>(program->program(), program->plan(batch, keepAll), std::move(bindings),
                                         std::move(rows), std::move(numbers));
    pass_ = std::shared_ptr<Pass>(owned, owned->pass.get());
    hold(info.Env(), static_cast<int64_t>(pass_->bytes()));
  });
}

void PassHandle::release(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    letGo(info.Env());
    pass_.reset();
    output_.Reset();
  });
}

Pass& PassHandle::pass() const {
  require(pass_ != nullptr, "a pass that was released");
  return *pass_;
}

Napi::Value PassHandle::run(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    pass();
    Environment::Task task;
    task.cancelled = cancelled_;
    task.work = [pass = pass_, cancelled = cancelled_] { runAll(*pass, *cancelled); };
    task.result = [pass = pass_](Napi::Env env) { return accumulatorsOf(env, *pass); };
    task.alive.push_back(Napi::Persistent(info.This().As<Napi::Object>()));
    // The pass may be released while it runs.
    if (!output_.IsEmpty()) task.alive.push_back(Napi::Persistent(output_.Value()));
    return Environment::of(info.Env()).start(JobQueue::Lane::Prediction, std::move(task));
  });
}

Napi::Value PassHandle::runSync(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    {
      const FlushDenormals guard;
      const ThreadPool::JobScope scope(ThreadPool::instance());
      runAll(pass(), *cancelled_);
    }
    return accumulatorsOf(info.Env(), pass());
  });
}

Napi::Value PassHandle::readTensor(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    return tensorValues(info.Env(), pass().executor(), wholeNumber(info[0], "tensor"), wholeNumber(info[1], "member"),
                        wholeNumber(info[2], "rows"));
  });
}

}  // namespace deepblas
