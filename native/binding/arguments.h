// Reads what JavaScript passes. TypeScript has checked it; what breaks its promise is an error with a code, never a size
// or an address.
#pragma once

#include <napi.h>

#include <string>

#include "core/checked.h"

namespace deepblas {

// Elements of a typed array where they lie. Valid as long as no JavaScript runs; null where there are none.
template <typename Element>
struct Elements {
  Element* data;
  int64_t length;
};

// A number from `least` to `most` without a fraction.
int64_t wholeNumber(const Napi::Value& value, const char* what, int64_t least = 0, int64_t most = kLargestSize);
int64_t wholeNumber(const Napi::Object& options, const char* name, int64_t least = 0, int64_t most = kLargestSize);

// A number that may be anything but NaN.
double number(const Napi::Value& value, const char* what);

bool boolean(const Napi::Value& value, const char* what);

Napi::Object object(const Napi::Value& value, const char* what);
Napi::Array list(const Napi::Value& value, const char* what);

// Float32Array, Float64Array and Int32Array, and no other kind.
Elements<float> floats(const Napi::Value& value, const char* what);
Elements<double> doubles(const Napi::Value& value, const char* what);
Elements<int32_t> integers(const Napi::Value& value, const char* what);

// A typed array of any kind of numbers.
struct AnyElements {
  napi_typedarray_type type;
  void* data;
  int64_t length;
};
AnyElements anyElements(const Napi::Value& value, const char* what);

// New arrays of JavaScript's. Node-API ends the process where V8 has no memory for a large one; these throw.
Napi::Float32Array newFloats(Napi::Env env, int64_t count);
Napi::Float64Array newDoubles(Napi::Env env, int64_t count);

}  // namespace deepblas
