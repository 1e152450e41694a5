#include "program/executor.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/checked.h"
#include "core/error.h"
#include "core/thread_pool.h"

namespace deepblas {

namespace {

using Clock = std::chrono::steady_clock;

double microsecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

// Below this a region runs on the calling thread: opening one costs under a microsecond, and as much again in cache
// lines that change their core.
constexpr double kParallelNanoseconds = 8000;
// Below this a whole step runs on the calling thread: its data would change cores at every region.
constexpr double kParallelStepNanoseconds = 30000;
// From this many members on, whose steps are this small, every thread takes whole steps of members.
constexpr int64_t kManyMembers = 8;
constexpr double kSmallStepNanoseconds = 300000;

int64_t tilesAlong(int64_t extent, int64_t tile) { return (extent + tile - 1) / tile; }

// Calls body(argument, begin, end) for the elements that a tile of a call completes.
template <typename Body>
void forCompleted(const Kernel& kernel, const Call& call, const Tile& tile, Body body) {
  const RangeSink sink = [](void* object, int argument, int64_t begin, int64_t end) {
    (*static_cast<Body*>(object))(argument, begin, end);
  };
  kernel.completes(call, tile, sink, &body);
}

Tile wholeTile(const Axes& axes) { return {0, axes.first, 0, axes.second}; }

Tile tileAt(const Axes& axes, int64_t firstTiles, int64_t index) {
  const int64_t first = index % firstTiles * axes.firstTile, second = index / firstTiles * axes.secondTile;
  return {first, std::min(first + axes.firstTile, axes.first), second, std::min(second + axes.secondTile, axes.second)};
}

}  // namespace

void requireNoSteps(const Program& program) {
  if (program.stepNumbers() == 0) return;
  throw Error("ERR_DEEPBLAS_ARGUMENT",
              program.stepNumberReader() + ": expected constant numbers but it reads one that only the steps of a training have. " +
                  "Record it only where the recording is of a training.");
}

Executor::Executor(std::shared_ptr<const Program> program, std::shared_ptr<const Plan> plan, Bindings bindings,
                   int64_t members)
    : program_(std::move(program)),
      plan_(std::move(plan)),
      members_(members),
      tensors_(program_, plan_, std::move(bindings), members),
      notFinite_(members),
      callMicroseconds_(program_->calls().size()),
      regionMicroseconds_(plan_->regions.size()) {
  prepareCalls();
  live_.reserve(members);
  size_t most = 1;
  for (const Region& region : plan_->regions) {
    stepNanoseconds_ += region.nanoseconds;
    most = std::max(most, region.calls.size());
  }
  shares_.resize(checkedProduct(members, static_cast<int64_t>(most)));
}

size_t Executor::bytes() const {
  size_t total = tensors_.bytes() + shares_.capacity() * sizeof(Share);
  for (const PreparedCall& call : calls_)
    total += sizeof(call) + call.views.capacity() * sizeof(const View*) + call.numbers.capacity() * sizeof(double);
  return total;
}

void Executor::prepareCalls() {
  for (const CallSpec& spec : program_->calls()) {
    PreparedCall call = {};
    call.argumentCount = static_cast<int>(spec.arguments.size());
    call.kernel = &activeKernels()[spec.kernel];
    call.gates = isGate(spec);
    call.views.resize(checkedProduct(members_, call.argumentCount));
    call.numbers.resize(members_ * call.argumentCount);
    for (int argument = 0; argument < call.argumentCount; ++argument) {
      const ArgumentSpec& given = spec.arguments[argument];
      if (given.form == ArgumentForm::StepNumber) call.stepNumbers.push_back({argument, given.index});
      if (given.form == ArgumentForm::Expression) call.expression = &program_->expression(given.index);
      for (int64_t m = 0; m < members_; ++m) {
        if (given.form == ArgumentForm::Tensor)
          call.views[m * call.argumentCount + argument] = &tensors_.view(given.index, m);
        call.numbers[m * call.argumentCount + argument] = given.constant;
      }
    }
    const auto axesOf = [&](int64_t rows) {
      return call.kernel->axes({call.views.data(), call.numbers.data(), rows, nullptr, call.expression});
    };
    const Axes axes = axesOf(plan_->rows);
    // Some calls are cut by rows into tiles that a region of rows could not hold: into pairs of them.
    call.byRows = program_->info(spec).cut == Cut::Rows || axes.first != axesOf(plan_->rows + 1).first;
    call.first = axes.first;
    call.second = axes.second;
    calls_.push_back(std::move(call));
  }
}

void Executor::bind(const MemberStep& member) {
  require(member.rows <= plan_->rows, "a batch is larger than the plan's capacity");
  tensors_.moveTo(member.member, member.firstRow, member.order);
  for (PreparedCall& call : calls_)
    for (const auto& [argument, column] : call.stepNumbers)
      call.numbers[member.member * call.argumentCount + argument] = member.numbers[column];
}

Call Executor::callOf(const PreparedCall& call, const MemberStep& member) {
  const int64_t at = member.member * call.argumentCount;
  return {call.views.data() + at, call.numbers.data() + at, member.rows, &notFinite_[member.member], call.expression};
}

void Executor::executeWhole(const PreparedCall& call, const MemberStep& member) {
  call.kernel->execute(callOf(call, member), {0, call.byRows ? member.rows : call.first, 0, call.second});
}

void Executor::begin(const MemberStep* members, int64_t count) {
  live_.assign(members, members + count);
  for (const MemberStep& member : live_) {
    bind(member);
    notFinite_[member.member] = 0;
  }
}

// After a gate: members whose loss is not finite take no part in the rest of the step.
void Executor::dropNotFinite() {
  live_.erase(std::remove_if(live_.begin(), live_.end(),
                             [&](const MemberStep& member) { return !isFinite(member.member); }),
              live_.end());
}

Executor::Place Executor::placeOf(int64_t index, size_t shares) const {
  const Share* begin = shares_.data();
  const Share* share =
      std::upper_bound(begin, begin + shares, index, [](int64_t value, const Share& one) { return value < one.end; });
  return {static_cast<size_t>(share - begin), index - (share == begin ? 0 : (share - 1)->end)};
}

void Executor::runRows(const Region& region) {
  int64_t blocks = 0, rows = 0;
  for (size_t i = 0; i < live_.size(); ++i) {
    blocks += tilesAlong(live_[i].rows, region.rowBlock);
    rows += live_[i].rows;
    shares_[i].end = blocks;
  }
  const double cost = region.nanoseconds * static_cast<double>(rows) / static_cast<double>(plan_->rows);
  if (cost < kParallelNanoseconds || blocks == 1) {
    for (const MemberStep& member : live_)
      for (int64_t c : region.calls) executeWhole(calls_[c], member);
    return;
  }
  ThreadPool::instance().run(blocks, [&](int64_t index) {
    const auto [share, block] = placeOf(index, live_.size());
    const MemberStep& member = live_[share];
    const int64_t begin = block * region.rowBlock, end = std::min(begin + region.rowBlock, member.rows);
    for (int64_t c : region.calls) {
      const PreparedCall& call = calls_[c];
      call.kernel->execute(callOf(call, member), {begin, end, 0, call.second});
    }
  });
}

void Executor::runTiles(const Region& region) {
  int64_t total = 0;
  size_t count = 0;
  for (const MemberStep& member : live_) {
    for (int64_t c : region.calls) {
      Share& share = shares_[count++];
      share.call = &calls_[c];
      share.member = &member;
      share.axes = calls_[c].kernel->axes(callOf(calls_[c], member));
      share.firstTiles = tilesAlong(share.axes.first, share.axes.firstTile);
      total += share.firstTiles * tilesAlong(share.axes.second, share.axes.secondTile);
      share.end = total;
    }
  }
  // Weights cost the same for any number of rows, products do not: the dearer guess only opens a region too many.
  const double cost = region.nanoseconds * static_cast<double>(live_.size());
  if (cost < kParallelNanoseconds || total == 1) {
    for (size_t i = 0; i < count; ++i)
      shares_[i].call->kernel->execute(callOf(*shares_[i].call, *shares_[i].member), wholeTile(shares_[i].axes));
    for (const MemberStep& member : live_)
      for (int64_t c : region.followers) executeWhole(calls_[c], member);
    return;
  }
  ThreadPool::instance().run(total, [&](int64_t index) {
    const auto [share, within] = placeOf(index, count);
    const Share& of = shares_[share];
    const Tile tile = tileAt(of.axes, of.firstTiles, within);
    of.call->kernel->execute(callOf(*of.call, *of.member), tile);
    if (!region.followers.empty()) follow(region, of, tile);
  });
}

// What a tile has completed is still in its core's cache: the followers run on it at once.
void Executor::follow(const Region& region, const Share& share, const Tile& tile) {
  if (share.call->kernel->completes == nullptr) return;
  forCompleted(*share.call->kernel, callOf(*share.call, *share.member), tile, [&](int argument, int64_t begin, int64_t end) {
    const int64_t from = offsetOf(*share.call, argument);
    for (int64_t c : region.followers) {
      const PreparedCall& follower = calls_[c];
      const Call call = callOf(follower, *share.member);
      // All its tensors hold the same range of their arenas.
      const int64_t offset = offsetOf(follower, 0), elements = follower.kernel->axes(call).first;
      const int64_t first = std::max<int64_t>(from + begin - offset, 0);
      const int64_t last = std::min(from + end - offset, elements);
      if (first < last) follower.kernel->execute(call, {first, last, 0, 1});
    }
  });
}

int64_t Executor::offsetOf(const PreparedCall& call, int argument) const {
  const CallSpec& spec = program_->calls()[static_cast<size_t>(&call - calls_.data())];
  return program_->tensors()[spec.arguments[argument].index].offset;
}

void Executor::runRegion(const Region& region) {
  switch (region.kind) {
    case Region::Kind::Rows: return runRows(region);
    case Region::Kind::Tiles: return runTiles(region);
    case Region::Kind::Whole: {
      const PreparedCall& call = calls_[region.calls[0]];
      for (const MemberStep& member : live_) executeWhole(call, member);
      if (call.gates) dropNotFinite();
    }
  }
}

// One member's whole step, in the regions' order.
bool Executor::runMember(const MemberStep& member) {
  for (const Region& region : plan_->regions) {
    for (int64_t c : region.calls) {
      executeWhole(calls_[c], member);
      if (calls_[c].gates && !isFinite(member.member)) return false;
    }
    for (int64_t c : region.followers) executeWhole(calls_[c], member);
  }
  return true;
}

bool Executor::stepAlone(const MemberStep& member) {
  bind(member);
  notFinite_[member.member] = 0;
  return runMember(member);
}

bool Executor::manySmallMembers(int64_t count) const {
  return count >= kManyMembers && stepNanoseconds_ < kSmallStepNanoseconds;
}

bool Executor::stepsMembersWhole(int64_t count) const {
  if (manySmallMembers(count)) return true;
  if (count < 2 || stepNanoseconds_ >= kSmallStepNanoseconds) return false;
  // A step this small runs on one thread anyway; of others, threads without a member would have no part.
  return stepNanoseconds_ < kParallelStepNanoseconds || 2 * count > ThreadPool::instance().threads();
}

bool Executor::step(const MemberStep* members, int64_t count) {
  begin(members, count);
  if (manySmallMembers(count)) {
    ThreadPool::instance().run(count, [&](int64_t index) { runMember(live_[index]); });
    dropNotFinite();
    return static_cast<int64_t>(live_.size()) == count;
  }
  if (!measuring_ && stepNanoseconds_ * static_cast<double>(count) < kParallelStepNanoseconds) {
    for (const MemberStep& member : live_) runMember(member);
    dropNotFinite();
    return static_cast<int64_t>(live_.size()) == count;
  }
  for (size_t r = 0; r < plan_->regions.size(); ++r) {
    const auto start = measuring_ ? Clock::now() : Clock::time_point();
    runRegion(plan_->regions[r]);
    if (measuring_) regionMicroseconds_[r] += microsecondsSince(start);
    if (live_.empty()) break;
  }
  return static_cast<int64_t>(live_.size()) == count;
}

bool Executor::stepPlainly(const MemberStep* members, int64_t count) {
  require(plan_->keepsAll, "a plain step needs a plan that keeps all");
  begin(members, count);
  for (size_t c = 0; c < calls_.size(); ++c) {
    const auto start = measuring_ ? Clock::now() : Clock::time_point();
    for (const MemberStep& member : live_) executeWhole(calls_[c], member);
    if (measuring_) callMicroseconds_[c] += microsecondsSince(start);
    if (calls_[c].gates) dropNotFinite();
  }
  return static_cast<int64_t>(live_.size()) == count;
}

std::string Executor::firstNotFinite(const MemberStep& member) const {
  for (const CallSpec& call : program_->calls()) {
    const KernelInfo& info = program_->info(call);
    for (int i = 0; i < info.argumentCount; ++i) {
      const ArgumentSpec& argument = call.arguments[i];
      if (argument.form != ArgumentForm::Tensor || info.arguments[i].access == Access::Read) continue;
      const TensorSpec& spec = program_->tensors()[argument.index];
      if (spec.storage != Storage::Workspace || !spec.perBatchRow()) continue;
      const View& at = tensors_.view(argument.index, member.member);
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
