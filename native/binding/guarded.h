#pragma once

#include <napi.h>

#include <exception>
#include <new>
#include <stdexcept>
#include <string>

#include "core/error.h"

namespace deepblas {

struct CodedMessage {
  const char* code = nullptr;  // without one, nothing has failed
  std::string message;
};

// What the exception in flight is called in JavaScript. Only within a catch block. Without memory for a longer message it
// is one that needs none.
inline CodedMessage codedMessage() noexcept try {
  try {
    throw;
  } catch (const Error& error) {
    return {error.code(), error.what()};
  } catch (const std::bad_alloc&) {
    return {"ERR_DEEPBLAS_MEMORY", "Out of memory"};
  } catch (const std::length_error&) {
    // A container was asked for more elements than it can ever hold.
    return {"ERR_DEEPBLAS_MEMORY", "Out of memory: more elements than a container can hold"};
  } catch (const std::exception& error) {
    return {"ERR_DEEPBLAS_INTERNAL", error.what()};
  } catch (...) {
    return {"ERR_DEEPBLAS_INTERNAL", "an exception of an unknown kind"};
  }
} catch (...) {
  return {"ERR_DEEPBLAS_MEMORY", "Out of memory"};
}

// An error of the class that TypeScript has given, else a plain one.
Napi::Error toJavaScript(Napi::Env env, const CodedMessage& told);
// For a promise: TypeScript makes the error anew, with the stack of the call that started the job.
Napi::Error plainError(Napi::Env env, const CodedMessage& told);

// Runs body and turns every native exception into a JavaScript one: none may leave a callback of Node-API's.
template <typename Body>
auto guarded(Napi::Env env, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    throw toJavaScript(env, codedMessage());
  }
}

// Runs body where nobody can be told of an exception: in what Node calls by itself, which ends the process if one
// leaves it. A worker that is being terminated runs no JavaScript any more, so there nobody waits for an answer.
template <typename Body>
void contained(Body body) noexcept {
  try {
    body();
  } catch (...) {
  }
}

}  // namespace deepblas
