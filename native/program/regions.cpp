#include "program/regions.h"

#include <algorithm>

#include "core/checked.h"
#include "kernels/kernels.h"

namespace deepblas {

namespace {

// What row blocks read in common goes through every core's cache. A call with a larger weight is cut by panels, in a
// region of its own: a core then keeps the panels that it also updates.
constexpr int64_t kSharedBytes = 160 << 10;
// With as many rows as these, tiled calls do not wait for others: what they read is too much memory to keep.
constexpr int64_t kManyRows = 8192;
// Blocks of a row region: enough for many threads, but not so small that starting one costs.
constexpr int64_t kMostBlocks = 16;
constexpr int64_t kSmallestBlock = 16;
constexpr double kBlockNanoseconds = 4000;

struct Use {
  Storage storage;
  int64_t slot, begin, end;
  bool writes, byRows;
};

// Arenas are laid out alike: what stands at one place of each belongs to the same parameter.
bool inArena(Storage storage) {
  return storage == Storage::Parameter || storage == Storage::Gradient || storage == Storage::State;
}

bool overlap(const Use& a, const Use& b) {
  return a.storage == b.storage && a.slot == b.slot && a.begin < b.end && b.begin < a.end;
}

struct Node {
  const CallSpec* call;
  Cut cut;
  std::vector<Use> uses;
  double nanoseconds;
  bool shares;  // the common part is small enough for a row region
  bool gate, updates;
  std::vector<int64_t> after;     // calls that must come first
  std::vector<bool> afterByRows;  // whether each does row by row
  bool rowsWait = false;          // a row-wise call depends on this one, directly or not
  bool tilesWait = false;         // a tiled call does, directly
  bool done = false;
};

Use useOf(const TensorSpec& spec, int64_t tensor, bool writes) {
  if (inArena(spec.storage)) return {spec.storage, spec.slot, spec.offset, spec.offset + spec.elements, writes, false};
  if (spec.storage == Storage::Accumulator) return {spec.storage, 0, spec.offset, spec.offset + 2, writes, false};
  if (spec.storage == Storage::Workspace) return {spec.storage, tensor, 0, 1, writes, spec.perBatchRow()};
  return {Storage::Data, spec.slot, 0, 1, writes, spec.storage == Storage::Data};
}

// The kernel's own estimate, on views without memory.
double costOf(const Program& program, const CallSpec& call, int64_t rows) {
  View views[kMaximumArguments];
  const View* pointers[kMaximumArguments] = {};
  double numbers[kMaximumArguments] = {};
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const ArgumentSpec& argument = call.arguments[i];
    numbers[i] = argument.constant;
    if (argument.form != ArgumentForm::Tensor) continue;
    const TensorSpec& spec = program.tensors()[argument.index];
    views[i] = {nullptr, spec.perBatchRow() ? rows : spec.rows, spec.columns, spec.stride, spec.panel, spec.type, 1.0f};
    pointers[i] = &views[i];
  }
  const Call bound = {pointers, numbers, rows, nullptr};
  return activeKernels()[call.kernel].nanoseconds(bound);
}

Node nodeOf(const Program& program, const CallSpec& call, int64_t rows) {
  const KernelInfo& info = program.info(call);
  Node node = {&call, info.cut, {}, costOf(program, call, rows), true, isGate(call), false, {}, {}};
  int64_t shared = 0;
  for (int i = 0; i < info.argumentCount; ++i) {
    const ArgumentSpec& argument = call.arguments[i];
    if (argument.form != ArgumentForm::Tensor) continue;
    const TensorSpec& spec = program.tensors()[argument.index];
    const bool writes = info.arguments[i].access != Access::Read;
    node.uses.push_back(useOf(spec, argument.index, writes));
    if (writes && (spec.storage == Storage::Parameter || spec.storage == Storage::State)) node.updates = true;
    if (!spec.perBatchRow()) shared = checkedSum(shared, checkedProduct(spec.elements, bytesOf(spec.type)));
  }
  node.shares = shared <= kSharedBytes;
  return node;
}

void connect(std::vector<Node>& nodes) {
  for (size_t j = 0; j < nodes.size(); ++j) {
    for (size_t i = 0; i < j; ++i) {
      bool depends = nodes[i].gate && nodes[j].updates, byRows = !depends;
      for (const Use& first : nodes[i].uses) {
        for (const Use& second : nodes[j].uses) {
          if (!(first.writes || second.writes) || !overlap(first, second)) continue;
          depends = true;
          byRows = byRows && first.byRows && second.byRows;
        }
      }
      if (!depends) continue;
      nodes[j].after.push_back(static_cast<int64_t>(i));
      nodes[j].afterByRows.push_back(byRows);
    }
  }
  for (size_t j = nodes.size(); j-- > 0;) {
    if (nodes[j].cut != Cut::Rows && !nodes[j].rowsWait) continue;
    for (int64_t i : nodes[j].after) nodes[i].rowsWait = true;
  }
  for (const Node& node : nodes)
    if (node.cut == Cut::Tiles)
      for (int64_t i : node.after) nodes[i].tilesWait = true;
}

class Scheduler {
 public:
  Scheduler(const Program& program, int64_t rows) : rows_(rows) {
    for (const CallSpec& call : program.calls()) nodes_.push_back(nodeOf(program, call, rows));
    connect(nodes_);
  }

