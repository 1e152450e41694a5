#include "program/planner.h"

#include <algorithm>

#include "core/arena.h"
#include "core/checked.h"

namespace deepblas {

namespace {

struct Life {
  int64_t tensor, bytes, first, last;
};

bool isRowsOfWorkspace(const TensorSpec& spec) { return spec.storage == Storage::Workspace && spec.perBatchRow(); }

bool alike(const TensorSpec& a, const TensorSpec& b) {
  return a.type == b.type && a.columns == b.columns && a.stride == b.stride;
}

// Which tensor each one's place is: that of one whose last row-wise reader writes it in place, or its own. What has just been
// read is still near; another place would be fetched only to be written.
class Heirs {
 public:
  Heirs(const Program& program, const std::vector<Region>& regions) : program_(program), uses_(program.tensors().size()) {
    owners_.resize(uses_.size());
    for (size_t t = 0; t < owners_.size(); ++t) owners_[t] = static_cast<int64_t>(t);
    int64_t position = 0;
    forCalls(regions, [&](const CallSpec& call, Region::Kind) {
      for (const ArgumentSpec& argument : call.arguments)
        if (argument.form == ArgumentForm::Tensor) uses_[argument.index].note(position);
      ++position;
    });
    position = 0;
    forCalls(regions, [&](const CallSpec& call, Region::Kind kind) {
      if (kind == Region::Kind::Rows) inherit(call, position);
      ++position;
    });
  }

  const std::vector<int64_t>& owners() const { return owners_; }

 private:
  struct Uses {
    int64_t first = -1, last = -1;
    void note(int64_t position) {
      if (first < 0) first = position;
      last = position;
    }
  };

  template <typename Body>
  void forCalls(const std::vector<Region>& regions, Body body) const {
    for (const Region& region : regions)
      for (const auto* calls : {&region.calls, &region.followers})
        for (int64_t c : *calls) body(program_.calls()[c], region.kind);
  }

  // In a region of rows every call before this one has done with the rows of a block when the call comes to them.
  void inherit(const CallSpec& call, int64_t position) {
    const KernelInfo& info = program_.info(call);
    if (!info.inPlace) return;
    int64_t written = -1, writes = 0;
    for (size_t i = 0; i < call.arguments.size(); ++i) {
      if (call.arguments[i].form != ArgumentForm::Tensor || info.arguments[i].access == Access::Read) continue;
      ++writes;
      if (info.arguments[i].access == Access::Write) written = call.arguments[i].index;
    }
    if (writes != 1 || written < 0 || uses_[written].first != position) return;
    const TensorSpec& to = program_.tensors()[written];
    if (!isRowsOfWorkspace(to)) return;
    for (size_t i = 0; i < call.arguments.size(); ++i) {
      if (call.arguments[i].form != ArgumentForm::Tensor || info.arguments[i].access != Access::Read) continue;
      const int64_t read = call.arguments[i].index;
      const TensorSpec& from = program_.tensors()[read];
      if (!isRowsOfWorkspace(from) || !alike(from, to) || uses_[read].last != position) continue;
      owners_[written] = owners_[read];
      return;
    }
  }

  const Program& program_;
  std::vector<Uses> uses_;
  std::vector<int64_t> owners_;
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

// One life of each place: from its owner's first use to its last heir's last.
std::vector<Life> joined(const std::vector<Life>& lives, const std::vector<int64_t>& owners) {
  std::vector<Life> result;
  for (const Life& life : lives)
    if (owners[life.tensor] == life.tensor) result.push_back(life);
  for (const Life& life : lives) {
    for (Life& owner : result) {
      if (owner.tensor != owners[life.tensor]) continue;
      owner.first = std::min(owner.first, life.first);
      owner.last = std::max(owner.last, life.last);
    }
  }
  return result;
}

}  // namespace

Plan makePlan(const Program& program, int64_t rows, bool keepAll) {
  Plan plan = {rows, 0, std::vector<int64_t>(program.tensors().size(), -1), keepAll, makeRegions(program, rows)};
  std::vector<Life> waiting = lives(program, plan.regions, rows, keepAll);
  std::vector<int64_t> owners;
  if (!keepAll) {
    owners = Heirs(program, plan.regions).owners();
    waiting = joined(waiting, owners);
  }
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
  for (size_t t = 0; t < owners.size(); ++t) plan.offsets[t] = plan.offsets[owners[t]];
  return plan;
}

}  // namespace deepblas
