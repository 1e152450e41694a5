#include "program/training.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>

#include "core/error.h"
#include "core/random.h"
#include "core/thread_pool.h"
#include "boundary/streams.h"

namespace deepblas {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

}  // namespace

Training::Training(std::shared_ptr<const Program> program, std::shared_ptr<const Plan> plan, Bindings bindings,
                   TrainingSettings settings, std::unique_ptr<Pass> validation)
    : executor_(std::move(program), plan, std::move(bindings), static_cast<int64_t>(settings.members.size())),
      lanes_(executor_, *plan, settings.lanes),
      settings_(std::move(settings)),
      validation_(std::move(validation)),
      orders_(settings_.members.size()),
      steps_(settings_.members.size()),
      epoch_(settings_.firstEpoch),
      stepOfEpoch_(settings_.firstStepOfEpoch) {
  require(settings_.batch > 0, "a batch needs rows");
  require(epoch_ >= 0 && stepOfEpoch_ >= 0, "a position before the start");
  executor_.tensors().requireRows(rowsOfMembers());
  countSteps();
  require(stepOfEpoch_ < stepsPerEpoch_, "a position behind the end of its epoch");
  for (size_t m = 0; m < settings_.members.size(); ++m) {
    active_.push_back(static_cast<int64_t>(m));
    if (!settings_.shuffle) continue;
    require(settings_.members[m].rows <= std::numeric_limits<int32_t>::max(), "more rows to shuffle than 2^31 - 1");
    orders_[m].resize(settings_.members[m].rows);
  }
}

std::vector<int64_t> Training::rowsOfMembers() const {
  std::vector<int64_t> rows;
  for (const TrainingMember& member : settings_.members) rows.push_back(member.rows);
  return rows;
}

void Training::setActive(std::vector<int64_t> members) {
  std::vector<bool> seen(settings_.members.size());
  for (int64_t member : members) {
    require(member >= 0 && member < executor_.members() && !seen[member], "a list of members that is none");
    seen[member] = true;
  }
  active_ = std::move(members);
}

void Training::countSteps() {
  stepsPerEpoch_ = 0;
  for (const TrainingMember& member : settings_.members) {
    require(member.rows > 0, "a member needs rows");
    stepsPerEpoch_ = std::max(stepsPerEpoch_, (member.rows + settings_.batch - 1) / settings_.batch);
  }
}

void Training::setAccumulators(const std::vector<double>& values) {
  const int64_t each = executor_.program().accumulators();
  require(static_cast<int64_t>(values.size()) == executor_.members() * each, "accumulators of another program");
  std::copy(values.begin(), values.end(), executor_.tensors().accumulators(0));
}

void Training::rebind(const std::vector<std::vector<Binding>>& slots, const std::vector<int64_t>& rows) {
  require(!settings_.shuffle, "shuffled data cannot be bound anew");
  const std::vector<std::vector<Binding>>& now = executor_.tensors().bindings().slots;
  require(slots.size() == now.size() && rows.size() == settings_.members.size(), "bound anew: data of another shape");
  for (size_t s = 0; s < slots.size(); ++s) {
    require(slots[s].size() == now[s].size(), "bound anew: data of another shape");
    for (size_t m = 0; m < slots[s].size(); ++m) {
      const Binding &from = slots[s][m], &to = now[s][m];
      require(from.type == to.type && from.stride == to.stride && from.scale == to.scale,
              "bound anew: data of another type");
    }
  }
  // All checks come before the first change.
  executor_.tensors().requireRows(rows, slots);
  for (size_t s = 0; s < slots.size(); ++s)
    for (size_t m = 0; m < slots[s].size(); ++m)
      executor_.tensors().rebind(static_cast<int64_t>(s), static_cast<int64_t>(m), slots[s][m].data, slots[s][m].rows);
  for (size_t m = 0; m < rows.size(); ++m) settings_.members[m].rows = rows[m];
  countSteps();
}

