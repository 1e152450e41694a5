#include <algorithm>
#include <cstring>

#include "binding/arguments.h"
#include "binding/environment.h"
#include "binding/guarded.h"
#include "binding/handles.h"
#include "binding/options.h"
#include "core/finite.h"
#include "core/floating_point.h"
#include "core/thread_pool.h"

namespace deepblas {

Napi::Function PredictorHandle::define(Napi::Env env) {
  return DefineClass(env, "Predictor", {InstanceMethod<&PredictorHandle::predictSync>("predictSync")});
}

PredictorHandle::PredictorHandle(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<PredictorHandle>(info) {
  guarded(info.Env(), [&] {
    ProgramHandle* program = programOf(info[0]);
    capacity_ = wholeNumber(info[1], "capacity", 1);
    const auto arena = arenaOf(info[2]);
    inputs_ = wholeNumber(info[3], "inputs", 1);
    outputs_ = wholeNumber(info[4], "outputs", 1);
    members_ = wholeNumber(info[5], "members", 1);
    requireInside(*arena, *program->program());
    require(arena->members >= members_, "an arena of fewer members than a prediction has");
    const std::string writer = program->program()->writerOf(0);
    if (!writer.empty())
      throw Error("ERR_DEEPBLAS_SHAPE", writer + ": expected a tensor of its own to write but it writes the rows given.");
    Bindings bindings;
    bindings.parameters = memoryOf(*arena);
    const std::vector<Binding> input = {{nullptr, 0, inputs_, Type::Float32, 1.0f}};
    const std::vector<Binding> output(static_cast<size_t>(members_), Binding{nullptr, 0, outputs_, Type::Float32, 1.0f});
    bindings.slots = {input, output};
    requireNoSteps(*program->program());
    executor_ = std::make_unique<Executor>(program->program(), program->plan(capacity_, false), std::move(bindings),
                                           members_);
    arena_ = arena;
    for (int64_t m = 0; m < members_; ++m) steps_.push_back({m, 0, 0, nullptr, nullptr});
    hold(info.Env(), static_cast<int64_t>(executor_->bytes()));
  });
}

void PredictorHandle::giveUp() {
  executor_.reset();
  arena_.reset();
}

void PredictorHandle::predictSync(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    require(executor_ != nullptr, "a predictor that could not be made");
    const Elements<float> input = floats(info[0], "rows"), output = floats(info[2], "outputs");
    const int64_t rows = wholeNumber(info[1], "number of rows");
    require(input.length == checkedProduct(rows, inputs_) && output.length == checkedProduct(members_, rows, outputs_),
            "rows of another size");
    if (!allFinite(input.data, input.length))
      throw Error("ERR_DEEPBLAS_DATA", "Expected finite numbers for rows but received NaN or Infinity");
    for (int64_t m = 0; m < members_; ++m) {
      executor_->tensors().rebind(0, m, reinterpret_cast<uint8_t*>(input.data), rows);
      executor_->tensors().rebind(1, m, reinterpret_cast<uint8_t*>(output.data + m * rows * outputs_), rows);
    }
    const FlushDenormals guard;
    const ThreadPool::JobScope scope(ThreadPool::instance());
    for (int64_t first = 0; first < rows; first += capacity_) {
      for (MemberStep& step : steps_) {
        step.firstRow = first;
        step.rows = std::min(capacity_, rows - first);
      }
      executor_->step(steps_.data(), members_);
    }
  });
}

}  // namespace deepblas
