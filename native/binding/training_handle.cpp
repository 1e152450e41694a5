#include "binding/arguments.h"
#include "binding/environment.h"
#include "binding/guarded.h"
#include "binding/handles.h"
#include "binding/options.h"
#include "core/floating_point.h"
#include "core/thread_pool.h"

namespace deepblas {

namespace {

// A training with all that its bindings point to.
struct OwnedTraining {
  Owned owned, held;  // held: of the validation
  std::unique_ptr<Training> training;
};

struct ChunkArguments {
  std::vector<double> numbers;
  ChunkLimits limits;
};

// (numbers, steps, milliseconds, endAtEpoch, plainly); numbers hold a row a step, or a row a step and member.
std::shared_ptr<ChunkArguments> readChunk(const Napi::CallbackInfo& info, Training& training) {
  auto chunk = std::make_shared<ChunkArguments>();
  chunk->numbers = readNumbers(info[0], "numbers");
  const int64_t steps = wholeNumber(info[1], "steps"), given = static_cast<int64_t>(chunk->numbers.size());
  const int64_t columns = training.executor().program().stepNumbers();
  const bool shared = given == checkedProduct(steps, columns);
  require(shared || given == checkedProduct(steps, training.executor().members(), columns),
          "a step table of another size");
  chunk->limits = {chunk->numbers.data(), steps, number(info[2], "milliseconds"), boolean(info[3], "endAtEpoch"),
                   boolean(info[4], "plainly"), shared};
  return chunk;
}

Napi::Value describeChunk(Napi::Env env, Training& training, const ChunkResult& chunk) {
  Napi::Object result = Napi::Object::New(env);
  const std::vector<double> epochs = training.takeResults();
  Napi::Float64Array values = newDoubles(env, static_cast<int64_t>(epochs.size()));
  std::copy(epochs.begin(), epochs.end(), values.Data());
  const int64_t members = training.executor().members(), accumulators = training.executor().program().accumulators();
  Napi::Float64Array running = newDoubles(env, members * accumulators);
  std::copy(training.runningAccumulators(0), training.runningAccumulators(0) + members * accumulators, running.Data());
  result.Set("end", Napi::Number::New(env, static_cast<int32_t>(chunk.end)));
  result.Set("steps", Napi::Number::New(env, static_cast<double>(chunk.steps)));
  result.Set("epoch", Napi::Number::New(env, static_cast<double>(training.epoch())));
  result.Set("stepOfEpoch", Napi::Number::New(env, static_cast<double>(training.stepOfEpoch())));
  result.Set("resultWidth", Napi::Number::New(env, static_cast<double>(training.resultWidth())));
  result.Set("results", values);
  result.Set("running", running);
  const std::vector<Failure> failures = training.takeFailures();
  Napi::Array list = Napi::Array::New(env, failures.size());
  for (size_t i = 0; i < failures.size(); ++i) {
    Napi::Object failure = Napi::Object::New(env);
    failure.Set("member", Napi::Number::New(env, static_cast<double>(failures[i].member)));
    failure.Set("epoch", Napi::Number::New(env, static_cast<double>(failures[i].epoch)));
    failure.Set("stepOfEpoch", Napi::Number::New(env, static_cast<double>(failures[i].stepOfEpoch)));
    failure.Set("label", Napi::String::New(env, failures[i].label));
    list.Set(static_cast<uint32_t>(i), failure);
  }
  result.Set("failures", list);
  return result;
}

}  // namespace

Napi::Function TrainingHandle::define(Napi::Env env) {
  return DefineClass(
      env, "Training",
      {InstanceMethod<&TrainingHandle::advance>("advance"), InstanceMethod<&TrainingHandle::advanceSync>("advanceSync"),
       InstanceMethod<&TrainingHandle::cancel>("cancel"), InstanceMethod<&TrainingHandle::setActive>("setActive"),
       InstanceMethod<&TrainingHandle::rebind>("rebind"),
       InstanceMethod<&TrainingHandle::measure>("measure"),
       InstanceMethod<&TrainingHandle::microseconds>("microseconds"),
       InstanceMethod<&TrainingHandle::readTensor>("readTensor"), InstanceMethod<&TrainingHandle::bytes>("bytes"),
       InstanceMethod<&TrainingHandle::release>("release")});
}

// { program, batch, keepAll, rows, seeds, shuffle, epoch, stepOfEpoch, lanes?, accumulators?, parameters, gradients, states, slots,
//   validation?: { program, batch, rows, parameters, slots } }
TrainingHandle::TrainingHandle(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<TrainingHandle>(info) {
  guarded(info.Env(), [&] {
    cancelled_ = std::make_shared<std::atomic<bool>>(false);
    running_ = std::make_shared<bool>(false);
    const auto options = object(info[0], "options");
    ProgramHandle* program = programOf(options.Get("program"));
    auto owned = std::make_shared<OwnedTraining>();
    TrainingSettings settings;
    settings.batch = wholeNumber(options, "batch", 1);
    settings.shuffle = boolean(options.Get("shuffle"), "shuffle");
    settings.firstEpoch = wholeNumber(options, "epoch");
    settings.firstStepOfEpoch = wholeNumber(options, "stepOfEpoch");
    settings.lanes = readLanes(options);
    const std::vector<int64_t> rows = readWholeNumbers(options.Get("rows"), "rows", 1);
    const std::vector<int64_t> seeds = readWholeNumbers(options.Get("seeds"), "seeds");
    require(rows.size() == seeds.size() && !rows.empty(), "members without rows or seeds");
    for (size_t i = 0; i < rows.size(); ++i) settings.members.push_back({rows[i], static_cast<uint64_t>(seeds[i])});
    const int64_t members = static_cast<int64_t>(rows.size());
    Bindings bindings = readBindings(options, *program->program(), members, owned->owned);
    std::unique_ptr<Pass> validation;
    const Napi::Value heldOut = options.Get("validation");
    if (heldOut.IsObject()) {
      const auto held = heldOut.As<Napi::Object>();
      ProgramHandle* heldProgram = programOf(held.Get("program"));
      Bindings heldBindings = readBindings(held, *heldProgram->program(), members, owned->held);
      validation = std::make_unique<Pass>(heldProgram->program(), heldProgram->plan(wholeNumber(held, "batch", 1), false),
                                          std::move(heldBindings), readWholeNumbers(held.Get("rows"), "rows"),
                                          readNumbers(held.Get("numbers"), "numbers"), settings.lanes);
      require(validation->rows().size() == rows.size(), "validation for another population");
    }
    const auto plan = program->plan(settings.batch, boolean(options.Get("keepAll"), "keepAll"));
    owned->training = std::make_unique<Training>(program->program(), plan, std::move(bindings), std::move(settings),
                                                 std::move(validation));
    const std::vector<double> begun = readNumbers(options.Get("accumulators"), "accumulators");
    if (!begun.empty()) owned->training->setAccumulators(begun);
    training_ = std::shared_ptr<Training>(owned, owned->training.get());
    owned_ = &owned->owned;
    hold(info.Env(), static_cast<int64_t>(training_->bytes()));
  });
}

Napi::Value TrainingHandle::advance(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    auto chunk = readChunk(info, idleTraining());
    auto result = std::make_shared<ChunkResult>();
    Environment::Task task;
    task.cancelled = cancelled_;
    task.running = running_;
    task.work = [training = training_, cancelled = cancelled_, chunk, result] {
      *result = training->advance(chunk->limits, *cancelled);
    };
    task.result = [training = training_, result](Napi::Env env) { return describeChunk(env, *training, *result); };
    return Environment::of(info.Env()).start(JobQueue::Lane::Training, std::move(task));
  });
}

