// Where the tensors of a program lie, for each member: owns the workspace, and binds all others to memory that is given.
#pragma once

#include <cstdint>
#include <memory>
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

class BoundTensors {
 public:
  // Throws for a tensor in memory that is not given.
  BoundTensors(std::shared_ptr<const Program> program, std::shared_ptr<const Plan> plan, Bindings bindings,
               int64_t members);

  const View& view(int64_t tensor, int64_t member) const { return views_[member * tensorCount_ + tensor]; }
  // Rows of a tensor from where its view starts; 0 of one that has no rows of the batch.
  int64_t readableRows(int64_t tensor, int64_t member) const;

  // Throws where a matrix that the program reads has fewer rows than a member is to run over.
  void requireRows(const std::vector<int64_t>& rows) const;
  void requireRows(const std::vector<int64_t>& rows, const std::vector<std::vector<Binding>>& slots) const;

  // Moves a member's data, or the order in which it is read, to the batch that begins at a row.
  void moveTo(int64_t member, int64_t firstRow, const int32_t* order);
  // Binds a matrix anew between steps.
  void rebind(int64_t slot, int64_t member, uint8_t* data, int64_t rows);

  double* accumulators(int64_t member) { return accumulators_.data() + member * program_->accumulators(); }
  void clearAccumulators();
  const Bindings& bindings() const { return bindings_; }
  size_t bytes() const;  // of all that it owns

 private:
  // As it is before the first step: data from its first row, an order nowhere.
  View firstView(int64_t tensor, int64_t member);

  std::shared_ptr<const Program> program_;
  std::shared_ptr<const Plan> plan_;
  Bindings bindings_;
  int64_t members_, tensorCount_;
  Arena workspace_;
  std::vector<double> accumulators_;
  std::vector<View> views_;             // [member][tensor]
  std::vector<int64_t> dataTensors_;    // Data and WholeData
  std::vector<int64_t> movingTensors_;  // Data and Order: move at every step
};

}  // namespace deepblas
