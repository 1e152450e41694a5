// A training run: steps, epochs, shuffles and validation of one or many members, advanced in chunks. It owns its
// position; a chunk may end anywhere, and nothing but the position carries over, so chunk lengths never change a bit.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "program/executor.h"
#include "program/lanes.h"
#include "program/pass.h"

namespace deepblas {

struct TrainingMember {
  int64_t rows;
  uint64_t shuffleSeed;
};

struct TrainingSettings {
  std::vector<TrainingMember> members;
  int64_t batch;
  bool shuffle;
  int64_t firstEpoch = 0;        // position to start from (after a resume)
  int64_t firstStepOfEpoch = 0;
  LaneUse lanes = LaneUse::Chosen;
};

struct ChunkLimits {
  const double* numbers;  // [step][member][column] of the step table
  int64_t steps;          // at most this many
  double milliseconds;    // at most about this long
  bool endAtEpoch;
  bool plainly;  // kernel by kernel on one thread: the oracle
  bool sharedNumbers = false;  // numbers are [step][column]: all members take the same
};

struct ChunkResult {
  ChunkEnd end;
  int64_t steps;
};

// A member whose loss was not finite. Its parameters are those of the step before.
struct Failure {
  int64_t member, epoch, stepOfEpoch;
  std::string label;  // of the first call whose result was not finite, or empty
};

class Training {
 public:
  Training(std::shared_ptr<const Program> program, std::shared_ptr<const Plan> plan, Bindings bindings,
           TrainingSettings settings, std::unique_ptr<Pass> validation);

  ChunkResult advance(const ChunkLimits& limits, const std::atomic<bool>& cancelled);

  // Finished epochs since the last call: per epoch its seconds, then per member the training and validation accumulators.
  std::vector<double> takeResults();
  int64_t resultWidth() const;
  // Sum and weight so far of the running epoch's loss, of one member.
  const double* runningAccumulators(int64_t member) { return executor_.tensors().accumulators(member); }

  // Members without repeats.
  void setActive(std::vector<int64_t> members);
  // Of an epoch begun before: a resumed run goes on adding to them. [member][accumulator]
  void setAccumulators(const std::vector<double>& values);
  // Other data between chunks, of the same columns and types: a stream's next batch. Only for data that is not shuffled.
  void rebind(const std::vector<std::vector<Binding>>& slots, const std::vector<int64_t>& rows);
  int64_t epoch() const { return epoch_; }
  int64_t stepOfEpoch() const { return stepOfEpoch_; }
  int64_t stepsPerEpoch() const { return stepsPerEpoch_; }
  Executor& executor() { return executor_; }
  // Since the last call. A failed member takes no further part while others go on; where none is left the chunk ends,
  // and the next one tries the same step again.
  std::vector<Failure> takeFailures();
  size_t bytes() const;

 private:
  // Steps that were taken; where no member is left, the last one must be tried again.
  struct Done {
    int64_t steps;
    bool goesOn;
  };
  MemberStep stepOf(const ChunkLimits& limits, int64_t member, int64_t stepOfChunk, int64_t stepOfEpoch) const;
  Done step(const ChunkLimits& limits, int64_t stepOfChunk);
  Done stepsByLanes(const ChunkLimits& limits, int64_t stepOfChunk, int64_t most);
  std::vector<int64_t> rowsOfMembers() const;
  void countSteps();
  void beginEpoch();
  bool endEpoch(const std::atomic<bool>& cancelled);
  bool dropFailed(const std::vector<MemberStep>& failed, int64_t stepOfEpoch);

  Executor executor_;
  Lanes lanes_;
  TrainingSettings settings_;
  std::unique_ptr<Pass> validation_;
  std::vector<int64_t> active_;
  std::vector<std::vector<int32_t>> orders_;
  std::vector<MemberStep> steps_;
  int64_t epoch_, stepOfEpoch_, stepsPerEpoch_ = 0;
  bool shuffled_ = false;  // for the current epoch
  double epochSeconds_ = 0;
  std::vector<double> results_;
  std::vector<Failure> failures_;
};

}  // namespace deepblas