Napi::Value TrainingHandle::advanceSync(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const auto chunk = readChunk(info, idleTraining());
    ChunkResult result;
    {
      const FlushDenormals guard;
      const ThreadPool::JobScope scope(ThreadPool::instance());
      result = training().advance(chunk->limits, *cancelled_);
    }
    return describeChunk(info.Env(), training(), result);
  });
}

void TrainingHandle::cancel(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] { cancelled_->store(true); });
}

void TrainingHandle::setActive(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] { idleTraining().setActive(readWholeNumbers(info[0], "members")); });
}

void TrainingHandle::rebind(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    Owned data;
    const auto slots = readSlots(info[0], training().executor().members(), data);
    const std::vector<int64_t> rows = readWholeNumbers(info[1], "rows", 1);
    // Reading the lists may have run JavaScript.
    idleTraining().rebind(slots, rows);
    owned_->matrices = std::move(data.matrices);
  });
}

void TrainingHandle::measure(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] { idleTraining().executor().measure(boolean(info[0], "on")); });
}

Napi::Value TrainingHandle::microseconds(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const auto copy = [&](const std::vector<double>& spent) {
      Napi::Float64Array values = newDoubles(info.Env(), static_cast<int64_t>(spent.size()));
      std::copy(spent.begin(), spent.end(), values.Data());
      return values;
    };
    Napi::Object result = Napi::Object::New(info.Env());
    result.Set("calls", copy(idleTraining().executor().callMicroseconds()));
    result.Set("regions", copy(idleTraining().executor().regionMicroseconds()));
    return result;
  });
}

Napi::Value TrainingHandle::readTensor(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    return tensorValues(info.Env(), idleTraining().executor(), wholeNumber(info[0], "tensor"),
                        wholeNumber(info[1], "member"), wholeNumber(info[2], "rows"));
  });
}

Napi::Value TrainingHandle::bytes(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    return Napi::Number::New(info.Env(), static_cast<double>(training().bytes()));
  });
}

// Node runs finalizers between turns of the event loop: a program that trains in a synchronous loop has none of these.
void TrainingHandle::release(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    letGo(info.Env());
    training_.reset();
    owned_ = nullptr;
  });
}

Training& TrainingHandle::training() const {
  require(training_ != nullptr, "a training that was released");
  return *training_;
}

Training& TrainingHandle::idleTraining() const {
  if (*running_) throw Error("ERR_DEEPBLAS_BUSY", "A chunk of this training is still running; wait for its promise.");
  return training();
}

}  // namespace deepblas
