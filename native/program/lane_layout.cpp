#include "program/lane_layout.h"

#include <algorithm>
#include <cmath>

#include "core/arena.h"
#include "core/checked.h"
#include "kernels/kernels.h"

namespace deepblas {

namespace {

// A larger group would not stay in a core's second-level cache.
constexpr int64_t kMostBytes = 3 << 19;
// Above this nobody would want lanes.
constexpr int64_t kLargestArenaBytes = 64 << 20;

bool inArena(Storage storage) {
  return storage == Storage::Parameter || storage == Storage::Gradient || storage == Storage::State;
}

// Time side by side goes with the elements that there are, time one by one with those that are stored, padding included: lines
// through what was measured with Adam and batches of 32 rows for AVX-512, AVX2 and the baseline
// (docs/adr/0021-members-in-lanes.md).
double shareOf(int64_t lanes, int64_t elements, int64_t storedElements) {
  const double together = static_cast<double>(elements), stored = static_cast<double>(storedElements);
  if (lanes >= 16) return (96 + together) / (250 + 1.055 * stored);
  if (lanes >= 8) return (93 + together) / (230 + 0.89 * stored);
  return (72 + together) / (120 + 1.19 * stored);
}

// A pass has long batches: calls cost nothing there, and products fill a vector by rows. What members side by side are faster at is
// rows of few outputs, whose softmax, loss and metrics are taken row by row one by one. The largest share that was measured with
// 2 to 16 outputs.
constexpr int64_t kMostPassBytes = 4 * kMostBytes, kMostOutputs = 16;
double shareOfPass(int64_t lanes, int64_t outputs) {
  if (outputs < 2 || outputs > kMostOutputs) return 1;
  return lanes >= 16 ? 0.75 : LaneLayout::kMostShare;
}

class Layouter {
 public:
  Layouter(const Program& program, const Plan& plan) : program_(program), plan_(plan), lanes_(activeKernels().laneCount) {}

  LaneLayout make() {
    // Before anything is made for every element of an arena.
    layout_.small = checkedProduct(program_.arenaElements(), 4 * lanes_) <= kLargestArenaBytes;
    if (!layout_.small) return std::move(layout_);
    layout_.rows = plan_.rows;
    layout_.places.resize(program_.tensors().size());
    for (const Region& region : plan_.regions)
      for (const auto* calls : {&region.calls, &region.followers})
        for (int64_t call : *calls) addStep(call);
    findArenaElements();
    for (const CallSpec& call : program_.calls()) layout_.changes = layout_.changes || writes(call, inArena);
    for (const CallSpec& call : program_.calls()) {
      if (fits(call)) continue;
      layout_.against = call.label.empty() ? "a call without a label" : call.label;
      break;
    }
    const int64_t bytes = layout_.arenaElements * (2 + program_.states()) * lanes_ * 4 + layout_.workspaceBytes;
    if (layout_.changes && bytes <= kMostBytes)
      layout_.share = shareOf(lanes_, layout_.arenaElements, program_.arenaElements());
    if (!layout_.changes && bytes <= kMostPassBytes) layout_.share = shareOfPass(lanes_, lastOutputs());
    return std::move(layout_);
  }

 private:
  template <typename Body>
  void forTensors(const CallSpec& call, Body body) const {
    for (int i = 0; i < static_cast<int>(call.arguments.size()); ++i)
      if (call.arguments[i].form == ArgumentForm::Tensor) body(i, program_.tensors()[call.arguments[i].index]);
  }

  void addStep(int64_t call) {
    const CallSpec& spec = program_.calls()[call];
    if (spec.kernel == KernelId::TransposeWeight) return;
    if (!layout_.steps.empty() && continues(program_.calls()[layout_.steps.back().call], spec))
      layout_.steps.back().next = call;
    else
      layout_.steps.push_back({call});
  }

  // Whether the second call takes an input gradient, which nothing else reads, through an activation.
  bool continues(const CallSpec& first, const CallSpec& second) const {
    if (first.kernel != KernelId::DenseBackwardInput || second.kernel != KernelId::ActivationBackward) return false;
    const int64_t tensor = first.arguments[at::denseBackwardInput::inputGradient].index;
    int64_t uses = 0;
    for (const CallSpec& call : program_.calls())
      for (const ArgumentSpec& argument : call.arguments)
        uses += argument.form == ArgumentForm::Tensor && argument.index == tensor;
    return second.arguments[at::activationBackward::outputGradient].index == tensor && uses == 2;
  }

  // Columns of what the last dense layer gives.
  int64_t lastOutputs() const {
    int64_t columns = 0;
    for (const CallSpec& call : program_.calls())
      if (call.kernel == KernelId::DenseForward)
        columns = program_.tensors()[call.arguments[at::denseForward::output].index].columns;
    return columns;
  }

  // Whether a call goes over ranges of arenas, whatever the shapes in them. A map that gives the workspace something has the
  // shapes of that.
  bool overRanges(const CallSpec& call) const {
    if (program_.info(call).cut != Cut::Elements) return false;
    return call.kernel != KernelId::MapElements || !writes(call, [](Storage storage) { return !inArena(storage); });
  }

