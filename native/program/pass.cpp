#include "program/pass.h"

#include <algorithm>

#include "core/error.h"

namespace deepblas {

Pass::Pass(std::shared_ptr<const Program> program, std::shared_ptr<const Plan> plan, Bindings bindings,
           std::vector<int64_t> rows, std::vector<double> numbers)
    : executor_(std::move(program), plan, std::move(bindings), static_cast<int64_t>(rows.size())),
      batch_(plan->rows),
      rows_(std::move(rows)),
      numbers_(std::move(numbers)),
      steps_(rows_.size()) {
  executor_.tensors().requireRows(rows_);
  if (numbers_.empty()) requireNoSteps(executor_.program());
  require(static_cast<int64_t>(numbers_.size()) >= executor_.members() * executor_.program().stepNumbers(),
          "a pass without its numbers");
}

bool Pass::run(const std::vector<int64_t>& active, const std::atomic<bool>& cancelled, ArrivingRows* arriving) {
  executor_.tensors().clearAccumulators();
  int64_t longest = 0;
  for (int64_t member : active) longest = std::max(longest, rows_[member]);
  for (int64_t first = 0; first < longest; first += batch_) {
    if (arriving != nullptr) arriving->waitFor(std::min(first + batch_, longest));
    if (cancelled.load(std::memory_order_relaxed)) return false;
    int64_t count = 0;
    for (int64_t member : active) {
      if (first >= rows_[member]) continue;
      steps_[count++] = {member, first, std::min(batch_, rows_[member] - first), nullptr,
                         numbers_.data() + member * executor_.program().stepNumbers()};
    }
    executor_.step(steps_.data(), count);
  }
  return true;
}

}  // namespace deepblas
