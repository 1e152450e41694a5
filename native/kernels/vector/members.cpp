// Members of an ensemble inside one network: a row holds the columns of one member after the other. Scales of each
// member's own, and the mean over members.
#include "boundary/kernel_table.h"
#include "kernels/vector/elements.h"
#include "kernels/vector/functions.h"
#include "kernels/vector/register.h"

// A vector is never passed through a call: what that takes depends on how the caller was compiled.
#define DEEPBLAS_RULE __attribute__((always_inline))

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

constexpr float kLargestFloat = 3.402823466e38f;

DEEPBLAS_INLINE int64_t countOf(const Call& call, int position) { return static_cast<int64_t>(call.numbers[position]); }

// Where member j's columns of x begin: x holds some for every member, or one row that is the same to all.
DEEPBLAS_INLINE int64_t stepOf(const View& x, int64_t columns) { return x.columns == columns ? 0 : columns; }

// ---- scales of each member ------------------------------------------------------------------------------------------

void memberScale(const Call& call, const Tile& tile) {
  namespace arg = at::memberScale;
  const View &output = *call.views[arg::output], &x = *call.views[arg::x], &scale = *call.views[arg::scale];
  const int64_t columns = scale.columns, step = stepOf(x, columns);
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
    for (int64_t member = 0; member < scale.rows; ++member) {
      float* to = rowOf(output, r) + member * columns;
      const float *from = rowOf(x, r) + member * step, *factors = rowOf(scale, member);
      int64_t i = 0;
      for (; i + kWidth <= columns; i += kWidth) store(to + i, load(from + i) * load(factors + i));
      const int64_t lanes = columns - i;
      if (lanes > 0) storeFirst(to + i, loadFirst(from + i, lanes) * loadFirst(factors + i, lanes), lanes);
    }
  }
}

void memberScaleBackwardInput(const Call& call, const Tile& tile) {
  namespace arg = at::memberScaleBackwardInput;
  const View &input = *call.views[arg::inputGradient], &gradient = *call.views[arg::outputGradient],
             &scale = *call.views[arg::scale];
  const int64_t columns = scale.columns;
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
    for (int64_t i = 0; i < columns; i += kWidth) {
      const int64_t lanes = smaller(kWidth, columns - i);
      Floats sum = {};
      for (int64_t member = 0; member < scale.rows; ++member)
        sum = fma(loadFirst(rowOf(gradient, r) + member * columns + i, lanes), loadFirst(rowOf(scale, member) + i, lanes), sum);
      storeFirst(rowOf(input, r) + i, sum, lanes);
    }
  }
}

// Axes: the columns of all members, in one line.
void memberScaleBackwardScale(const Call& call, const Tile& tile) {
  namespace arg = at::memberScaleBackwardScale;
  constexpr int64_t kColumns = 64;
  const View &scaleGradient = *call.views[arg::scaleGradient], &gradient = *call.views[arg::outputGradient],
             &x = *call.views[arg::x];
  const int64_t columns = scaleGradient.columns, step = stepOf(x, columns);
  for (int64_t at = tile.firstBegin; at < tile.firstEnd;) {
    const int64_t member = at / columns, column = at % columns;
    const int64_t count = smaller(kColumns, smaller(tile.firstEnd - at, columns - column));
    double sum[kColumns];
    for (int64_t c = 0; c < count; ++c) sum[c] = 0;
    for (int64_t r = 0; r < call.rows; ++r) {
      const float *outer = rowOf(gradient, r) + at, *inner = rowOf(x, r) + member * step + column;
      for (int64_t c = 0; c < count; ++c) sum[c] += static_cast<double>(outer[c]) * static_cast<double>(inner[c]);
    }
    float* to = rowOf(scaleGradient, member) + column;
    for (int64_t c = 0; c < count; ++c) to[c] = static_cast<float>(sum[c]);
    at += count;
  }
}

// ---- the mean over members ------------------------------------------------------------------------------------------

void meanOfValues(float* to, const float* x, int64_t members, int64_t columns) {
  for (int64_t i = 0; i < columns; i += kWidth) {
    const int64_t lanes = smaller(kWidth, columns - i);
    Floats sum = {};
    for (int64_t member = 0; member < members; ++member) sum += loadFirst(x + member * columns + i, lanes);
    storeFirst(to + i, sum / static_cast<float>(members), lanes);
  }
}

DEEPBLAS_INLINE Floats largerOf(Floats a, Floats b) { return select(a < b, b, a); }

