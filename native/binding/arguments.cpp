#include "binding/arguments.h"

#include <cmath>

#include "binding/environment.h"

namespace deepblas {

namespace {

[[noreturn]] void refuse(const char* what, const char* expected) {
  throw Error("ERR_DEEPBLAS_INTERNAL", std::string("native contract broken: ") + expected + " was expected for " + what);
}

template <typename Element>
Elements<Element> elementsOf(const Napi::Value& value, napi_typedarray_type type, const char* what,
                             const char* expected) {
  const AnyElements any = anyElements(value, what);
  if (any.type != type) refuse(what, expected);
  return {static_cast<Element*>(any.data), any.length};
}

// Node-API's own way is the faster one, for what V8 always has memory for.
constexpr int64_t kSmallBytes = 1 << 16;

template <typename Array>
Array newArray(Napi::Env env, int64_t count, int64_t bytes, napi_typedarray_type type,
               const Napi::FunctionReference& maker) {
  if (bytes <= kSmallBytes) return Array::New(env, static_cast<size_t>(count));
  try {
    const Napi::Object made = maker.New({Napi::Number::New(env, static_cast<double>(count))});
    // The class is what its global name stood for at load.
    const AnyElements any = anyElements(made, "a new array");
    require(any.type == type && any.length == count, "an array class that was put in place of JavaScript's own");
    return made.As<Array>();
  } catch (const Napi::Error&) {
    throw Error("ERR_DEEPBLAS_MEMORY",
                "Out of memory: a JavaScript array of " + std::to_string(bytes >> 20) + " MiB could not be made");
  }
}

}  // namespace

int64_t wholeNumber(const Napi::Value& value, const char* what, int64_t least, int64_t most) {
  double number = 0;
  const napi_status status = napi_get_value_double(value.Env(), value, &number);
  // Written so that NaN is refused; the bounds come first, as the conversion is undefined outside of them.
  if (status == napi_ok && number >= static_cast<double>(least) && number <= static_cast<double>(most)) {
    const int64_t whole = static_cast<int64_t>(number);
    if (static_cast<double>(whole) == number) return whole;
  }
  throw Error("ERR_DEEPBLAS_INTERNAL", std::string("native contract broken: a whole number from ") +
                                           std::to_string(least) + " to " + std::to_string(most) +
                                           " was expected for " + what);
}

int64_t wholeNumber(const Napi::Object& options, const char* name, int64_t least, int64_t most) {
  return wholeNumber(options.Get(name), name, least, most);
}

double number(const Napi::Value& value, const char* what) {
  double number = 0;
  if (napi_get_value_double(value.Env(), value, &number) != napi_ok || std::isnan(number)) refuse(what, "a number");
  return number;
}

bool boolean(const Napi::Value& value, const char* what) {
  bool truth = false;
  if (napi_get_value_bool(value.Env(), value, &truth) != napi_ok) refuse(what, "a boolean");
  return truth;
}

Napi::Object object(const Napi::Value& value, const char* what) {
  if (!value.IsObject()) refuse(what, "an object");
  return value.As<Napi::Object>();
}

Napi::Array list(const Napi::Value& value, const char* what) {
  if (!value.IsArray()) refuse(what, "an array");
  return value.As<Napi::Array>();
}

AnyElements anyElements(const Napi::Value& value, const char* what) {
  // A kind that Node-API has no name for leaves the type as it is.
  AnyElements any = {static_cast<napi_typedarray_type>(-1), nullptr, 0};
  size_t length = 0;
  const napi_status status =
      napi_get_typedarray_info(value.Env(), value, &any.type, &length, &any.data, nullptr, nullptr);
  if (status != napi_ok) refuse(what, "a typed array");
  any.length = static_cast<int64_t>(length);
  return any;
}

Elements<float> floats(const Napi::Value& value, const char* what) {
  return elementsOf<float>(value, napi_float32_array, what, "a Float32Array");
}

Elements<double> doubles(const Napi::Value& value, const char* what) {
  return elementsOf<double>(value, napi_float64_array, what, "a Float64Array");
}

Elements<int32_t> integers(const Napi::Value& value, const char* what) {
  return elementsOf<int32_t>(value, napi_int32_array, what, "an Int32Array");
}

Napi::Float32Array newFloats(Napi::Env env, int64_t count) {
  return newArray<Napi::Float32Array>(env, count, checkedProduct(count, 4), napi_float32_array,
                                      Environment::of(env).float32Array);
}

Napi::Float64Array newDoubles(Napi::Env env, int64_t count) {
  return newArray<Napi::Float64Array>(env, count, checkedProduct(count, 8), napi_float64_array,
                                      Environment::of(env).float64Array);
}

}  // namespace deepblas
