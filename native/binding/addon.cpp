// The module: what JavaScript can name.
#include <napi.h>

#include <limits>

#include "binding/arguments.h"
#include "binding/environment.h"
#include "binding/guarded.h"
#include "binding/handles.h"
#include "blas/gemm.h"
#include "core/arena.h"
#include "core/isa.h"
#include "core/random.h"
#include "core/thread_pool.h"
#include "kernels/kernels.h"
#include "table/line_ends.h"

namespace deepblas {

namespace {

// Words that randomWords gives at once.
constexpr int64_t kMostWords = 1 << 24;

// (inputs, outputs) -> { panel, turned }: how a dense layer's weight is stored, and whether its input gradient wants it turned
Napi::Value weightLayout(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const KernelSet& kernels = activeKernels();
    const int64_t inputs = wholeNumber(info[0], "inputs", 1), outputs = wholeNumber(info[1], "outputs", 1);
    checkedProduct(inputs, outputs);
    Napi::Object result = Napi::Object::New(info.Env());
    result.Set("panel", Napi::Number::New(info.Env(), static_cast<double>(kernels.weightPanel(inputs, outputs))));
    result.Set("turned", Napi::Boolean::New(info.Env(), kernels.turnsWeight(inputs, outputs)));
    return result;
  });
}

// (width) -> panel of an operand of the register tiles
Napi::Value registerPanel(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    return Napi::Number::New(
        info.Env(), static_cast<double>(activeKernels().registerPanel(wholeNumber(info[0], "width", 1))));
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
    result.Set("bfloat16",
               Napi::String::New(env, activeKernels().bfloat16ByInstruction ? "instruction" : "emulated"));
    result.Set("blas", Napi::String::New(env, blas::libraryName()));
    result.Set("openblas", Napi::String::New(env, blas::configuration()));
    result.Set("openblasCore", Napi::String::New(env, blas::coreName()));
    result.Set("openblasLinkage", Napi::String::New(env, blas::linkage()));
    result.Set("threads", Napi::Number::New(env, ThreadPool::instance().threads()));
    result.Set("availableThreads", Napi::Number::New(env, ThreadPool::availableThreads()));
    return result;
  });
}

void setThreads(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    ThreadPool::instance().setThreads(static_cast<int>(wholeNumber(info[0], "threads", 1, kMostThreads)));
  });
}

Napi::Value getThreads(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] { return Napi::Number::New(info.Env(), ThreadPool::instance().threads()); });
}

// Bytes of native memory that the process holds, on all its threads.
Napi::Value memoryInUse(const Napi::CallbackInfo& info) {
  return guarded(info.Env(),
                 [&] { return Napi::Number::New(info.Env(), static_cast<double>(Arena::bytesInUse())); });
}

// (class): what errors are made of from now on, called with a code and a message
void setErrorClass(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    require(info[0].IsFunction(), "a class of errors was expected");
    Environment::of(info.Env()).error = Napi::Persistent(info[0].As<Napi::Function>());
  });
}

// (seed, stream, substream, count) -> Uint32Array: the words of a stream, for holding both generators together
Napi::Value randomWords(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    constexpr int64_t most = std::numeric_limits<uint32_t>::max();
    const RandomKey key = {static_cast<uint64_t>(wholeNumber(info[0], "seed")),
                           static_cast<uint32_t>(wholeNumber(info[1], "stream", 0, most)),
                           static_cast<uint32_t>(wholeNumber(info[2], "substream", 0, most))};
    const int64_t count = wholeNumber(info[3], "count", 0, kMostWords);
    Napi::Uint32Array words = Napi::Uint32Array::New(info.Env(), static_cast<size_t>(count));
    for (size_t i = 0; i < words.ElementLength(); ++i) words[i] = philox(key, i / 4).word[i % 4];
    return words;
  });
}

Elements<char> textBytes(const Napi::Value& value) {
  const AnyElements bytes = anyElements(value, "text");
  require(bytes.type == napi_uint8_array, "bytes of a text");
  return {static_cast<char*>(bytes.data), bytes.length};
}

// (from, to) -> bytes written: the text with line feeds for all its line ends
Napi::Value plainLineEnds(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Elements<char> from = textBytes(info[0]), to = textBytes(info[1]);
    require(to.length >= from.length, "room for a text");
    return Napi::Number::New(info.Env(), static_cast<double>(deepblas::plainLineEnds(from.data, from.length, to.data)));
  });
}

// (text) -> its line feeds
Napi::Value countLineFeeds(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Elements<char> text = textBytes(info[0]);
    return Napi::Number::New(info.Env(), static_cast<double>(deepblas::countLineFeeds(text.data, text.length)));
  });
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  return guarded(env, [&] {
    env.SetInstanceData(new Environment(env));
    activeKernels();  // an unknown DEEPBLAS_ISA is told at load
    exports.Set("Arena", ArenaHandle::define(env));
    exports.Set("Matrix", MatrixHandle::define(env));
    exports.Set("Program", ProgramHandle::define(env));
    exports.Set("Training", TrainingHandle::define(env));
    exports.Set("Pass", PassHandle::define(env));
    exports.Set("Predictor", PredictorHandle::define(env));
    exports.Set("RowReader", RowReaderHandle::define(env));
    exports.Set("weightLayout", Napi::Function::New(env, weightLayout, "weightLayout"));
    exports.Set("registerPanel", Napi::Function::New(env, registerPanel, "registerPanel"));
    exports.Set("plainLineEnds", Napi::Function::New(env, plainLineEnds, "plainLineEnds"));
    exports.Set("countLineFeeds", Napi::Function::New(env, countLineFeeds, "countLineFeeds"));
    exports.Set("info", Napi::Function::New(env, info, "info"));
    exports.Set("setErrorClass", Napi::Function::New(env, setErrorClass, "setErrorClass"));
    exports.Set("setThreads", Napi::Function::New(env, setThreads, "setThreads"));
    exports.Set("getThreads", Napi::Function::New(env, getThreads, "getThreads"));
    exports.Set("memoryInUse", Napi::Function::New(env, memoryInUse, "memoryInUse"));
    exports.Set("randomWords", Napi::Function::New(env, randomWords, "randomWords"));
    return exports;
  });
}

}  // namespace

}  // namespace deepblas

static Napi::Object initializeModule(Napi::Env env, Napi::Object exports) { return deepblas::initialize(env, exports); }

NODE_API_MODULE(deepblas, initializeModule)