  std::vector<Region> schedule() {
    // What rows wait for comes before them, what nothing waits for comes last; a gate before all updates.
    while (left() > 0) {
      if (emitWhole([](const Node& node) { return node.rowsWait || node.gate; })) continue;
      if (emitTiles([&](const Node& node) { return node.rowsWait || rows_ >= kManyRows; })) continue;
      if (emitRows()) continue;
      if (emitWide()) continue;
      if (emitWhole([](const Node&) { return true; })) continue;
      // What tiles wait for comes by itself: the others then share a region with these, and an update follows them all.
      if (emitTiles([](const Node& node) { return node.tilesWait; })) continue;
      emitTiles([](const Node&) { return true; });
    }
    return std::move(regions_);
  }

 private:
  int64_t left() const {
    return std::count_if(nodes_.begin(), nodes_.end(), [](const Node& node) { return !node.done; });
  }

  bool ready(const Node& node) const {
    return !node.done &&
           std::all_of(node.after.begin(), node.after.end(), [&](int64_t i) { return nodes_[i].done; });
  }

  void emit(Region::Kind kind, std::vector<int64_t> calls, std::vector<int64_t> followers = {}) {
    Region region = {kind, std::move(calls), std::move(followers), 0, 0};
    for (const auto* list : {&region.calls, &region.followers}) {
      for (int64_t c : *list) {
        nodes_[c].done = true;
        region.nanoseconds += nodes_[c].nanoseconds;
      }
    }
    if (kind == Region::Kind::Rows) {
      const int64_t worth = static_cast<int64_t>(region.nanoseconds / kBlockNanoseconds);
      const int64_t blocks = std::max<int64_t>(1, std::min({worth, kMostBlocks, rows_ / kSmallestBlock}));
      region.rowBlock = (rows_ + blocks - 1) / blocks;
    }
    regions_.push_back(std::move(region));
  }

  template <typename Wanted>
  bool emitWhole(Wanted wanted) {
    for (size_t c = 0; c < nodes_.size(); ++c) {
      if (nodes_[c].cut != Cut::Whole || !ready(nodes_[c]) || !wanted(nodes_[c])) continue;
      emit(Region::Kind::Whole, {static_cast<int64_t>(c)});
      return true;
    }
    return false;
  }

  template <typename Wanted>
  bool emitTiles(Wanted wanted) {
    std::vector<int64_t> calls;
    for (size_t c = 0; c < nodes_.size(); ++c)
      if (tiled(nodes_[c]) && ready(nodes_[c]) && wanted(nodes_[c])) calls.push_back(static_cast<int64_t>(c));
    if (calls.empty()) return false;
    std::vector<int64_t> followers = followersOf(calls);
    emit(Region::Kind::Tiles, std::move(calls), std::move(followers));
    return true;
  }

  static bool tiled(const Node& node) { return node.cut == Cut::Tiles || node.cut == Cut::Elements; }

