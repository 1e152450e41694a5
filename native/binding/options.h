// Reads the option objects that TypeScript gives to runs.
#pragma once

#include <napi.h>

#include <vector>

#include "binding/handles.h"
#include "program/lanes.h"

namespace deepblas {

inline Memory memoryOf(const FloatArena& arena) { return {arena.of(0), arena.length}; }

// Keeps what a run reads alive with the run.
struct Owned {
  std::vector<std::shared_ptr<FloatArena>> arenas;
  std::vector<std::shared_ptr<StoredMatrix>> matrices;
};

// Throws, with the name of the call, where the program uses a range that the arena does not have.
void requireInside(const FloatArena& arena, const Program& program);

// { parameters, gradients?, states?, slots: Matrix[][] }; checks that every arena is long enough for the program.
Bindings readBindings(const Napi::Object& options, const Program& program, int64_t members, Owned& owned);

// One matrix for all members, or one each, per slot.
std::vector<std::vector<Binding>> readSlots(const Napi::Value& slots, int64_t members, Owned& owned);

// A Float64Array, or undefined for none.
std::vector<double> readNumbers(const Napi::Value& numbers, const char* what);

// A Float64Array of whole numbers.
std::vector<int64_t> readWholeNumbers(const Napi::Value& numbers, const char* what, int64_t least = 0);

// { lanes? }: whether members run side by side in the lanes of vectors; left out, where that is faster.
LaneUse readLanes(const Napi::Object& options);

}  // namespace deepblas
