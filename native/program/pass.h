// One pass of a program over data in batches: evaluation, validation, prediction.
#pragma once

#include <atomic>
#include <vector>

#include "program/arriving_rows.h"
#include "program/executor.h"
#include "program/lanes.h"

namespace deepblas {

class Pass {
 public:
  // rows: of each member's data. numbers: [member][column] of the step table, the same for every batch. No bit depends on
  // `lanes`.
  Pass(std::shared_ptr<const Program> program, std::shared_ptr<const Plan> plan, Bindings bindings,
       std::vector<int64_t> rows, std::vector<double> numbers = {}, LaneUse lanes = LaneUse::Chosen);
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;

  // All batches of the members in `active`; accumulators start from zero. False when `cancelled` was seen. Rows that are
  // still arriving are waited for, batch by batch.
  bool run(const std::vector<int64_t>& active, const std::atomic<bool>& cancelled, ArrivingRows* arriving = nullptr);

  Executor& executor() { return executor_; }
  const std::vector<int64_t>& rows() const { return rows_; }
  size_t bytes() const { return executor_.bytes() + lanes_.bytes() + numbers_.size() * sizeof(double); }

 private:
  MemberStep stepOf(int64_t member, int64_t first) const;
  bool runByLanes(const std::vector<int64_t>& active, int64_t longest, const std::atomic<bool>& cancelled);

  Executor executor_;
  Lanes lanes_;
  int64_t batch_;
  std::vector<int64_t> rows_;
  std::vector<double> numbers_;
  std::vector<MemberStep> steps_;
};

}  // namespace deepblas
