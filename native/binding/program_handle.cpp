#include "binding/environment.h"
#include "binding/guarded.h"
#include "binding/handles.h"

namespace deepblas {

Napi::Function ProgramHandle::define(Napi::Env env) {
  return DefineClass(env, "Program", {InstanceMethod<&ProgramHandle::describe>("describe")});
}

ProgramHandle::ProgramHandle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<ProgramHandle>(info) {
  guarded(info.Env(), [&] {
    const auto tensors = info[0].As<Napi::Float64Array>();
    const auto calls = info[1].As<Napi::Float64Array>();
    const auto names = info[2].As<Napi::Array>();
    const auto expressions = info[3].As<Napi::Float64Array>();
    std::vector<std::string> labels;
    for (uint32_t i = 0; i < names.Length(); ++i) labels.push_back(names.Get(i).ToString().Utf8Value());
    program_ = std::make_shared<const Program>(tensors.Data(), static_cast<int64_t>(tensors.ElementLength()),
                                               calls.Data(), static_cast<int64_t>(calls.ElementLength()),
                                               std::move(labels), expressions.Data(),
                                               static_cast<int64_t>(expressions.ElementLength()));
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
    const auto plan = this->plan(info[0].ToNumber().Int64Value(), false);
    Napi::Object result = Napi::Object::New(info.Env());
    Napi::Float64Array offsets = Napi::Float64Array::New(info.Env(), plan->offsets.size());
    for (size_t i = 0; i < plan->offsets.size(); ++i) offsets[i] = static_cast<double>(plan->offsets[i]);
    result.Set("bytes", Napi::Number::New(info.Env(), static_cast<double>(plan->bytes)));
    result.Set("offsets", offsets);
    Napi::Array regions = Napi::Array::New(info.Env(), plan->regions.size());
    for (size_t i = 0; i < plan->regions.size(); ++i) {
      const Region& region = plan->regions[i];
      Napi::Object described = Napi::Object::New(info.Env());
      const char* const kinds[] = {"rows", "tiles", "whole"};
      described.Set("kind", Napi::String::New(info.Env(), kinds[static_cast<int>(region.kind)]));
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
    return result;
  });
}

ProgramHandle* programOf(const Napi::Value& value) {
  require(value.IsObject() && value.As<Napi::Object>().InstanceOf(Environment::of(value.Env()).program.Value()),
          "a program was expected");
  return ProgramHandle::Unwrap(value.As<Napi::Object>());
}

Napi::Value tensorValues(Napi::Env env, const Executor& executor, int64_t tensor, int64_t member, int64_t rows) {
  require(tensor >= 0 && tensor < static_cast<int64_t>(executor.program().tensors().size()), "no such tensor");
  require(member >= 0 && member < executor.members(), "no such member");
  const TensorSpec& spec = executor.program().tensors()[tensor];
  const View& view = executor.view(tensor, member);
  require(view.data != nullptr && spec.perBatchRow(), "a tensor without rows to read");
  Napi::Float64Array result = Napi::Float64Array::New(env, static_cast<size_t>(rows * spec.columns));
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
      }
      values[r * spec.columns + c] = value;
    }
  }
  return result;
}

}  // namespace deepblas
