// Losses of members side by side (kernels/vector/loss.cpp): every row's loss in float64 and, where asked, the gradient of
// the weighted mean over each member's own rows.
#include "kernels/lanes/lane.h"
#include "kernels/lanes/softmax.h"
#include "kernels/vector/element_losses.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

// What the derivative of a row's loss is multiplied by in the mean's gradient: weight / sum of weights.
struct LaneFactors {
  const View* weights;
  Floats inverseSum = {};
  LaneFactors(const LaneCall& call, int sampleWeights, int weightSum) : weights(call.views[sampleWeights]) {
    const View* sums = call.views[weightSum];
    for (int64_t lane = 0; lane < kWidth; ++lane) {
      const double sum = sums ? laneRow(*sums, 0)[lane] : static_cast<double>(call.laneRows[lane]);
      inverseSum[lane] = inverseOfSum(sum);
    }
  }
  DEEPBLAS_INLINE Floats of(int64_t row) const {
    return weights ? load(laneAt(*weights, row, 0)) * inverseSum : inverseSum;
  }
};

void storeDoubles(double* to, Floats values) {
  float each[kWidth];
  store(each, values);
  for (int64_t lane = 0; lane < kWidth; ++lane) to[lane] = each[lane];
}

// ---- softmax with cross-entropy ----------------------------------------------------------------------------------

struct LaneCrossEntropy {
  const View &logits, &target;
  const View *gradient, *output;
  double* rowLoss;  // of one row
  Floats factor;
};

void classCrossEntropy(const LaneCrossEntropy& l, int64_t row, const double* logSum, const View* probability) {
  const int64_t classes = l.logits.columns;
  const Ints label = loadInts(data<int32_t>(&l.target) + row * l.target.stride * kWidth);
  Floats labelled = {};
  for (int64_t c = 0; c < classes; ++c)
    labelled = select(label == static_cast<int32_t>(c), load(laneAt(l.logits, row, c)), labelled);
  float z[kWidth];
  store(z, labelled);
  for (int64_t lane = 0; lane < kWidth; ++lane) {
    // A class that there is no logit for has no loss: the run stops before anything is updated.
    const bool known = label[lane] >= 0 && label[lane] < classes;
    l.rowLoss[lane] = known ? logSum[lane] - z[lane] : __builtin_nan("");
  }
  if (!l.gradient) return;
  for (int64_t c = 0; c < classes; ++c) {
    const Floats share = load(laneAt(*probability, row, c)) * l.factor;
    store(laneAt(*l.gradient, row, c), select(label == static_cast<int32_t>(c), share - l.factor, share));
  }
}

void shareCrossEntropy(const LaneCrossEntropy& l, int64_t row, const double* logSum, const View* probability) {
  const int64_t classes = l.logits.columns;
  double loss[kWidth] = {}, mass[kWidth] = {};
  for (int64_t c = 0; c < classes; ++c) {
    const float *t = laneAt(l.target, row, c), *z = laneAt(l.logits, row, c);
    for (int64_t lane = 0; lane < kWidth; ++lane) {
      loss[lane] += t[lane] == 0 ? 0.0 : t[lane] * (logSum[lane] - z[lane]);
      mass[lane] += t[lane];
    }
  }
  Floats total = {};
  for (int64_t lane = 0; lane < kWidth; ++lane) {
    // A logit that is not finite must reach the loss even where its target is 0.
    l.rowLoss[lane] = logSum[lane] - logSum[lane] == 0 ? loss[lane] : logSum[lane];
    total[lane] = static_cast<float>(mass[lane]);
  }
  if (!l.gradient) return;
  for (int64_t c = 0; c < classes; ++c)
    store(laneAt(*l.gradient, row, c),
          (load(laneAt(*probability, row, c)) * total - load(laneAt(l.target, row, c))) * l.factor);
}

