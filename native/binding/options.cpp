#include "binding/options.h"

#include "binding/arguments.h"
#include "core/error.h"

namespace deepblas {

void requireInside(const FloatArena& arena, const Program& program) {
  if (arena.length >= program.arenaElements()) return;
  for (size_t t = 0; t < program.tensors().size(); ++t) {
    const TensorSpec& spec = program.tensors()[t];
    const bool inArena =
        spec.storage == Storage::Parameter || spec.storage == Storage::Gradient || spec.storage == Storage::State;
    if (!inArena || spec.offset + spec.elements <= arena.length) continue;
    throw Error("ERR_DEEPBLAS_ARGUMENT",
                program.userOf(static_cast<int64_t>(t)) + ": expected a range within the " +
                    std::to_string(arena.length) + " numbers of all parameters but it uses one that ends at " +
                    std::to_string(spec.offset + spec.elements) + ".");
  }
}

namespace {

Memory readArena(const Napi::Value& value, const Program& program, int64_t members, Owned& owned) {
  owned.arenas.push_back(arenaOf(value));
  const FloatArena& arena = *owned.arenas.back();
  requireInside(arena, program);
  require(arena.members >= members, "an arena of fewer members than the run has");
  return memoryOf(arena);
}

}  // namespace

Bindings readBindings(const Napi::Object& options, const Program& program, int64_t members, Owned& owned) {
  Bindings bindings;
  bindings.parameters = readArena(options.Get("parameters"), program, members, owned);
  // Each is read once: a getter may give another thing the next time.
  const Napi::Value gradients = options.Get("gradients"), given = options.Get("states");
  if (gradients.IsObject()) bindings.gradients = readArena(gradients, program, members, owned);
  if (given.IsArray()) {
    const Napi::Array states = given.As<Napi::Array>();
    const uint32_t count = states.Length();
    for (uint32_t i = 0; i < count; ++i)
      bindings.states.push_back(readArena(states.Get(i), program, members, owned));
  }
  bindings.slots = readSlots(options.Get("slots"), members, owned);
  // Only what a pass gives out is written; these are a data set's.
  for (size_t s = 0; s < bindings.slots.size(); ++s) {
    const std::string label = program.writerOf(static_cast<int64_t>(s));
    if (!label.empty()) throw Error("ERR_DEEPBLAS_SHAPE", label + ": expected a tensor of its own to write but it writes the rows given.");
  }
  return bindings;
}

std::vector<std::vector<Binding>> readSlots(const Napi::Value& given, int64_t members, Owned& owned) {
  std::vector<std::vector<Binding>> bound;
  const Napi::Array slots = list(given, "slots");
  const uint32_t count = slots.Length();
  for (uint32_t s = 0; s < count; ++s) {
    const Napi::Array matrices = list(slots.Get(s), "a slot");
    std::vector<Binding> slot;
    const uint32_t size = matrices.Length();
    for (uint32_t i = 0; i < size; ++i) {
      owned.matrices.push_back(matrixOf(matrices.Get(i)));
      slot.push_back(owned.matrices.back()->binding());
    }
    require(slot.size() <= 1 || static_cast<int64_t>(slot.size()) == members, "a slot needs one matrix, or one a member");
    bound.push_back(std::move(slot));
  }
  return bound;
}

std::vector<double> readNumbers(const Napi::Value& numbers, const char* what) {
  if (numbers.IsUndefined()) return {};
  const Elements<double> given = doubles(numbers, what);
  return std::vector<double>(given.data, given.data + given.length);
}

LaneUse readLanes(const Napi::Object& options) {
  const Napi::Value lanes = options.Get("lanes");
  if (lanes.IsUndefined()) return LaneUse::Chosen;
  return boolean(lanes, "lanes") ? LaneUse::Always : LaneUse::Never;
}

std::vector<int64_t> readWholeNumbers(const Napi::Value& numbers, const char* what, int64_t least) {
  const Elements<double> given = doubles(numbers, what);
  std::vector<int64_t> whole;
  whole.reserve(static_cast<size_t>(given.length));
  for (int64_t i = 0; i < given.length; ++i) {
    const double value = given.data[i];
    require(value >= static_cast<double>(least) && value <= static_cast<double>(kLargestSize), what);
    whole.push_back(static_cast<int64_t>(value));
    require(static_cast<double>(whole.back()) == value, what);
  }
  return whole;
}

}  // namespace deepblas