size_t Training::bytes() const {
  size_t total = executor_.bytes() + lanes_.bytes();
  if (validation_) total += validation_->bytes();
  for (const auto& order : orders_) total += order.size() * sizeof(int32_t);
  return total;
}

int64_t Training::resultWidth() const {
  const int64_t perMember =
      executor_.program().accumulators() + (validation_ ? validation_->executor().program().accumulators() : 0);
  return 1 + executor_.members() * perMember;
}

void Training::beginEpoch() {
  if (settings_.shuffle) {
    const auto order = [&](int64_t position) {
      // A function of seed and epoch alone, so that a resumed run draws the same order.
      const int64_t member = active_[static_cast<size_t>(position)], rows = settings_.members[member].rows;
      // One batch is not shuffled: alone, with a full batch, this member would not be either.
      if (rows <= settings_.batch) {
        std::iota(orders_[member].begin(), orders_[member].end(), 0);
        return;
      }
      const RandomKey key = {settings_.members[member].shuffleSeed, kShuffleStream, static_cast<uint32_t>(epoch_)};
      activeKernels().shuffle(orders_[member].data(), static_cast<int64_t>(orders_[member].size()), key);
    };
    const int64_t count = static_cast<int64_t>(active_.size());
    if (count > 1) ThreadPool::instance().run(count, order);
    else if (count == 1) order(0);
  }
  shuffled_ = true;
}

MemberStep Training::stepOf(const ChunkLimits& limits, int64_t member, int64_t stepOfChunk, int64_t stepOfEpoch) const {
  const int64_t members = executor_.members(), columns = executor_.program().stepNumbers();
  const int64_t rows = settings_.members[member].rows, first = stepOfEpoch * settings_.batch;
  return {member, first, std::max<int64_t>(0, std::min(settings_.batch, rows - first)),
          settings_.shuffle ? orders_[member].data() : nullptr,
          limits.numbers + (limits.sharedNumbers ? stepOfChunk : stepOfChunk * members + member) * columns};
}

Training::Done Training::step(const ChunkLimits& limits, int64_t stepOfChunk) {
  int64_t count = 0;
  for (int64_t member : active_) {
    const MemberStep one = stepOf(limits, member, stepOfChunk, stepOfEpoch_);
    if (one.rows > 0) steps_[count++] = one;
  }
  if (limits.plainly ? executor_.stepPlainly(steps_.data(), count) : executor_.step(steps_.data(), count)) return {1, true};
  std::vector<MemberStep> failed;
  for (int64_t i = 0; i < count; ++i)
    if (!executor_.isFinite(steps_[i].member)) failed.push_back(steps_[i]);
  const bool goesOn = dropFailed(failed, stepOfEpoch_);
  return {goesOn ? 1 : 0, goesOn};
}

Training::Done Training::stepsByLanes(const ChunkLimits& limits, int64_t stepOfChunk, int64_t most) {
  const std::vector<Lanes::Failed> failures = lanes_.run(most, [&](int64_t step, int64_t position) {
    return stepOf(limits, lanes_.members()[position], stepOfChunk + step, stepOfEpoch_ + step);
  });
  for (size_t i = 0; i < failures.size();) {
    const int64_t step = failures[i].step;
    std::vector<MemberStep> failed;
    for (; i < failures.size() && failures[i].step == step; ++i)
      failed.push_back(stepOf(limits, lanes_.members()[failures[i].position], stepOfChunk + step, stepOfEpoch_ + step));
    if (!dropFailed(failed, stepOfEpoch_ + step)) return {step, false};
  }
  return {most, true};
}

