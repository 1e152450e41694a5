#include "binding/arguments.h"
#include "binding/environment.h"
#include "binding/guarded.h"
#include "binding/handles.h"
#include "kernels/kernels.h"
#include "program/lane_layout.h"

namespace deepblas {

// By which a program is known whatever its prototype has become.
static constexpr napi_type_tag kTag = {0x51e8a3f07c9d4b2e, 0x8d06f2b94a7c4e15};

Napi::Function ProgramHandle::define(Napi::Env env) {
  return DefineClass(env, "Program", {InstanceMethod<&ProgramHandle::describe>("describe")});
}

ProgramHandle::ProgramHandle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<ProgramHandle>(info) {
  guarded(info.Env(), [&] {
    // Labels first: reading them may run JavaScript, after which an array may lie elsewhere.
    const Napi::Array names = list(info[2], "labels");
    std::vector<std::string> labels;
    const uint32_t count = names.Length();
    for (uint32_t i = 0; i < count; ++i) {
      const Napi::Value name = names.Get(i);
      require(name.IsString(), "a label that is not a string");
      labels.push_back(name.As<Napi::String>().Utf8Value());
    }
    const Elements<double> tensors = doubles(info[0], "tensors"), calls = doubles(info[1], "calls"),
                           expressions = doubles(info[3], "expressions");
    program_ = std::make_shared<const Program>(tensors.data, tensors.length, calls.data, calls.length,
                                               std::move(labels), expressions.data, expressions.length);
    info.This().As<Napi::Object>().TypeTag(&kTag);
  });
}

std::shared_ptr<const Plan> ProgramHandle::plan(int64_t rows, bool keepAll) {
  require(rows > 0, "a plan for no rows");
  auto& known = plans_[{rows, keepAll}];
  std::shared_ptr<const Plan> plan = known.lock();
  if (!plan) known = plan = std::make_shared<const Plan>(makePlan(*program_, rows, keepAll));
  return plan;
}

Napi::Value ProgramHandle::describe(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const auto plan = this->plan(wholeNumber(info[0], "rows", 1), false);
    Napi::Object result = Napi::Object::New(info.Env());
    Napi::Float64Array offsets = Napi::Float64Array::New(info.Env(), plan->offsets.size());
    for (size_t i = 0; i < plan->offsets.size(); ++i) offsets[i] = static_cast<double>(plan->offsets[i]);
    result.Set("bytes", Napi::Number::New(info.Env(), static_cast<double>(plan->bytes)));
    result.Set("offsets", offsets);
    Napi::Array regions = Napi::Array::New(info.Env(), plan->regions.size());
    for (size_t i = 0; i < plan->regions.size(); ++i) {
      const Region& region = plan->regions[i];
      Napi::Object described = Napi::Object::New(info.Env());
      described.Set("kind", Napi::String::New(info.Env(), kRegionKindNames[static_cast<int>(region.kind)]));
      described.Set("rowBlock", Napi::Number::New(info.Env(), static_cast<double>(region.rowBlock)));
      Napi::Array calls = Napi::Array::New(info.Env(), region.calls.size());
      for (size_t c = 0; c < region.calls.size(); ++c)
        calls.Set(static_cast<uint32_t>(c), Napi::Number::New(info.Env(), static_cast<double>(region.calls[c])));
      described.Set("calls", calls);
      Napi::Array followers = Napi::Array::New(info.Env(), region.followers.size());
      for (size_t c = 0; c < region.followers.size(); ++c)
        followers.Set(static_cast<uint32_t>(c), Napi::Number::New(info.Env(), static_cast<double>(region.followers[c])));
      described.Set("followers", followers);
      regions.Set(static_cast<uint32_t>(i), described);
    }
    result.Set("regions", regions);
    const std::shared_ptr<const LaneLayout> layout = makeLaneLayout(*program_, *plan);
    Napi::Object lanes = Napi::Object::New(info.Env());
    lanes.Set("count", Napi::Number::New(info.Env(), static_cast<double>(activeKernels().laneCount)));
    lanes.Set("serves", Napi::Boolean::New(info.Env(), layout->serves()));
    lanes.Set("against", Napi::String::New(info.Env(), layout->against));
    lanes.Set("pays", Napi::Boolean::New(info.Env(), layout->pays()));
    result.Set("lanes", lanes);
    return result;
  });
}

ProgramHandle* programOf(const Napi::Value& value) {
  require(value.IsObject() && value.As<Napi::Object>().CheckTypeTag(&kTag), "a program was expected");
  return ProgramHandle::Unwrap(value.As<Napi::Object>());
}

Napi::Value tensorValues(Napi::Env env, const Executor& executor, int64_t tensor, int64_t member, int64_t rows) {
  require(tensor >= 0 && tensor < static_cast<int64_t>(executor.program().tensors().size()), "no such tensor");
  require(member >= 0 && member < executor.members(), "no such member");
  const TensorSpec& spec = executor.program().tensors()[tensor];
  const View& view = executor.tensors().view(tensor, member);
  require(rows <= executor.tensors().readableRows(tensor, member), "rows that a tensor lacks");
  Napi::Float64Array result = newDoubles(env, checkedProduct(rows, spec.columns));
  double* values = result.Data();
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < spec.columns; ++c) {
      const int64_t at = r * view.stride + c;
      double value = 0;
      switch (spec.type) {
        case Type::Float32: value = data<float>(&view)[at]; break;
        case Type::Float64: value = data<double>(&view)[at]; break;
        case Type::Int32: value = data<int32_t>(&view)[at]; break;
        case Type::Uint8: value = data<uint8_t>(&view)[at] * view.scale; break;
        // Laid out as their product reads them: no numbers of a row.
        case Type::Bfloat16: require(false, "rows of a tensor that only products read"); break;
      }
      values[r * spec.columns + c] = value;
    }
  }
  return result;
}

}  // namespace deepblas
