#include <algorithm>
#include <cstring>
#include <numeric>
#include <thread>

#include "binding/arguments.h"
#include "binding/environment.h"
#include "binding/guarded.h"
#include "binding/handles.h"
#include "binding/options.h"
#include "core/floating_point.h"
#include "core/thread_pool.h"

namespace deepblas {

// A pass with all that its bindings point to.
struct OwnedPass {
  Owned owned;
  Arena output;  // of its own: JavaScript may take an array's memory away, or shrink it, while a pass runs
  int64_t outputs = 0;
  std::unique_ptr<Pass> pass;
};

namespace {

void runAll(Pass& pass, const std::atomic<bool>& cancelled, ArrivingRows* arriving = nullptr) {
  std::vector<int64_t> members(pass.rows().size());
  std::iota(members.begin(), members.end(), int64_t{0});
  pass.run(members, cancelled, arriving);
}

Napi::Value accumulatorsOf(Napi::Env env, Pass& pass) {
  Executor& executor = pass.executor();
  const int64_t count = executor.members() * executor.program().accumulators();
  Napi::Float64Array result = newDoubles(env, count);
  const double* accumulators = executor.tensors().accumulators(0);
  if (count > 0) std::copy(accumulators, accumulators + count, result.Data());
  return result;
}

// The outputs to the array that was given for them.
void copyOutputs(const OwnedPass& owned, const std::shared_ptr<Napi::ObjectReference>& array) {
  if (!array) return;
  const Elements<float> to = floats(array->Value(), "output");
  require(to.length == owned.outputs, "an output whose size has changed");
  if (to.length > 0) std::memcpy(to.data, owned.output.as<float>(), sizeof(float) * static_cast<size_t>(to.length));
}

}  // namespace

Napi::Function PassHandle::define(Napi::Env env) {
  return DefineClass(env, "Pass",
                     {InstanceMethod<&PassHandle::run>("run"), InstanceMethod<&PassHandle::runSync>("runSync"),
                      InstanceMethod<&PassHandle::runOnArray>("runOnArray"),
                      InstanceMethod<&PassHandle::readTensor>("readTensor"),
                      InstanceMethod<&PassHandle::release>("release")});
}

// { program, batch, keepAll, rows, numbers?, parameters, gradients?, slots, output?: Float32Array of [members, rows, columns],
//   outputColumns?, lanes? }: the output takes the slot after the last one given.
PassHandle::PassHandle(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<PassHandle>(info) {
  guarded(info.Env(), [&] {
    cancelled_ = std::make_shared<std::atomic<bool>>(false);
    running_ = std::make_shared<bool>(false);
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
    if (!outputs.IsUndefined()) {
      const int64_t columns = wholeNumber(options, "outputColumns", 1);
      std::vector<int64_t> firsts;
      for (int64_t m = 0; m < members; ++m) {
        firsts.push_back(owned->outputs);
        owned->outputs = checkedSum(owned->outputs, checkedProduct(rows[static_cast<size_t>(m)], columns));
      }
      require(floats(outputs, "output").length == owned->outputs, "an output of another size");
      owned->output = Arena(sizeof(float) * static_cast<size_t>(owned->outputs));
      std::vector<Binding> slot;
      for (int64_t m = 0; m < members; ++m) {
        const size_t i = static_cast<size_t>(m);
        slot.push_back({reinterpret_cast<uint8_t*>(owned->output.as<float>() + firsts[i]), rows[i], columns,
                        Type::Float32, 1.0f});
      }
      bindings.slots.push_back(std::move(slot));
      output_ = std::make_shared<Napi::ObjectReference>(Napi::Persistent(outputs.As<Napi::Object>()));
    }
    owned->pass = std::make_unique<Pass>(program->program(), program->plan(batch, keepAll), std::move(bindings),
                                         std::move(rows), std::move(numbers), readLanes(options));
    owned_ = std::move(owned);
    hold(info.Env(), static_cast<int64_t>(owned_->pass->bytes() + owned_->output.bytes()));
  });
}

void PassHandle::release(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    letGo(info.Env());
    owned_.reset();
    output_.reset();
  });
}

Pass& PassHandle::idlePass() const {
  if (*running_) throw Error("ERR_DEEPBLAS_BUSY", "This pass is still running; wait for its promise.");
  require(owned_ != nullptr, "a pass that was released");
  return *owned_->pass;
}

Napi::Value PassHandle::start(const Napi::CallbackInfo& info, std::function<void()> work) {
  Environment::Task task;
  task.cancelled = cancelled_;
  task.running = running_;
  task.work = std::move(work);
  task.result = [owned = owned_, output = output_](Napi::Env env) {
    copyOutputs(*owned, output);
    return accumulatorsOf(env, *owned->pass);
  };
  return Environment::of(info.Env()).start(JobQueue::Lane::Prediction, std::move(task));
}

Napi::Value PassHandle::run(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    idlePass();
    return start(info, [owned = owned_, cancelled = cancelled_] { runAll(*owned->pass, *cancelled); });
  });
}

// The run begins with the first rows, while this thread still copies the others. The array is the caller's own again when
// the call returns. Numbers that are not finite cancel the run: who called asks the matrix for them.
Napi::Value PassHandle::runOnArray(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const std::vector<int64_t>& rows = idlePass().rows();
    const auto matrix = matrixOf(info[0]);
    const AnyElements array = anyElements(info[1], "rows");
    const int64_t longest = rows.empty() ? 0 : *std::max_element(rows.begin(), rows.end());
    require(array.length == checkedProduct(longest, matrix->columns) && longest <= matrix->rows, "an array of the pass's rows");
    matrix->firstNotFinite = -1;
    const auto arriving = std::make_shared<ArrivingRows>();
    bool copied = false;
    // Where the system gives no thread the run is made here and now, before `start` returns.
    const auto copy = [&] {
      if (copied) return;
      copied = true;
      try {
        writeRows(*matrix, 0, array, arriving.get());
      } catch (...) {
        cancelled_->store(true);
        arriving->arrived(longest);
        throw;
      }
      if (matrix->firstNotFinite >= 0) cancelled_->store(true);
    };
    const Napi::Value promise =
        start(info, [owned = owned_, cancelled = cancelled_, arriving, &copy, caller = std::this_thread::get_id()] {
          if (std::this_thread::get_id() == caller) copy();
          runAll(*owned->pass, *cancelled, arriving.get());
        });
    copy();
    return promise;
  });
}

Napi::Value PassHandle::runSync(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Pass& pass = idlePass();
    {
      const FlushDenormals guard;
      const ThreadPool::JobScope scope(ThreadPool::instance());
      runAll(pass, *cancelled_);
    }
    copyOutputs(*owned_, output_);
    return accumulatorsOf(info.Env(), pass);
  });
}

Napi::Value PassHandle::readTensor(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    return tensorValues(info.Env(), idlePass().executor(), wholeNumber(info[0], "tensor"),
                        wholeNumber(info[1], "member"), wholeNumber(info[2], "rows"));
  });
}

}  // namespace deepblas