  // Calls on elements that wait for nothing but these calls: an update in the tile that has just made its gradient.
  std::vector<int64_t> followersOf(const std::vector<int64_t>& calls) const {
    std::vector<int64_t> followers;
    const auto among = [](const std::vector<int64_t>& list, int64_t c) {
      return std::find(list.begin(), list.end(), c) != list.end();
    };
    for (size_t c = 0; c < nodes_.size(); ++c) {
      const Node& node = nodes_[c];
      if (node.done || node.cut != Cut::Elements || among(calls, static_cast<int64_t>(c))) continue;
      if (!atOnePlace(node)) continue;
      bool fits = true, follows = false;
      for (int64_t i : node.after) {
        if (nodes_[i].done) continue;
        fits = fits && (among(followers, i) ? inStep(nodes_[i], node) : among(calls, i) && completes(nodes_[i], node));
        follows = true;
      }
      if (fits && follows && coversAll(node, calls)) followers.push_back(static_cast<int64_t>(c));
    }
    return followers;
  }

  // Whether a range of one arena is the same range of every arena that the call touches. A follower runs on the elements
  // whose gradients a tile has completed, counted from where its first tensor begins.
  static bool atOnePlace(const Node& node) {
    const Use& first = node.uses.front();
    return inArena(first.storage) && std::all_of(node.uses.begin(), node.uses.end(), [&](const Use& use) {
      return !inArena(use.storage) || (use.begin == first.begin && use.end == first.end);
    });
  }

  // Whether the second follower finds what it needs of the first in the elements of the same tile: what they share outside
  // the arenas, each counts from its own place.
  static bool inStep(const Node& first, const Node& second) {
    if (first.uses.front().begin == second.uses.front().begin) return true;
    for (const Use& a : first.uses)
      for (const Use& b : second.uses)
        if ((a.writes || b.writes) && overlap(a, b) && !inArena(a.storage)) return false;
    return true;
  }

  // Whether all that ties the second call to the first are elements that the first one's tiles complete.
  bool completes(const Node& first, const Node& second) const {
    if (activeKernels()[first.call->kernel].completes == nullptr) return false;
    for (const Use& a : first.uses)
      for (const Use& b : second.uses)
        if ((a.writes || b.writes) && overlap(a, b) && !(a.writes && a.storage == Storage::Gradient)) return false;
    return true;
  }

  // Whether no other call makes a part of the gradient that this one reads.
  bool coversAll(const Node& node, const std::vector<int64_t>& calls) const {
    for (const Use& mine : node.uses) {
      if (mine.storage != Storage::Gradient) continue;
      for (size_t c = 0; c < nodes_.size(); ++c) {
        if (nodes_[c].cut == Cut::Elements || std::find(calls.begin(), calls.end(), static_cast<int64_t>(c)) != calls.end())
          continue;
        for (const Use& other : nodes_[c].uses)
          if (other.writes && overlap(mine, other)) return false;
      }
    }
    return true;
  }

  // As many row-wise calls as can follow one another.
  bool emitRows() {
    std::vector<int64_t> chain;
    std::vector<bool> within(nodes_.size());
    for (size_t c = 0; c < nodes_.size(); ++c) {
      const Node& node = nodes_[c];
      if (node.done || node.cut != Cut::Rows || !node.shares) continue;
      bool fits = true;
      for (size_t i = 0; i < node.after.size(); ++i)
        fits = fits && (nodes_[node.after[i]].done || (within[node.after[i]] && node.afterByRows[i]));
      if (!fits) continue;
      chain.push_back(static_cast<int64_t>(c));
      within[c] = true;
    }
    if (chain.empty()) return false;
    emit(Region::Kind::Rows, std::move(chain));
    return true;
  }

  // The first row-wise call whose weight is too large to be read once per block.
  bool emitWide() {
    for (size_t c = 0; c < nodes_.size(); ++c) {
      if (nodes_[c].cut != Cut::Rows || !ready(nodes_[c])) continue;
      emit(Region::Kind::Tiles, {static_cast<int64_t>(c)});
      return true;
    }
    return false;
  }

  int64_t rows_;
  std::vector<Node> nodes_;
  std::vector<Region> regions_;
};

}  // namespace

bool isGate(const CallSpec& call) {
  return call.kernel == KernelId::Accumulate && call.arguments[at::accumulate::gate].constant != 0;
}

std::vector<Region> makeRegions(const Program& program, int64_t rows) { return Scheduler(program, rows).schedule(); }

}  // namespace deepblas