bool Training::dropFailed(const std::vector<MemberStep>& failed, int64_t stepOfEpoch) {
  // The step's workspace is used up: the same step once more, with everything kept, tells where it went wrong.
  Executor again(executor_.shared(), std::make_shared<const Plan>(makePlan(executor_.program(), settings_.batch, true)),
                 executor_.tensors().bindings(), executor_.members());
  std::vector<int64_t> rest = active_;
  for (const MemberStep& member : failed) {
    again.stepPlainly(&member, 1);
    failures_.push_back({member.member, epoch_, stepOfEpoch, again.firstNotFinite(member)});
    rest.erase(std::find(rest.begin(), rest.end(), member.member));
  }
  if (rest.empty()) return false;
  active_ = std::move(rest);
  return true;
}

std::vector<Failure> Training::takeFailures() {
  std::vector<Failure> taken;
  taken.swap(failures_);
  return taken;
}

bool Training::endEpoch(const std::atomic<bool>& cancelled) {
  const Clock::time_point start = Clock::now();
  if (validation_ && lanes_.isOpen()) lanes_.show();
  if (validation_ && !validation_->run(active_, cancelled)) return false;
  results_.push_back(epochSeconds_ + secondsSince(start));
  for (int64_t m = 0; m < executor_.members(); ++m) {
    const double* train = executor_.tensors().accumulators(m);
    results_.insert(results_.end(), train, train + executor_.program().accumulators());
    if (!validation_) continue;
    const double* held = validation_->executor().tensors().accumulators(m);
    results_.insert(results_.end(), held, held + validation_->executor().program().accumulators());
  }
  executor_.tensors().clearAccumulators();
  epochSeconds_ = 0;
  stepOfEpoch_ = 0;
  ++epoch_;
  shuffled_ = false;
  return true;
}

ChunkResult Training::advance(const ChunkLimits& limits, const std::atomic<bool>& cancelled) {
  const Clock::time_point start = Clock::now();
  Clock::time_point epochPart = start;
  int64_t done = 0, checkAt = 1;
  const auto leave = [&](ChunkEnd end) {
    epochSeconds_ += secondsSince(epochPart);
    return ChunkResult{end, done};
  };
  const LanesOpen open(lanes_, active_, !limits.plainly && !executor_.measuring());
  while (done < limits.steps) {
    if (cancelled.load(std::memory_order_relaxed)) return leave(ChunkEnd::Cancelled);
    if (stepOfEpoch_ == 0 && !shuffled_) executor_.tensors().clearAccumulators();
    if (!shuffled_) beginEpoch();
    // A member that stops makes room for others only when lanes are filled anew.
    const int64_t most = std::min({limits.steps - done, stepsPerEpoch_ - stepOfEpoch_, checkAt - done, Lanes::kMostSteps});
    const Done now = lanes_.isOpen() ? stepsByLanes(limits, done, most) : step(limits, done);
    done += now.steps;
    stepOfEpoch_ += now.steps;
    if (!now.goesOn) return leave(ChunkEnd::NotFinite);
    if (stepOfEpoch_ == stepsPerEpoch_) {
      epochSeconds_ += secondsSince(epochPart);
      epochPart = Clock::now();
      // A cancelled run does not go on: the epoch without its validation is not reported.
      if (!endEpoch(cancelled)) return ChunkResult{ChunkEnd::Cancelled, done};
      epochPart = Clock::now();
      if (limits.endAtEpoch) return leave(ChunkEnd::EpochEnd);
    }
    if (done >= checkAt) {
      // Short steps read the clock rarely: a reading costs as much as a small network's step.
      const double elapsed = secondsSince(start) * 1e3;
      if (elapsed >= limits.milliseconds) break;
      const double left = (limits.milliseconds - elapsed) / std::max(elapsed / static_cast<double>(done), 1e-6);
      // Bounded before it is cut to a whole number: the milliseconds may be infinite.
      checkAt = done + static_cast<int64_t>(std::max(1.0, std::min(left / 2, static_cast<double>(1 << 14))));
    }
  }
  return leave(ChunkEnd::Budget);
}

std::vector<double> Training::takeResults() {
  std::vector<double> taken;
  taken.swap(results_);
  return taken;
}

}  // namespace deepblas
