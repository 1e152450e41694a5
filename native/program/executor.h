// Executes a program step by step for one or many members: owns the workspace, binds tensors to memory, and spreads
// tiles over the pool.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/arena.h"
#include "kernels/kernels.h"
#include "program/planner.h"
#include "program/program.h"

namespace deepblas {

// A matrix that a program reads (or, for predictions, writes): one for all members or one each.
struct Binding {
  uint8_t* data;
  int64_t rows;
  int64_t stride;
  Type type;
  float scale;
};

struct Memory {
  float* data = nullptr;
  int64_t memberStride = 0;  // elements
};

struct Bindings {
  Memory parameters, gradients;
  std::vector<Memory> states;
  std::vector<std::vector<Binding>> slots;  // slot -> one for all members, or one each
};

// What one member does in one step.
struct MemberStep {
  int64_t member;
  int64_t firstRow;      // of the batch, within the bound matrices or the order
  int64_t rows;
  const int32_t* order;  // null: consecutive rows
  const double* numbers;  // the member's row of the step table
};

class Executor {
 public:
  Executor(std::shared_ptr<const Program> program, std::shared_ptr<const Plan> plan, Bindings bindings,
           int64_t members);

  // Runs every call for the members given. False when a gate found a loss that is not finite: nothing after the gate has
  // run then, so parameters are those of the last good step. notFiniteMember() says whose.
  bool step(const MemberStep* members, int64_t count);
  // Each call by itself on this thread, whole: the oracle that planned and tiled runs are held against.
  bool stepPlainly(const MemberStep* members, int64_t count);

  // Binds a matrix anew between steps.
  void rebind(int64_t slot, int64_t member, uint8_t* data, int64_t rows);

  int64_t notFiniteMember() const { return notFiniteMember_; }
  // Label of the first recorded call whose result is not finite, or an empty string.
  std::string firstNotFinite(const MemberStep& member) const;

  double* accumulators(int64_t member) { return accumulators_.data() + member * program_->accumulators(); }
  void clearAccumulators();
  const View& view(int64_t tensor, int64_t member) const { return views_[member * tensorCount_ + tensor]; }
  const Program& program() const { return *program_; }
  int64_t members() const { return members_; }
  size_t workspaceBytes() const { return workspace_.bytes(); }

  // Microseconds spent in each call since the start, measured while on.
  void measure(bool on) { measuring_ = on; }
  const std::vector<double>& microseconds() const { return microseconds_; }

 private:
  struct PreparedCall {
    int argumentCount;
    const Kernel* kernel;
    bool gates;
    std::vector<const View*> views;  // [member][argument]
    std::vector<double> numbers;     // [member][argument]
    std::vector<std::pair<int, int64_t>> stepNumbers;  // argument, column
  };

  void prepare();
  void bind(const MemberStep& member);
  Call callOf(const PreparedCall& call, const MemberStep& member);
  void execute(const PreparedCall& call, const MemberStep* members, int64_t count);
  template <typename Execute>
  bool runCalls(const MemberStep* members, int64_t count, Execute executeOne);

  std::shared_ptr<const Program> program_;
  std::shared_ptr<const Plan> plan_;
  Bindings bindings_;
  int64_t members_, tensorCount_;
  Arena workspace_;
  std::vector<double> accumulators_;
  std::vector<View> views_;
  std::vector<int64_t> movingTensors_;  // Data and Order: rebound every step
  std::vector<PreparedCall> calls_;
  std::vector<int32_t> notFinite_;
  int64_t notFiniteMember_ = -1;
  bool measuring_ = false;
  std::vector<double> microseconds_;
  // Reused from call to call, so that a step allocates nothing.
  struct MemberTiles {
    Call call;
    Axes axes;
    int64_t firstTiles, end;  // tiles along the first axis; index after the member's last tile
  };
  std::vector<MemberTiles> tiles_;
};

}  // namespace deepblas
