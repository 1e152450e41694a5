#include "program/planner.h"

#include <algorithm>

#include "core/arena.h"
#include "core/checked.h"

namespace deepblas {

namespace {

struct Life {
  int64_t tensor, bytes, first, last;
};

// A life is counted in regions: within one, blocks of rows are at different calls.
std::vector<Life> lives(const Program& program, const std::vector<Region>& regions, int64_t rows, bool keepAll) {
  std::vector<Life> result;
  const int64_t end = static_cast<int64_t>(regions.size());
  for (int64_t t = 0; t < static_cast<int64_t>(program.tensors().size()); ++t) {
    const TensorSpec& spec = program.tensors()[t];
    if (spec.storage != Storage::Workspace) continue;
    const int64_t elements = spec.perBatchRow() ? checkedProduct(rows, spec.stride) : spec.elements;
    const int64_t bytes = checkedProduct(elements, bytesOf(spec.type));
    Life life = {t, static_cast<int64_t>(alignUp(static_cast<size_t>(bytes))), end, -1};
    for (int64_t r = 0; r < end; ++r) {
      for (const auto* calls : {&regions[r].calls, &regions[r].followers}) {
        for (int64_t c : *calls) {
          for (const ArgumentSpec& argument : program.calls()[c].arguments) {
            if (argument.form != ArgumentForm::Tensor || argument.index != t) continue;
            life.first = std::min(life.first, r);
            life.last = r;
          }
        }
      }
    }
    if (keepAll) life.first = 0, life.last = end;
    if (life.last >= 0) result.push_back(life);
  }
  return result;
}

}  // namespace

Plan makePlan(const Program& program, int64_t rows, bool keepAll) {
  Plan plan = {rows, 0, std::vector<int64_t>(program.tensors().size(), -1), keepAll, makeRegions(program, rows)};
  std::vector<Life> waiting = lives(program, plan.regions, rows, keepAll);
  // Large ones first, each at the lowest place that no tensor alive at the same time holds.
  std::stable_sort(waiting.begin(), waiting.end(), [](const Life& a, const Life& b) { return a.bytes > b.bytes; });
  std::vector<Life> placed;
  for (const Life& life : waiting) {
    std::vector<std::pair<int64_t, int64_t>> held;  // begin, end
    for (const Life& other : placed)
      if (other.first <= life.last && life.first <= other.last)
        held.push_back({plan.offsets[other.tensor], plan.offsets[other.tensor] + other.bytes});
    std::sort(held.begin(), held.end());
    int64_t place = 0;
    for (const auto& [begin, end] : held) {
      if (place + life.bytes <= begin) break;
      place = std::max(place, end);
    }
    plan.offsets[life.tensor] = place;
    plan.bytes = std::max(plan.bytes, checkedSum(place, life.bytes));
    placed.push_back(life);
  }
  return plan;
}

}  // namespace deepblas
