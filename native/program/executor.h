// Executes a program step by step for one or many members, and spreads tiles over the pool.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/kernels.h"
#include "program/bound_tensors.h"
#include "program/planner.h"
#include "program/program.h"

namespace deepblas {

// What one member does in one step.
struct MemberStep {
  int64_t member;
  int64_t firstRow;      // of the batch, within the bound matrices or the order
  int64_t rows;
  const int32_t* order;  // null: consecutive rows
  const double* numbers;  // the member's row of the step table
};

// Throws for a program that reads numbers of a training's steps.
void requireNoSteps(const Program& program);

class Executor {
 public:
  Executor(std::shared_ptr<const Program> program, std::shared_ptr<const Plan> plan, Bindings bindings,
           int64_t members);

  // Runs every call for the members given. False when a gate found a loss that is not finite: for the members of whom
  // isFinite() is false nothing after the gate has run, so their parameters are those of the last good step; the others
  // have done theirs.
  bool step(const MemberStep* members, int64_t count);
  // The same for one member on this thread; other members may be stepped at the same time.
  bool stepAlone(const MemberStep& member);
  // Whether threads that each take whole steps of one member after the other are faster than threads that share the steps of
  // so many members.
  bool stepsMembersWhole(int64_t count) const;
  // Each call by itself on this thread, whole, in the order of recording: the oracle that planned runs are held against.
  // Needs a plan that keeps all.
  bool stepPlainly(const MemberStep* members, int64_t count);
  bool isFinite(int64_t member) const { return notFinite_[member] == 0; }

  // Label of the first recorded call whose result is not finite, or an empty string.
  std::string firstNotFinite(const MemberStep& member) const;

  // Where the program's tensors lie.
  BoundTensors& tensors() { return tensors_; }
  const BoundTensors& tensors() const { return tensors_; }
  const Program& program() const { return *program_; }
  const std::shared_ptr<const Program>& shared() const { return program_; }
  int64_t members() const { return members_; }
  int64_t capacity() const { return plan_->rows; }  // rows of a batch, at most
  size_t bytes() const;                             // of all that it owns

  // Microseconds spent since the start, measured while on: in each call by plain steps, in each region by the others.
  void measure(bool on) { measuring_ = on; }
  bool measuring() const { return measuring_; }
  const std::vector<double>& callMicroseconds() const { return callMicroseconds_; }
  const std::vector<double>& regionMicroseconds() const { return regionMicroseconds_; }

 private:
  struct PreparedCall {
    int argumentCount;
    const Kernel* kernel;
    bool gates;
    // Extents of the axes. Nothing but the first depends on the batch's rows, and that is them where it does.
    bool byRows;
    int64_t first, second;
    std::vector<const View*> views;  // [member][argument]
    std::vector<double> numbers;     // [member][argument]
    const Expression* expression;    // of the program; null where the kernel takes none
    std::vector<std::pair<int, int64_t>> stepNumbers;  // argument, column
  };

  // Tiles of one call of one member, or blocks of rows of one member.
  struct Share {
    const PreparedCall* call;
    const MemberStep* member;
    Axes axes;
    int64_t firstTiles, end;  // tiles along the first axis; index after the share's last tile
  };

  // Where the index of a region's tiles or blocks stands: in which of the shares, and which one of that share's own.
  struct Place {
    size_t share;
    int64_t within;
  };

  void prepareCalls();
  void begin(const MemberStep* members, int64_t count);
  void bind(const MemberStep& member);
  Call callOf(const PreparedCall& call, const MemberStep& member);
  void executeWhole(const PreparedCall& call, const MemberStep& member);
  int64_t offsetOf(const PreparedCall& call, int argument) const;
  Place placeOf(int64_t index, size_t shares) const;
  void runRegion(const Region& region);
  void runRows(const Region& region);
  void runTiles(const Region& region);
  void follow(const Region& region, const Share& share, const Tile& tile);
  bool runMember(const MemberStep& member);
  bool manySmallMembers(int64_t count) const;
  void dropNotFinite();

  std::shared_ptr<const Program> program_;
  std::shared_ptr<const Plan> plan_;
  int64_t members_;
  BoundTensors tensors_;
  std::vector<PreparedCall> calls_;
  std::vector<int32_t> notFinite_;
  bool measuring_ = false;
  std::vector<double> callMicroseconds_, regionMicroseconds_;
  double stepNanoseconds_ = 0;  // of one member's full batch
  // Reused from step to step, so that a step allocates nothing.
  std::vector<MemberStep> live_;  // the members whose step goes on
  std::vector<Share> shares_;
};

}  // namespace deepblas
