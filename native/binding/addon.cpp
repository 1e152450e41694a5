// The module: what JavaScript can name.
#include <napi.h>

#include "binding/environment.h"
#include "binding/guarded.h"
#include "binding/handles.h"
#include "blas/gemm.h"
#include "core/isa.h"
#include "core/random.h"
#include "core/thread_pool.h"
#include "kernels/kernels.h"

namespace deepblas {

namespace {

// (inputs, outputs) -> { panel, byBlas }: how a dense layer's weight is stored
Napi::Value weightLayout(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const KernelSet& kernels = activeKernels();
    const int64_t panel =
        kernels.weightPanel(info[0].ToNumber().Int64Value(), info[1].ToNumber().Int64Value());
    Napi::Object result = Napi::Object::New(info.Env());
    result.Set("panel", Napi::Number::New(info.Env(), static_cast<double>(panel)));
    result.Set("byBlas", Napi::Boolean::New(info.Env(), kernels.usesBlas(panel)));
    return result;
  });
}

// (width) -> panel of an operand of the register tiles
Napi::Value registerPanel(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    return Napi::Number::New(
        info.Env(), static_cast<double>(activeKernels().registerPanel(info[0].ToNumber().Int64Value())));
  });
}

Napi::Value info(const Napi::CallbackInfo& call) {
  return guarded(call.Env(), [&]() -> Napi::Value {
    const Napi::Env env = call.Env();
    Napi::Object result = Napi::Object::New(env);
    Napi::Array isas = Napi::Array::New(env);
    for (Isa isa : runnableIsas()) isas.Set(isas.Length(), Napi::String::New(env, isaName(isa)));
    result.Set("instructionSet", Napi::String::New(env, activeKernels().name));
    result.Set("instructionSets", isas);
    result.Set("openblas", Napi::String::New(env, blas::configuration()));
    result.Set("openblasCore", Napi::String::New(env, blas::coreName()));
    result.Set("openblasLinkage", Napi::String::New(env, blas::linkage()));
    result.Set("threads", Napi::Number::New(env, ThreadPool::instance().threads()));
    result.Set("availableThreads", Napi::Number::New(env, ThreadPool::availableThreads()));
    return result;
  });
}

void setThreads(const Napi::CallbackInfo& info) {
  ThreadPool::instance().setThreads(info[0].ToNumber().Int32Value());
}

Napi::Value getThreads(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), ThreadPool::instance().threads());
}

// (seed, stream, substream, count) -> Uint32Array: the words of a stream, for holding both generators together
Napi::Value randomWords(const Napi::CallbackInfo& info) {
  const RandomKey key = {static_cast<uint64_t>(info[0].ToNumber().Int64Value()),
                         static_cast<uint32_t>(info[1].ToNumber().Int64Value()),
                         static_cast<uint32_t>(info[2].ToNumber().Int64Value())};
  Napi::Uint32Array words = Napi::Uint32Array::New(info.Env(), static_cast<size_t>(info[3].ToNumber().Int64Value()));
  for (size_t i = 0; i < words.ElementLength(); ++i) words[i] = philox(key, i / 4).word[i % 4];
  return words;
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  auto* environment = new Environment(env);
  env.SetInstanceData(environment);
  return guarded(env, [&] {
    activeKernels();  // an unknown DEEPBLAS_ISA is told at load
    const Napi::Function arena = ArenaHandle::define(env), matrix = MatrixHandle::define(env),
                         program = ProgramHandle::define(env);
    environment->arena = Napi::Persistent(arena);
    environment->matrix = Napi::Persistent(matrix);
    environment->program = Napi::Persistent(program);
    exports.Set("Arena", arena);
    exports.Set("Matrix", matrix);
    exports.Set("Program", program);
    exports.Set("Training", TrainingHandle::define(env));
    exports.Set("Pass", PassHandle::define(env));
    exports.Set("Predictor", PredictorHandle::define(env));
    exports.Set("weightLayout", Napi::Function::New(env, weightLayout, "weightLayout"));
    exports.Set("registerPanel", Napi::Function::New(env, registerPanel, "registerPanel"));
    exports.Set("info", Napi::Function::New(env, info, "info"));
    exports.Set("setThreads", Napi::Function::New(env, setThreads, "setThreads"));
    exports.Set("getThreads", Napi::Function::New(env, getThreads, "getThreads"));
    exports.Set("randomWords", Napi::Function::New(env, randomWords, "randomWords"));
    return exports;
  });
}

}  // namespace

}  // namespace deepblas

static Napi::Object initializeModule(Napi::Env env, Napi::Object exports) { return deepblas::initialize(env, exports); }

NODE_API_MODULE(deepblas, initializeModule)
