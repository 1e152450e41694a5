#include <cstring>

#include "binding/arguments.h"
#include "binding/environment.h"
#include "binding/guarded.h"
#include "binding/handles.h"
#include "core/finite.h"
#include "core/random.h"
#include "boundary/streams.h"

namespace deepblas {

namespace {

// By which an arena is known whatever its prototype has become.
constexpr napi_type_tag kTag = {0x6d1f0b5c2e3a4f81, 0x9b7e64c1d2a05e33};
// Random streams of parameters are told apart by 32 bits.
constexpr int64_t kMostParameters = (int64_t{1} << 32) - 1;

// Where a logical tensor lies inside an arena: a plain vector, or a weight in panels.
struct Place {
  float* data;
  int64_t rows, columns, panel;

  float* element(int64_t row, int64_t column) const {
    if (panel == 0) return data + row * columns + column;
    return data + row / panel * columns * panel + column * panel + row % panel;
  }
};

Place placeOf(const FloatArena& arena, const Napi::CallbackInfo& info) {
  const int64_t member = wholeNumber(info[0], "member"), offset = wholeNumber(info[1], "offset"),
                rows = wholeNumber(info[2], "rows", 1), columns = wholeNumber(info[3], "columns", 1),
                panel = wholeNumber(info[4], "panel");
  const int64_t storedRows = panel == 0 ? rows : checkedProduct((checkedSum(rows, panel) - 1) / panel, panel);
  require(member < arena.members && checkedSum(offset, checkedProduct(storedRows, columns)) <= arena.length,
          "a place outside its arena");
  return {arena.of(member) + offset, rows, columns, panel};
}

void scatter(const Place& place, const float* from) {
  if (place.panel == 0) {
    std::memcpy(place.data, from, sizeof(float) * place.rows * place.columns);
    return;
  }
  for (int64_t r = 0; r < place.rows; ++r)
    for (int64_t c = 0; c < place.columns; ++c) *place.element(r, c) = from[r * place.columns + c];
}

}  // namespace

Napi::Function ArenaHandle::define(Napi::Env env) {
  return DefineClass(env, "Arena",
                     {InstanceMethod<&ArenaHandle::fill>("fill"), InstanceMethod<&ArenaHandle::read>("read"),
                      InstanceMethod<&ArenaHandle::write>("write"), InstanceMethod<&ArenaHandle::copyFrom>("copyFrom"),
                      InstanceMethod<&ArenaHandle::isFinite>("isFinite"),
                      InstanceMethod<&ArenaHandle::release>("release")});
}

ArenaHandle::ArenaHandle(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<ArenaHandle>(info) {
  guarded(info.Env(), [&] {
    const int64_t length = wholeNumber(info[0], "length", 1), members = wholeNumber(info[1], "members", 1);
    const int64_t bytes = checkedProduct(length, members, static_cast<int64_t>(sizeof(float)));
    arena_ = std::make_shared<FloatArena>(FloatArena{Arena(static_cast<size_t>(bytes)), length, members});
    info.This().As<Napi::Object>().TypeTag(&kTag);
    hold(info.Env(), static_cast<int64_t>(arena_->memory.bytes()));
  });
}

void ArenaHandle::fill(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const Place place = placeOf(*arena_, info);
    const auto filling = static_cast<Filling>(wholeNumber(info[5], "filling", 0, kFillings - 1));
    const double a = number(info[6], "a"), b = number(info[7], "b");
    const RandomKey key = {static_cast<uint64_t>(wholeNumber(info[8], "seed")), kInitialWeightsStream,
                           static_cast<uint32_t>(wholeNumber(info[9], "index", 0, kMostParameters))};
    std::vector<float> values(static_cast<size_t>(place.rows * place.columns), static_cast<float>(a));
    if (filling == Filling::Uniform) fillUniform(values.data(), static_cast<int64_t>(values.size()), key, a, b);
    if (filling == Filling::Normal) fillNormal(values.data(), static_cast<int64_t>(values.size()), key, a, b);
    scatter(place, values.data());
  });
}

Napi::Value ArenaHandle::read(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Place place = placeOf(*arena_, info);
    Napi::Float32Array result = newFloats(info.Env(), place.rows * place.columns);
    float* to = result.Data();
    for (int64_t r = 0; r < place.rows; ++r)
      for (int64_t c = 0; c < place.columns; ++c) to[r * place.columns + c] = *place.element(r, c);
    return result;
  });
}

void ArenaHandle::write(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const Place place = placeOf(*arena_, info);
    const Elements<float> values = floats(info[5], "values");
    require(values.length == place.rows * place.columns, "values of another size");
    scatter(place, values.data);
  });
}

void ArenaHandle::copyFrom(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const auto from = arenaOf(info[0]);
    require(from->length == arena_->length, "arenas of different length");
    if (info.Length() == 1) {
      require(from->members == arena_->members, "arenas of different populations");
      std::memmove(arena_->of(0), from->of(0), sizeof(float) * arena_->length * arena_->members);
      return;
    }
    const int64_t to = wholeNumber(info[1], "member"), member = wholeNumber(info[2], "member of the other arena");
    require(to < arena_->members && member < from->members, "no such member");
    std::memmove(arena_->of(to), from->of(member), sizeof(float) * arena_->length);
  });
}

Napi::Value ArenaHandle::isFinite(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const int64_t member = wholeNumber(info[0], "member");
    require(member < arena_->members, "no such member");
    return Napi::Boolean::New(info.Env(), allFinite(arena_->of(member), arena_->length));
  });
}

void ArenaHandle::release(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    letGo(info.Env());
    arena_ = std::make_shared<FloatArena>();
  });
}

std::shared_ptr<FloatArena> arenaOf(const Napi::Value& value) {
  require(value.IsObject() && value.As<Napi::Object>().CheckTypeTag(&kTag), "an arena was expected");
  return ArenaHandle::Unwrap(value.As<Napi::Object>())->arena();
}

}  // namespace deepblas
