#include "program/executor.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/error.h"
#include "core/thread_pool.h"

namespace deepblas {

namespace {

// Below this a call runs on the calling thread: opening a region costs under a microsecond, and as much again in
// cache lines that change their core.
constexpr double kParallelNanoseconds = 8000;

int64_t tilesAlong(int64_t extent, int64_t tile) { return (extent + tile - 1) / tile; }

Tile wholeTile(const Axes& axes) { return {0, axes.first, 0, axes.second}; }

Tile tileAt(const Axes& axes, int64_t firstTiles, int64_t index) {
  const int64_t first = index % firstTiles * axes.firstTile, second = index / firstTiles * axes.secondTile;
  return {first, std::min(first + axes.firstTile, axes.first), second, std::min(second + axes.secondTile, axes.second)};
}

}  // namespace

Executor::Executor(std::shared_ptr<const Program> program, std::shared_ptr<const Plan> plan, Bindings bindings,
                   int64_t members)
    : program_(std::move(program)),
      plan_(std::move(plan)),
      bindings_(std::move(bindings)),
      members_(members),
      tensorCount_(static_cast<int64_t>(program_->tensors().size())),
      workspace_(static_cast<size_t>(plan_->bytes * members)),
      accumulators_(program_->accumulators() * members),
      notFinite_(members),
      microseconds_(program_->calls().size()),
      tiles_(members) {
  prepare();
}

void Executor::prepare() {
  require(static_cast<int64_t>(bindings_.slots.size()) >= program_->slots(), "a bound matrix is missing");
  require(static_cast<int64_t>(bindings_.states.size()) >= program_->states(), "an optimizer state is missing");
  views_.resize(members_ * tensorCount_);
  for (int64_t m = 0; m < members_; ++m) {
    for (int64_t t = 0; t < tensorCount_; ++t) {
      const TensorSpec& spec = program_->tensors()[t];
      View view = {nullptr, spec.rows, spec.columns, spec.stride, spec.panel, spec.type, 1.0f};
      const auto inArena = [&](const Memory& memory) {
        require(memory.data != nullptr, "a program's arena is not bound");
        view.data = memory.data + m * memory.memberStride + spec.offset;
      };
      switch (spec.storage) {
        case Storage::Workspace:
          if (plan_->offsets[t] >= 0) view.data = workspace_.at(m * plan_->bytes + plan_->offsets[t]);
          break;
        case Storage::Parameter: inArena(bindings_.parameters); break;
        case Storage::Gradient: inArena(bindings_.gradients); break;
        case Storage::State: inArena(bindings_.states[spec.slot]); break;
        case Storage::Accumulator:
          view.data = accumulators_.data() + m * program_->accumulators() + spec.offset;
          break;
        case Storage::Data:
        case Storage::WholeData: {
          const auto& slot = bindings_.slots[spec.slot];
          require(!slot.empty(), "a bound matrix is missing");
          const Binding& binding = slot.size() == 1 ? slot[0] : slot[m];
          require(binding.type == spec.type, "a bound matrix has another type than the program");
          view.data = binding.data;
          view.rows = binding.rows;
          view.stride = binding.stride;
          view.scale = binding.scale;
          break;
        }
        case Storage::Order: view.stride = 1; break;
      }
      views_[m * tensorCount_ + t] = view;
    }
  }
  for (int64_t t = 0; t < tensorCount_; ++t) {
    const Storage storage = program_->tensors()[t].storage;
    if (storage == Storage::Data || storage == Storage::Order) movingTensors_.push_back(t);
  }
  for (const CallSpec& spec : program_->calls()) {
    PreparedCall call = {};
    call.argumentCount = static_cast<int>(spec.arguments.size());
    call.kernel = &activeKernels()[spec.kernel];
    call.gates = spec.kernel == KernelId::Accumulate && spec.arguments[at::accumulate::gate].constant != 0;
    call.views.resize(members_ * call.argumentCount);
    call.numbers.resize(members_ * call.argumentCount);
    for (int argument = 0; argument < call.argumentCount; ++argument) {
      const ArgumentSpec& given = spec.arguments[argument];
      if (given.kind == ArgumentSpec::StepNumber) call.stepNumbers.push_back({argument, given.index});
      for (int64_t m = 0; m < members_; ++m) {
        if (given.kind == ArgumentSpec::Tensor)
          call.views[m * call.argumentCount + argument] = &views_[m * tensorCount_ + given.index];
        call.numbers[m * call.argumentCount + argument] = given.constant;
      }
    }
    calls_.push_back(std::move(call));
  }
}

void Executor::clearAccumulators() { std::fill(accumulators_.begin(), accumulators_.end(), 0.0); }

void Executor::rebind(int64_t slot, int64_t member, uint8_t* data, int64_t rows) {
  auto& bindings = bindings_.slots[slot];
  Binding& binding = bindings.size() == 1 ? bindings[0] : bindings[member];
  binding.data = data;
  binding.rows = rows;
}

void Executor::bind(const MemberStep& member) {
  require(member.rows <= plan_->rows, "a batch is larger than the plan's capacity");
  for (int64_t t : movingTensors_) {
    const TensorSpec& spec = program_->tensors()[t];
    View& view = views_[member.member * tensorCount_ + t];
    if (spec.storage == Storage::Order) {
      require(member.order != nullptr, "a program that reads an order got none");
      view.data = const_cast<int32_t*>(member.order) + member.firstRow;
    } else {
      const auto& slot = bindings_.slots[spec.slot];
      const Binding& binding = slot.size() == 1 ? slot[0] : slot[member.member];
      view.data = binding.data + member.firstRow * binding.stride * bytesOf(binding.type);
    }
  }
  for (PreparedCall& call : calls_)
    for (const auto& [argument, column] : call.stepNumbers)
      call.numbers[member.member * call.argumentCount + argument] = member.numbers[column];
}

Call Executor::callOf(const PreparedCall& call, const MemberStep& member) {
  const int64_t at = member.member * call.argumentCount;
  return {call.views.data() + at, call.numbers.data() + at, member.rows, &notFinite_[member.member]};
}

void Executor::execute(const PreparedCall& prepared, const MemberStep* members, int64_t count) {
  const Kernel& kernel = *prepared.kernel;
  double cost = 0;
  int64_t total = 0;
  for (int64_t i = 0; i < count; ++i) {
    MemberTiles& member = tiles_[i];
    member.call = callOf(prepared, members[i]);
    member.axes = kernel.axes(member.call);
    member.firstTiles = tilesAlong(member.axes.first, member.axes.firstTile);
    total += member.firstTiles * tilesAlong(member.axes.second, member.axes.secondTile);
    member.end = total;
    cost += kernel.nanoseconds(member.call);
  }
  if (cost < kParallelNanoseconds || total == 1) {
    for (int64_t i = 0; i < count; ++i) kernel.execute(tiles_[i].call, wholeTile(tiles_[i].axes));
    return;
  }
  struct Context {
    const Kernel* kernel;
    const MemberTiles* members;
    int64_t count;
  } context = {&kernel, tiles_.data(), count};
  ThreadPool::instance().run(
      total,
      [](void* data, int64_t index) {
        const Context& c = *static_cast<const Context*>(data);
        const MemberTiles* member = std::upper_bound(c.members, c.members + c.count, index,
                                                     [](int64_t value, const MemberTiles& m) { return value < m.end; });
        const int64_t first = member == c.members ? 0 : (member - 1)->end;
        c.kernel->execute(member->call, tileAt(member->axes, member->firstTiles, index - first));
      },
      &context);
}

template <typename Execute>
bool Executor::runCalls(const MemberStep* members, int64_t count, Execute executeOne) {
  for (int64_t i = 0; i < count; ++i) {
    bind(members[i]);
    notFinite_[members[i].member] = 0;
  }
  for (size_t c = 0; c < calls_.size(); ++c) {
    const auto start = measuring_ ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point();
    executeOne(calls_[c]);
    if (measuring_)
      microseconds_[c] += std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
    if (!calls_[c].gates) continue;
    for (int64_t i = 0; i < count; ++i) {
      if (notFinite_[members[i].member] == 0) continue;
      notFiniteMember_ = members[i].member;
      return false;
    }
  }
  return true;
}

bool Executor::step(const MemberStep* members, int64_t count) {
  return runCalls(members, count, [&](const PreparedCall& call) { execute(call, members, count); });
}

bool Executor::stepPlainly(const MemberStep* members, int64_t count) {
  return runCalls(members, count, [&](const PreparedCall& call) {
    for (int64_t i = 0; i < count; ++i) {
      const Call bound = callOf(call, members[i]);
      call.kernel->execute(bound, wholeTile(call.kernel->axes(bound)));
    }
  });
}

std::string Executor::firstNotFinite(const MemberStep& member) const {
  for (const CallSpec& call : program_->calls()) {
    const KernelInfo& info = program_->info(call);
    for (int i = 0; i < info.argumentCount; ++i) {
      const ArgumentSpec& argument = call.arguments[i];
      if (argument.kind != ArgumentSpec::Tensor || info.arguments[i].access == Access::Read) continue;
      const TensorSpec& spec = program_->tensors()[argument.index];
      if (spec.storage != Storage::Workspace || !spec.perBatchRow()) continue;
      const View& at = view(argument.index, member.member);
      for (int64_t r = 0; r < member.rows; ++r) {
        for (int64_t c = 0; c < spec.columns; ++c) {
          const double value = spec.type == Type::Float32   ? data<float>(&at)[r * spec.stride + c]
                               : spec.type == Type::Float64 ? data<double>(&at)[r * spec.stride + c]
                                                            : 0.0;
          if (!std::isfinite(value)) return call.label;
        }
      }
    }
  }
  return "";
}

}  // namespace deepblas