// logit(p), p being the mean of sigmoid(z). As p and 1 - p may both lie below what a float holds, each is summed less the
// factor e^shift of its largest term, where that is below 1: sigmoid(z) e^-shift = e^(min(z, 0) - shift) / (1 + e^-|z|).
void meanOfSigmoids(float* to, const float* x, int64_t members, int64_t columns) {
  for (int64_t i = 0; i < columns; i += kWidth) {
    const int64_t lanes = smaller(kWidth, columns - i);
    const auto logit = [&](int64_t member) DEEPBLAS_RULE {
      return atLeast(atMost(loadFirst(x + member * columns + i, lanes), kLargestFloat), -kLargestFloat);
    };
    Floats highest = logit(0), lowest = highest;
    for (int64_t member = 1; member < members; ++member) {
      highest = largerOf(highest, logit(member));
      lowest = -largerOf(-lowest, -logit(member));
    }
    const Floats shift = atMost(highest, 0.0f), otherShift = atMost(-lowest, 0.0f);
    Floats sum = {}, otherSum = {};
    for (int64_t member = 0; member < members; ++member) {
      const Floats z = logit(member), inverse = 1.0f / (1.0f + exponential(-absolute(z)));
      sum += exponential(atMost(z, 0.0f) - shift) * inverse;
      otherSum += exponential(atMost(-z, 0.0f) - otherShift) * inverse;
    }
    storeFirst(to + i, (shift - otherShift) + (logarithm(sum) - logarithm(otherSum)), lanes);
  }
}

// log sum of e^x over a row.
float logSumOf(const float* x, int64_t columns) {
  Floats largest = broadcast(-kLargestFloat), sums = {};
  for (int64_t i = 0; i < columns; i += kWidth) {
    const int64_t lanes = smaller(kWidth, columns - i);
    const Floats value = loadFirst(x + i, lanes);
    largest = select(firstMask(lanes), select(value > largest, value, largest), largest);
  }
  const float maximum = largestLane(largest);
  for (int64_t i = 0; i < columns; i += kWidth) {
    const int64_t lanes = smaller(kWidth, columns - i);
    sums += select(firstMask(lanes), exponential(loadFirst(x + i, lanes) - maximum), Floats{});
  }
  float sum[kWidth];
  store(sum, logarithm(broadcast(sumOfLanes(sums))));
  return maximum + sum[0];
}

// log of the mean of softmax(x), each summed less its largest term. So many members' sums are kept at a time; what a
// block of members comes to is added to what those before it came to.
void meanOfSoftmaxes(float* to, const float* x, int64_t members, int64_t columns) {
  constexpr int64_t kBlock = 64;
  float logSums[kBlock];
  float logMembers[kWidth];
  store(logMembers, logarithm(broadcast(static_cast<float>(members))));
  for (int64_t first = 0; first < members; first += kBlock) {
    const int64_t count = smaller(kBlock, members - first);
    const float* block = x + first * columns;
    for (int64_t member = 0; member < count; ++member) logSums[member] = logSumOf(block + member * columns, columns);
    const bool last = first + count == members;
    for (int64_t i = 0; i < columns; i += kWidth) {
      const int64_t lanes = smaller(kWidth, columns - i);
      const auto logProbability = [&](int64_t member) DEEPBLAS_RULE {
        return atLeast(loadFirst(block + member * columns + i, lanes) - logSums[member], -kLargestFloat);
      };
      Floats largest = first == 0 ? logProbability(0) : loadFirst(to + i, lanes);
      const Floats before = largest;
      for (int64_t member = first == 0 ? 1 : 0; member < count; ++member)
        largest = largerOf(largest, logProbability(member));
      Floats sum = first == 0 ? Floats{} : exponential(before - largest);
      for (int64_t member = 0; member < count; ++member) sum += exponential(logProbability(member) - largest);
      const Floats total = largest + logarithm(sum);
      storeFirst(to + i, last ? total - logMembers[0] : total, lanes);
    }
  }
}

void memberMean(const Call& call, const Tile& tile) {
  namespace arg = at::memberMean;
  const View &output = *call.views[arg::output], &x = *call.views[arg::x];
  const int64_t members = countOf(call, arg::members);
  const MemberMean of = static_cast<MemberMean>(static_cast<int>(call.numbers[arg::of]));
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
    switch (of) {
      case MemberMean::Values: meanOfValues(rowOf(output, r), rowOf(x, r), members, output.columns); break;
      case MemberMean::Sigmoid: meanOfSigmoids(rowOf(output, r), rowOf(x, r), members, output.columns); break;
      case MemberMean::Softmax: meanOfSoftmaxes(rowOf(output, r), rowOf(x, r), members, output.columns); break;
    }
  }
}

}  // namespace

void registerMembers(KernelSet& set) {
  set[KernelId::MemberScale] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::memberScale::output]->columns); }, memberScale,
      [](const Call& call) { return call.rows * (3.0 + 0.1 * call.views[at::memberScale::output]->columns); }};
  set[KernelId::MemberScaleBackwardInput] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::memberScaleBackwardInput::outputGradient]->columns); },
      memberScaleBackwardInput, [](const Call& call) {
        return call.rows * (3.0 + 0.1 * call.views[at::memberScaleBackwardInput::outputGradient]->columns);
      }};
  set[KernelId::MemberScaleBackwardScale] = {
      [](const Call& call) {
        return Axes{call.views[at::memberScaleBackwardScale::outputGradient]->columns, 1, 64, 1};
      },
      memberScaleBackwardScale, [](const Call& call) {
        return call.rows * 0.3 * call.views[at::memberScaleBackwardScale::outputGradient]->columns + 10;
      }};
  set[KernelId::MemberMean] = {
      [](const Call& call) { return rowAxes(call.rows, call.views[at::memberMean::x]->columns); }, memberMean,
      [](const Call& call) { return call.rows * (10.0 + 2.0 * call.views[at::memberMean::x]->columns); }};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