void laneSoftmaxCrossEntropy(const LaneCall& call) {
  namespace arg = at::softmaxCrossEntropy;
  const View &logits = *call.views[arg::logits], &target = *call.views[arg::target];
  const View *gradient = call.views[arg::gradient], *output = call.views[arg::output];
  const View* probability = output ? output : gradient;
  const LaneFactors factors(call, arg::sampleWeights, arg::weightSum);
  for (int64_t r = 0; r < call.rows; ++r) {
    const LaneSoftmaxTerms terms = laneExponentials(probability, logits, r);
    if (probability) scaleLanes(*probability, r, 1.0f / terms.sum);
    float maximum[kWidth], logarithms[kWidth];
    store(maximum, terms.maximum);
    store(logarithms, logarithm(terms.sum));
    double logSum[kWidth];
    for (int64_t lane = 0; lane < kWidth; ++lane) logSum[lane] = static_cast<double>(maximum[lane]) + logarithms[lane];
    const LaneCrossEntropy loss = {logits, target, gradient, output, laneRow(*call.views[arg::rowLoss], r), factors.of(r)};
    target.type == Type::Int32 ? classCrossEntropy(loss, r, logSum, probability)
                               : shareCrossEntropy(loss, r, logSum, probability);
  }
}

// ---- element-wise losses -----------------------------------------------------------------------------------------

struct LaneElements {
  const View &prediction, &target;
  const View *gradient, *output;
  const View& rowLoss;
};

template <typename Rule>
void elementwiseLanes(const LaneCall& call, const LaneElements& l, const LaneFactors& factors) {
  const int64_t columns = l.prediction.columns;
  const float perColumn = 1.0f / static_cast<float>(columns);
  for (int64_t r = 0; r < call.rows; ++r) {
    const Floats factor = factors.of(r) * perColumn;
    double sums[8][kWidth] = {};
    double* rowLoss = laneRow(l.rowLoss, r);
    for (int64_t c = 0; c < columns; ++c) {
      const Terms terms = Rule::of(load(laneAt(l.prediction, r, c)), load(laneAt(l.target, r, c)));
      if (l.output) store(laneAt(*l.output, r, c), terms.output);
      if (l.gradient) store(laneAt(*l.gradient, r, c), terms.derivative * factor);
      if (columns == 1) {
        storeDoubles(rowLoss, terms.loss);
        continue;
      }
      float loss[kWidth];
      store(loss, terms.loss);
      for (int64_t lane = 0; lane < kWidth; ++lane) sums[c & 7][lane] += loss[lane];
    }
    if (columns == 1) continue;
    for (int64_t lane = 0; lane < kWidth; ++lane)
      rowLoss[lane] = (((sums[0][lane] + sums[1][lane]) + (sums[2][lane] + sums[3][lane])) +
                       ((sums[4][lane] + sums[5][lane]) + (sums[6][lane] + sums[7][lane]))) /
                      static_cast<double>(columns);
  }
}

void laneSigmoidBinaryCrossEntropy(const LaneCall& call) {
  namespace arg = at::sigmoidBinaryCrossEntropy;
  const LaneElements elements = {*call.views[arg::logits], *call.views[arg::target], call.views[arg::gradient],
                                 call.views[arg::output], *call.views[arg::rowLoss]};
  elementwiseLanes<SigmoidBinaryCrossEntropy>(call, elements, LaneFactors(call, arg::sampleWeights, arg::weightSum));
}

void laneMeanSquaredError(const LaneCall& call) {
  namespace arg = at::meanSquaredError;
  const LaneElements elements = {*call.views[arg::prediction], *call.views[arg::target], call.views[arg::gradient], nullptr,
                                 *call.views[arg::rowLoss]};
  elementwiseLanes<MeanSquaredError>(call, elements, LaneFactors(call, arg::sampleWeights, arg::weightSum));
}

void laneWeightSum(const LaneCall& call) {
  const View& weights = *call.views[at::weightSum::sampleWeights];
  double sum[kWidth] = {};
  for (int64_t r = 0; r < call.rows; ++r) {
    const float* row = laneAt(weights, r, 0);
    for (int64_t lane = 0; lane < kWidth; ++lane) sum[lane] = r < call.laneRows[lane] ? sum[lane] + row[lane] : sum[lane];
  }
  double* to = laneRow(*call.views[at::weightSum::sum], 0);
  for (int64_t lane = 0; lane < kWidth; ++lane) to[lane] = sum[lane];
}

}  // namespace

void registerLaneLoss(KernelSet& set) {
  set.lanes[static_cast<int>(KernelId::SoftmaxCrossEntropy)] = {laneSoftmaxCrossEntropy};
  set.lanes[static_cast<int>(KernelId::SigmoidBinaryCrossEntropy)] = {laneSigmoidBinaryCrossEntropy};
  set.lanes[static_cast<int>(KernelId::MeanSquaredError)] = {laneMeanSquaredError};
  set.lanes[static_cast<int>(KernelId::WeightSum)] = {laneWeightSum};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
