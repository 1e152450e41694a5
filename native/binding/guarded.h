#pragma once

#include <napi.h>

#include <new>

#include "core/error.h"

namespace deepblas {

Napi::Error toJavaScript(Napi::Env env, const std::string& code, const std::string& message);

// Runs body and turns native errors into JavaScript exceptions.
template <typename Body>
auto guarded(Napi::Env env, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const Error& error) {
    throw toJavaScript(env, error.code(), error.what());
  } catch (const std::bad_alloc&) {
    throw toJavaScript(env, "ERR_DEEPBLAS_MEMORY", "Out of memory");
  }
}

}  // namespace deepblas
