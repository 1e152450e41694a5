#include <cstring>

#include "binding/environment.h"
#include "binding/guarded.h"
#include "binding/handles.h"
#include "core/finite.h"
#include "core/random.h"
#include "program/streams.h"

namespace deepblas {

namespace {

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
  const int64_t member = info[0].ToNumber().Int64Value(), offset = info[1].ToNumber().Int64Value(),
                rows = info[2].ToNumber().Int64Value(), columns = info[3].ToNumber().Int64Value(),
                panel = info[4].ToNumber().Int64Value();
  require(rows > 0 && columns > 0 && panel >= 0, "an arena place without size");
  const int64_t stored = panel == 0 ? rows * columns : (rows + panel - 1) / panel * panel * columns;
  require(member >= 0 && member < arena.members && offset >= 0 && offset + stored <= arena.length,
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

ArenaHandle::ArenaHandle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<ArenaHandle>(info) {
  guarded(info.Env(), [&] {
    const int64_t length = info[0].ToNumber().Int64Value(), members = info[1].ToNumber().Int64Value();
    require(length > 0 && members > 0, "an arena without size");
    arena_ = std::make_shared<FloatArena>(
        FloatArena{Arena(static_cast<size_t>(length) * static_cast<size_t>(members) * sizeof(float)), length, members});
    Environment::of(info.Env()).adjustMemory(info.Env(), static_cast<int64_t>(arena_->memory.bytes()));
  });
}

void ArenaHandle::Finalize(Napi::Env env) {
  if (arena_) Environment::of(env).adjustMemory(env, -static_cast<int64_t>(arena_->memory.bytes()));
}

void ArenaHandle::fill(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const Place place = placeOf(*arena_, info);
    const int64_t kind = info[5].ToNumber().Int64Value();
    const double a = info[6].ToNumber().DoubleValue(), b = info[7].ToNumber().DoubleValue();
    const RandomKey key = {static_cast<uint64_t>(info[8].ToNumber().Int64Value()), kInitialWeightsStream,
                           static_cast<uint32_t>(info[9].ToNumber().Int64Value())};
    std::vector<float> values(static_cast<size_t>(place.rows * place.columns), static_cast<float>(a));
    if (kind == 1) fillUniform(values.data(), static_cast<int64_t>(values.size()), key, a, b);
    if (kind == 2) fillNormal(values.data(), static_cast<int64_t>(values.size()), key, a, b);
    scatter(place, values.data());
  });
}

Napi::Value ArenaHandle::read(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Place place = placeOf(*arena_, info);
    Napi::Float32Array result = Napi::Float32Array::New(info.Env(), static_cast<size_t>(place.rows * place.columns));
    float* to = result.Data();
    for (int64_t r = 0; r < place.rows; ++r)
      for (int64_t c = 0; c < place.columns; ++c) to[r * place.columns + c] = *place.element(r, c);
    return result;
  });
}

void ArenaHandle::write(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const Place place = placeOf(*arena_, info);
    const auto values = info[5].As<Napi::Float32Array>();
    require(static_cast<int64_t>(values.ElementLength()) == place.rows * place.columns, "values of another size");
    scatter(place, values.Data());
  });
}

void ArenaHandle::copyFrom(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const auto from = arenaOf(info[0]);
    require(from->length == arena_->length, "arenas of different length");
    if (info.Length() == 1) {
      require(from->members == arena_->members, "arenas of different populations");
      std::memcpy(arena_->of(0), from->of(0), sizeof(float) * arena_->length * arena_->members);
      return;
    }
    const int64_t to = info[1].ToNumber().Int64Value(), member = info[2].ToNumber().Int64Value();
    require(to >= 0 && to < arena_->members && member >= 0 && member < from->members, "no such member");
    std::memcpy(arena_->of(to), from->of(member), sizeof(float) * arena_->length);
  });
}

Napi::Value ArenaHandle::isFinite(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const int64_t member = info[0].ToNumber().Int64Value();
    require(member >= 0 && member < arena_->members, "no such member");
    return Napi::Boolean::New(info.Env(), allFinite(arena_->of(member), arena_->length));
  });
}

void ArenaHandle::release(const Napi::CallbackInfo& info) {
  Environment::of(info.Env()).adjustMemory(info.Env(), -static_cast<int64_t>(arena_->memory.bytes()));
  arena_ = std::make_shared<FloatArena>();
}

std::shared_ptr<FloatArena> arenaOf(const Napi::Value& value) {
  require(value.IsObject() &&
              value.As<Napi::Object>().InstanceOf(Environment::of(value.Env()).arena.Value()),
          "an arena was expected");
  return ArenaHandle::Unwrap(value.As<Napi::Object>())->arena();
}

}  // namespace deepblas
