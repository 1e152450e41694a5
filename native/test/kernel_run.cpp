#include "kernel_run.h"

#include <algorithm>
#include <cmath>

#include "core/floating_point.h"
#include "test.h"

namespace deepblas {
namespace test {

void KernelRun::tensor(int position, const Operand& operand) { operands_.insert_or_assign(position, operand); }

KernelRun::Bytes KernelRun::snapshot() const {
  Bytes bytes;
  for (const auto& [position, operand] : operands_) bytes[position] = operand.bytes();
  return bytes;
}

void KernelRun::restore(const Bytes& bytes) {
  for (auto& [position, operand] : operands_) operand.restore(bytes.at(position));
}

void KernelRun::checkSame(const Bytes& expected, const char* cut) const {
  for (const auto& [position, operand] : operands_)
    if (operand.bytes() != expected.at(position))
      fail(__FILE__, __LINE__,
           text(kKernelInfo[static_cast<int>(kernel_)].arguments[position].name, " has other bits when run ", cut));
}

void KernelRun::bind(const View** views) const {
  for (const auto& [position, operand] : operands_) views[position] = operand.view();
}

void KernelRun::runTiles(const Kernel& kernel, const Axes& axes, bool backwards) {
  const View* views[kMaximumArguments] = {};
  bind(views);
  const Call call = {views, numbers_, rows_, &notFinite_, rule_};
  std::vector<Tile> tiles;
  for (int64_t second = 0; second < axes.second; second += axes.secondTile)
    for (int64_t first = 0; first < axes.first; first += axes.firstTile)
      tiles.push_back({first, std::min(first + axes.firstTile, axes.first), second,
                       std::min(second + axes.secondTile, axes.second)});
  if (backwards) std::reverse(tiles.begin(), tiles.end());
  for (const auto& [position, operand] : operands_) operand.forbidOutside(true);
  {
    const FlushDenormals guard;
    for (const Tile& tile : tiles) kernel.execute(call, tile);
  }
  for (const auto& [position, operand] : operands_) operand.forbidOutside(false);
}

void KernelRun::execute(const KernelSet& set) {
  const KernelInfo& info = kKernelInfo[static_cast<int>(kernel_)];
  CONTEXT(set.name, " ", info.name, ", ", rows_, " rows");
  for (int i = 0; i < info.argumentCount; ++i) {
    const bool given = operands_.count(i) > 0;
    if (info.arguments[i].kind == ArgumentKind::Expression ? rule_ == nullptr
        : info.arguments[i].kind == ArgumentKind::Number   ? given
                                                           : !given && !info.arguments[i].optional)
      return fail(__FILE__, __LINE__, text("the test gives ", info.arguments[i].name, " wrongly"));
  }
  const Kernel& kernel = set[kernel_];
  const View* views[kMaximumArguments] = {};
  bind(views);
  const Axes axes = kernel.axes({views, numbers_, rows_, &notFinite_, rule_});
  CHECK(axes.first > 0 && axes.second > 0 && axes.firstTile > 0 && axes.secondTile > 0);
  CHECK(kernel.nanoseconds({views, numbers_, rows_, &notFinite_, rule_}) > 0);
  if (info.cut == Cut::Whole) CHECK(axes.first == 1 && axes.second == 1);

  const Bytes before = snapshot();
  runTiles(kernel, {axes.first, axes.second, axes.first, axes.second}, false);
  const Bytes whole = snapshot();
  for (int i = 0; i < info.argumentCount; ++i) {
    const auto found = operands_.find(i);
    if (found == operands_.end()) continue;
    CONTEXT(info.arguments[i].name);
    if (info.arguments[i].access == Access::Read) {
      CHECK(before.at(i) == whole.at(i));
      continue;
    }
    const View& view = *found->second.view();
    CHECK(found->second.outsideUntouched(view.panel > 0 || tables_.count(i) > 0 ? view.rows : std::min(view.rows, rows_)));
  }
  if (info.cut == Cut::Whole) return;

  const auto cutInto = [&](int64_t firstTile, int64_t secondTile, bool backwards, const char* name) {
    restore(before);
    runTiles(kernel, {axes.first, axes.second, firstTile, secondTile}, backwards);
    checkSame(whole, name);
  };
  cutInto(axes.firstTile, axes.secondTile, false, "in its own tiles");
  cutInto(axes.firstTile, axes.secondTile, true, "in its own tiles backwards");
  // Each of a few odd cuts, as far as it is a cut at all and makes no more than a few hundred tiles.
  for (int64_t first : {1, 3, 7, 50}) {
    for (int64_t second : {1, 2}) {
      const int64_t firstTile = first * (firstMultiple_ == kOwnTile ? axes.firstTile : firstMultiple_);
      const int64_t secondTile = second * (secondMultiple_ == kOwnTile ? axes.secondTile : secondMultiple_);
      if (axes.first / firstTile > 300 || (axes.first / firstTile + 1) * (axes.second / secondTile + 1) > 2000) continue;
      if (firstTile >= axes.first && secondTile >= axes.second) continue;
      const std::string name = text("in tiles of ", firstTile, " and ", secondTile);
      cutInto(firstTile, secondTile, first == 3, name.c_str());
    }
  }
  restore(whole);
}

void checkMatrix(const char* what, const reference::Matrix& actual, const reference::Matrix& expected,
                 const reference::Matrix& bound) {
  CHECK_EQUAL(actual.rows, expected.rows);
  CHECK_EQUAL(actual.columns, expected.columns);
  if (actual.values.size() != expected.values.size()) return;
  for (size_t i = 0; i < actual.values.size(); ++i) {
    const double difference = std::fabs(actual.values[i] - expected.values[i]);
    if (difference <= bound.values[i]) continue;
    const int64_t r = static_cast<int64_t>(i) / actual.columns, c = static_cast<int64_t>(i) % actual.columns;
    CONTEXT(what, " (", r, ", ", c, ")");
    CHECK_CLOSE(actual.values[i], expected.values[i], bound.values[i]);
  }
}

void checkMatrix(const char* what, const reference::Matrix& actual, const reference::Matrix& expected, double bound) {
  checkMatrix(what, actual, expected, reference::Matrix(expected.rows, expected.columns, bound));
}

double sumError(int64_t depth) { return (6 * std::sqrt(static_cast<double>(depth)) + 4) * kRoundoff; }

}  // namespace test
}  // namespace deepblas