  // What a call over ranges touches does not count: an optimizer goes over padding too, and leaves it zero.
  void findArenaElements() {
    std::vector<char> used(program_.arenaElements());
    for (const CallSpec& call : program_.calls()) {
      if (overRanges(call)) continue;
      forTensors(call, [&](int, const TensorSpec& spec) {
        if (inArena(spec.storage)) markUsed(spec, used.data() + spec.offset);
      });
    }
    rank_.assign(used.size() + 1, 0);
    for (size_t e = 0; e < used.size(); ++e) {
      rank_[e + 1] = rank_[e] + used[e];
      if (!used[e]) continue;
      auto& runs = layout_.runs;
      if (runs.empty() || runs.back().from + runs.back().count != static_cast<int64_t>(e))
        runs.push_back({static_cast<int64_t>(e), rank_[e], 0});
      ++runs.back().count;
    }
    layout_.arenaElements = rank_.back();
  }

  static void markUsed(const TensorSpec& spec, char* used) {
    if (spec.panel == 0) return void(std::fill(used, used + spec.rows * spec.columns, 1));
    for (int64_t output = 0; output < spec.rows; ++output) {
      char* first = used + output / spec.panel * spec.panel * spec.columns + output % spec.panel;
      for (int64_t input = 0; input < spec.columns; ++input) first[input * spec.panel] = 1;
    }
  }

  bool fits(const CallSpec& call) {
    const LaneKernel& kernel = activeKernels().lanes[static_cast<int>(call.kernel)];
    if (kernel.execute == nullptr) return false;
    // Outputs go to each member's own matrix, which no lane has.
    if (writes(call, [](Storage storage) { return storage == Storage::Data; })) return false;
    View views[kMaximumArguments];
    const View* pointers[kMaximumArguments] = {};
    double numbers[kMaximumArguments] = {};
    bool fit = true;
    for (size_t i = 0; i < call.arguments.size(); ++i) numbers[i] = call.arguments[i].constant;
    forTensors(call, [&](int i, const TensorSpec& spec) {
      views[i] = {nullptr, spec.perBatchRow() ? plan_.rows : spec.rows, spec.columns, spec.stride, spec.panel, spec.type, 1.0f};
      pointers[i] = &views[i];
      if (!isOfMember(program_, call, i)) fit = fit && (isUnused(call, i) || place(call, call.arguments[i].index, spec));
    });
    if (!fit) return false;
    const Expression* expression = nullptr;
    for (const ArgumentSpec& given : call.arguments)
      if (given.form == ArgumentForm::Expression) expression = &program_.expression(given.index);
    return kernel.serves == nullptr || kernel.serves({pointers, numbers, plan_.rows, nullptr, expression});
  }

  // Whether a call writes a tensor of such a storage.
  bool writes(const CallSpec& call, bool (*isSuch)(Storage)) const {
    const KernelInfo& info = program_.info(call);
    bool found = false;
    forTensors(call, [&](int i, const TensorSpec& spec) {
      found = found || (isSuch(spec.storage) && info.arguments[i].access != Access::Read);
    });
    return found;
  }

  // Gives a tensor its place, at its first use. False for one that has no lane form.
  bool place(const CallSpec& call, int64_t tensor, const TensorSpec& spec) {
    LaneLayout::Place& at = layout_.places[tensor];
    if (inArena(spec.storage)) {
      at = {rank_[spec.offset], rank_[spec.offset + spec.elements] - rank_[spec.offset]};
      // As many as the shape has, or the panels would not be where kernels look for them.
      const bool shaped = !overRanges(call) || spec.panel > 0;
      return spec.type == Type::Float32 && (!shaped || at.elements == spec.rows * spec.columns);
    }
    if (at.offset >= 0) return true;
    if (spec.storage == Storage::Data) layout_.loads.push_back(tensor);
    else if (spec.storage != Storage::Workspace) return false;
    const int64_t bytes = bytesPerLane(spec);
    if (bytes < 0) return false;
    at.offset = layout_.workspaceBytes;
    layout_.workspaceBytes = checkedSum(at.offset, static_cast<int64_t>(alignUp(checkedProduct(bytes, lanes_))));
    return true;
  }

  // Of a tensor in the workspace; negative for one that has no lane form.
  int64_t bytesPerLane(const TensorSpec& spec) const {
    if (spec.panel > 0) return -1;
    const int64_t rows = spec.perBatchRow() ? plan_.rows : spec.rows;
    if (spec.type == Type::Float64) return spec.columns == 1 ? checkedProduct(rows, 8) : -1;
    // Bytes of data become floats.
    if (spec.type == Type::Uint8 && spec.storage != Storage::Data) return -1;
    return checkedProduct(rows, laneStride(spec), 4);
  }

  const Program& program_;
  const Plan& plan_;
  const int64_t lanes_;
  LaneLayout layout_;
  std::vector<int64_t> rank_;  // used elements before each
};

}  // namespace

int64_t laneStride(const TensorSpec& spec) { return spec.columns > 1 ? spec.columns | 1 : 1; }

int64_t LaneLayout::groupCost() const {
  return static_cast<int64_t>(std::ceil(share * static_cast<double>(activeKernels().laneCount)));
}

bool isUnused(const CallSpec& call, int argument) {
  return (call.kernel == KernelId::TransposeWeight && argument == at::transposeWeight::output) ||
         (call.kernel == KernelId::DenseBackwardInput && argument == at::denseBackwardInput::weightTransposed);
}

bool isOfMember(const Program& program, const CallSpec& call, int argument) {
  const Storage storage = program.tensors()[call.arguments[argument].index].storage;
  if (call.kernel == KernelId::Gather && argument != at::gather::output) return true;
  return storage == Storage::Accumulator;
}

std::shared_ptr<const LaneLayout> makeLaneLayout(const Program& program, const Plan& plan) {
  return std::make_shared<const LaneLayout>(Layouter(program, plan).make());
}

}  // namespace deepblas
