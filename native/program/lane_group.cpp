#include "program/lane_group.h"

#include <algorithm>
#include <cstring>

#include "core/checked.h"
#include "core/error.h"

namespace deepblas {

LaneGroup::LaneGroup(std::shared_ptr<const Program> program, std::shared_ptr<const LaneLayout> layout, BoundTensors& tensors)
    : program_(std::move(program)), layout_(std::move(layout)), tensors_(tensors), kernels_(activeKernels()) {
  require(layout_->serves() && kernels_.laneCount <= kMostLanes, "members side by side in a program that cannot have them");
  const Bindings& bindings = tensors_.bindings();
  std::vector<Memory> memories = {bindings.parameters, bindings.gradients};
  memories.insert(memories.end(), bindings.states.begin(), bindings.states.end());
  const size_t lanes = static_cast<size_t>(kernels_.laneCount);
  const size_t arena = alignUp(static_cast<size_t>(layout_->arenaElements) * lanes * sizeof(float));
  memory_ = Arena(static_cast<size_t>(layout_->workspaceBytes) + arena * memories.size());
  for (size_t i = 0; i < memories.size(); ++i)
    held_.push_back({memories[i], reinterpret_cast<float*>(memory_.at(static_cast<size_t>(layout_->workspaceBytes) + i * arena))});
  calls_.reserve(layout_->loads.size() + 2 * layout_->steps.size());
  for (int64_t tensor : layout_->loads) prepareLoad(tensor);
  for (const LaneLayout::Step& step : layout_->steps) {
    prepareCall(program_->calls()[step.call]);
    if (step.next < 0) continue;
    prepareCall(program_->calls()[step.next]);
    calls_.back().byTheWay = true;
  }
}

float* LaneGroup::laneArena(Storage storage, int64_t slot) const {
  const size_t place = storage == Storage::Parameter ? 0 : storage == Storage::Gradient ? 1 : 2 + static_cast<size_t>(slot);
  return held_[place].lanes;
}

View LaneGroup::laneView(int64_t tensor) const {
  const TensorSpec& spec = program_->tensors()[tensor];
  const LaneLayout::Place& place = layout_->places[tensor];
  View view = {nullptr, spec.rows, spec.columns, spec.stride, spec.panel, spec.type, 1.0f};
  if (spec.storage == Storage::Workspace || spec.storage == Storage::Data) {
    view.data = memory_.at(static_cast<size_t>(place.offset));
    view.stride = laneStride(spec);
    if (spec.type == Type::Uint8) view.type = Type::Float32;
    return view;
  }
  view.data = laneArena(spec.storage, spec.slot) + place.offset * kernels_.laneCount;
  // A range of an arena has its elements without padding.
  if (spec.panel == 0 && spec.rows == 1) view.columns = view.stride = place.elements;
  return view;
}

void LaneGroup::prepareCall(const CallSpec& spec) {
  calls_.emplace_back();
  Prepared& call = calls_.back();
  std::memset(call.own, 0, sizeof call.own);
  std::fill(std::begin(call.views), std::end(call.views), nullptr);
  for (auto& views : call.members) std::fill(std::begin(views), std::end(views), nullptr);
  call.kernel = &kernels_.lanes[static_cast<int>(spec.kernel)];
  call.gates = isGate(spec);
  call.expression = nullptr;
  call.byTheWay = false;
  for (int i = 0; i < static_cast<int>(spec.arguments.size()); ++i) {
    const ArgumentSpec& given = spec.arguments[i];
    std::fill(std::begin(call.numbers[i]), std::end(call.numbers[i]), given.constant);
    if (given.form == ArgumentForm::StepNumber) call.stepNumbers.push_back({i, given.index});
    if (given.form == ArgumentForm::Expression) call.expression = &program_->expression(given.index);
    if (given.form != ArgumentForm::Tensor || isUnused(spec, i)) continue;
    if (isOfMember(*program_, spec, i)) {
      call.ofMembers.push_back({i, given.index});
    } else {
      call.own[i] = laneView(given.index);
      call.views[i] = &call.own[i];
    }
  }
}

// As a gather of consecutive rows.
void LaneGroup::prepareLoad(int64_t tensor) {
  CallSpec spec = {KernelId::Gather, "", std::vector<ArgumentSpec>(at::gather::order + 1)};
  prepareCall(spec);
  Prepared& call = calls_.back();
  call.own[at::gather::output] = laneView(tensor);
  call.views[at::gather::output] = &call.own[at::gather::output];
  call.ofMembers.push_back({at::gather::source, tensor});
}

void LaneGroup::open(const int64_t* members, int64_t count) {
  require(open_ == 0 && count > 0 && count <= kernels_.laneCount, "a group of another size");
  std::copy(members, members + count, members_);
  count_ = count;
  open_ = (uint32_t{1} << count) - 1;
  for (Prepared& call : calls_)
    for (const auto& [argument, tensor] : call.ofMembers)
      for (int64_t lane = 0; lane < kernels_.laneCount; ++lane)
        call.members[argument][lane] = lane < count ? &tensors_.view(tensor, members_[lane]) : nullptr;
  for (const Held& held : held_) {
    if (held.memory.data == nullptr) continue;
    for (const LaneLayout::Run& run : layout_->runs) {
      const float* from[kMostLanes] = {};
      for (int64_t lane = 0; lane < count; ++lane) from[lane] = held.memory.data + members_[lane] * held.memory.memberStride + run.from;
      kernels_.packLanes(held.lanes + run.to * kernels_.laneCount, from, run.count);
    }
  }
}

void LaneGroup::show(uint32_t lanes) {
  // Others may be reading what a pass has not changed.
  if (!layout_->changes) return;
  for (const Held& held : held_) {
    if (held.memory.data == nullptr) continue;
    for (const LaneLayout::Run& run : layout_->runs) {
      float* to[kMostLanes] = {};
      for (int64_t lane = 0; lane < count_; ++lane)
        if ((lanes & open_) >> lane & 1) to[lane] = held.memory.data + members_[lane] * held.memory.memberStride + run.from;
      kernels_.unpackLanes(to, held.lanes + run.to * kernels_.laneCount, run.count);
    }
  }
}

void LaneGroup::drop(int64_t lane) {
  show(uint32_t{1} << lane);
  open_ &= ~(uint32_t{1} << lane);
}

void LaneGroup::close() {
  show();
  open_ = 0;
  count_ = 0;
}

// The step's rows, as they are after a gate too.
void LaneGroup::countRows() {
  rows_ = 0;
  for (int64_t lane = 0; lane < kernels_.laneCount; ++lane) {
    active_[lane] = laneRows_[lane] > 0 ? -1 : 0;
    rows_ = std::max<int64_t>(rows_, laneRows_[lane]);
  }
  even_ = std::all_of(laneRows_, laneRows_ + kernels_.laneCount, [&](int32_t rows) { return rows == 0 || rows == rows_; });
}

LaneCall LaneGroup::callOf(const Prepared& call) {
  return {call.views, call.members, call.numbers, rows_, laneRows_, active_, even_, notFinite_, call.expression};
}

uint32_t LaneGroup::step(const MemberStep* steps) {
  for (int64_t lane = 0; lane < kernels_.laneCount; ++lane) {
    const bool takesPart = lane < count_ && (open_ >> lane & 1) != 0 && steps[lane].rows > 0;
    laneRows_[lane] = takesPart ? static_cast<int32_t>(steps[lane].rows) : 0;
    notFinite_[lane] = 0;
    if (!takesPart) continue;
    require(steps[lane].rows <= layout_->rows, "a batch is larger than the plan's capacity");
    tensors_.moveTo(members_[lane], steps[lane].firstRow, steps[lane].order);
    for (Prepared& call : calls_)
      for (const StepNumber& number : call.stepNumbers)
        call.numbers[number.argument][lane] = steps[lane].numbers[number.column];
  }
  countRows();
  uint32_t failed = 0;
  for (size_t i = 0; i < calls_.size() && rows_ > 0; ++i) {
    const Prepared& call = calls_[i];
    LaneCall one = callOf(call);
    if (i + 1 < calls_.size() && calls_[i + 1].byTheWay) {
      const LaneCall next = callOf(calls_[++i]);
      one.next = &next;
      call.kernel->execute(one);
      continue;
    }
    call.kernel->execute(one);
    if (!call.gates) continue;
    for (int64_t lane = 0; lane < count_; ++lane) {
      if (notFinite_[lane] == 0) continue;
      failed |= uint32_t{1} << lane;
      laneRows_[lane] = 0;
    }
    countRows();
  }
  return failed;
}

}  // namespace deepblas
