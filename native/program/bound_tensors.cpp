#include "program/bound_tensors.h"

#include <algorithm>

#include "core/checked.h"
#include "core/error.h"

namespace deepblas {

namespace {

int64_t requireMembers(int64_t members) {
  require(members > 0, "a run without members");
  return members;
}

// The matrix of one member: all members have the same one, or each its own.
template <typename Slot>
auto& bindingOf(Slot& slot, int64_t member) {
  return slot.size() == 1 ? slot[0] : slot[member];
}

}  // namespace

BoundTensors::BoundTensors(std::shared_ptr<const Program> program, std::shared_ptr<const Plan> plan, Bindings bindings,
                           int64_t members)
    : program_(std::move(program)),
      plan_(std::move(plan)),
      bindings_(std::move(bindings)),
      members_(requireMembers(members)),
      tensorCount_(static_cast<int64_t>(program_->tensors().size())),
      workspace_(static_cast<size_t>(checkedProduct(plan_->bytes, members))),
      accumulators_(checkedProduct(program_->accumulators(), members)) {
  views_.reserve(checkedProduct(members_, tensorCount_));
  for (int64_t m = 0; m < members_; ++m)
    for (int64_t t = 0; t < tensorCount_; ++t) views_.push_back(firstView(t, m));
  for (int64_t t = 0; t < tensorCount_; ++t) {
    const Storage storage = program_->tensors()[t].storage;
    if (storage == Storage::Data || storage == Storage::Order) movingTensors_.push_back(t);
    if (storage == Storage::Data || storage == Storage::WholeData) dataTensors_.push_back(t);
  }
}

size_t BoundTensors::bytes() const {
  return workspace_.bytes() + accumulators_.capacity() * sizeof(double) + views_.capacity() * sizeof(View);
}

View BoundTensors::firstView(int64_t tensor, int64_t member) {
  const TensorSpec& spec = program_->tensors()[tensor];
  View view = {nullptr, spec.rows, spec.columns, spec.stride, spec.panel, spec.type, 1.0f};
  const auto mustBe = [&](bool there, const char* what) {
    if (there) return;
    throw Error("ERR_DEEPBLAS_ARGUMENT",
                program_->userOf(tensor) + ": expected what is there in this recording but it uses " + what + ".");
  };
  const auto inArena = [&](const Memory& memory, const char* what) {
    mustBe(memory.data != nullptr, what);
    view.data = memory.data + member * memory.memberStride + spec.offset;
  };
  switch (spec.storage) {
    case Storage::Workspace:
      if (plan_->offsets[tensor] >= 0) view.data = workspace_.at(member * plan_->bytes + plan_->offsets[tensor]);
      break;
    case Storage::Parameter: inArena(bindings_.parameters, "a parameter"); break;
    case Storage::Gradient: inArena(bindings_.gradients, "a gradient, which only a training has"); break;
    case Storage::State:
      mustBe(spec.slot < static_cast<int64_t>(bindings_.states.size()), "a state that the optimizer has not");
      inArena(bindings_.states[spec.slot], "a state");
      break;
    case Storage::Accumulator:
      view.data = accumulators_.data() + member * program_->accumulators() + spec.offset;
      break;
    case Storage::Data:
    case Storage::WholeData: {
      mustBe(spec.slot < static_cast<int64_t>(bindings_.slots.size()) && !bindings_.slots[spec.slot].empty(),
             "a matrix of data that is not there");
      const Binding& binding = bindingOf(bindings_.slots[spec.slot], member);
      mustBe(binding.type == spec.type, "a matrix of data by another type than it has");
      mustBe(binding.stride >= spec.columns, "a matrix of data with more columns than it has");
      view.data = binding.data;
      // What a batch reads has the batch's rows, however many its matrix has.
      if (spec.storage == Storage::WholeData) view.rows = binding.rows;
      view.stride = binding.stride;
      view.scale = binding.scale;
      break;
    }
    case Storage::Order: view.stride = 1; break;
  }
  return view;
}

void BoundTensors::requireRows(const std::vector<int64_t>& rows) const {
  requireRows(rows, bindings_.slots);
}

void BoundTensors::requireRows(const std::vector<int64_t>& rows, const std::vector<std::vector<Binding>>& slots) const {
  require(static_cast<int64_t>(rows.size()) == members_, "rows of another population");
  for (const TensorSpec& spec : program_->tensors()) {
    if (spec.storage != Storage::Data && spec.storage != Storage::WholeData) continue;
    const auto& slot = slots[spec.slot];
    for (int64_t m = 0; m < members_; ++m) {
      require(rows[m] >= 0 && rows[m] <= bindingOf(slot, m).rows, "more rows than a bound matrix has");
    }
  }
}

void BoundTensors::clearAccumulators() { std::fill(accumulators_.begin(), accumulators_.end(), 0.0); }

void BoundTensors::rebind(int64_t slot, int64_t member, uint8_t* data, int64_t rows) {
  auto& bindings = bindings_.slots[slot];
  Binding& binding = bindingOf(bindings, member);
  binding.data = data;
  binding.rows = rows;
  // No view keeps the place of the matrix before, which may be gone.
  const bool shared = bindings.size() == 1;
  for (int64_t t : dataTensors_) {
    const TensorSpec& spec = program_->tensors()[t];
    if (spec.slot != slot) continue;
    for (int64_t m = shared ? 0 : member; m < (shared ? members_ : member + 1); ++m) {
      View& view = views_[m * tensorCount_ + t];
      view.data = data;
      if (spec.storage == Storage::WholeData) view.rows = rows;
    }
  }
}

void BoundTensors::moveTo(int64_t member, int64_t firstRow, const int32_t* order) {
  for (int64_t t : movingTensors_) {
    const TensorSpec& spec = program_->tensors()[t];
    View& view = views_[member * tensorCount_ + t];
    if (spec.storage == Storage::Order) {
      if (order == nullptr)
        throw Error("ERR_DEEPBLAS_ARGUMENT",
                    program_->userOf(t) + ": expected rows in order, as this run has them, but it reads an order of them.");
      view.data = const_cast<int32_t*>(order) + firstRow;
    } else {
      const Binding& binding = bindingOf(bindings_.slots[spec.slot], member);
      view.data = binding.data + firstRow * binding.stride * bytesOf(binding.type);
    }
  }
}

int64_t BoundTensors::readableRows(int64_t tensor, int64_t member) const {
  const TensorSpec& spec = program_->tensors()[tensor];
  const View& at = view(tensor, member);
  if (at.data == nullptr || !spec.perBatchRow()) return 0;
  if (spec.storage == Storage::Workspace) return plan_->rows;
  if (spec.storage != Storage::Data && spec.storage != Storage::WholeData) return 0;
  // Data moves along from batch to batch.
  const Binding& binding = bindingOf(bindings_.slots[spec.slot], member);
  const int64_t gone = static_cast<uint8_t*>(at.data) - binding.data;
  return binding.rows - gone / (binding.stride * bytesOf(binding.type));
}

}  // namespace deepblas
