// Losses on the last layer's output: each writes every row's loss in float64 and, where asked, the gradient of the
// weighted mean over rows. The sum of weights is known before, so the gradient needs no second pass.
#include "boundary/kernel_table.h"
#include "kernels/vector/element_losses.h"
#include "kernels/vector/register.h"
#include "kernels/vector/softmax.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

// What the derivative of row r's loss is multiplied by in the mean's gradient: weight / sum of weights.
struct RowFactors {
  const float* weights;
  int64_t stride;
  float inverseSum;
  RowFactors(const Call& call, int sampleWeights, int weightSum)
      : weights(call.views[sampleWeights] ? data<float>(call.views[sampleWeights]) : nullptr),
        stride(call.views[sampleWeights] ? call.views[sampleWeights]->stride : 0),
        inverseSum(inverseOfSum(call.views[weightSum] ? *data<double>(call.views[weightSum])
                                                 : static_cast<double>(call.rows))) {}
  DEEPBLAS_INLINE float of(int64_t row) const { return weights ? weights[row * stride] * inverseSum : inverseSum; }
};

// ---- softmax with cross-entropy ---------------------------------------------------------------------------------

void softmaxCrossEntropy(const Call& call, const Tile& tile) {
  namespace arg = at::softmaxCrossEntropy;
  const View& logits = *call.views[arg::logits];
  const View& target = *call.views[arg::target];
  const View* gradient = call.views[arg::gradient];
  const View* output = call.views[arg::output];
  double* rowLoss = data<double>(call.views[arg::rowLoss]);
  const RowFactors factors(call, arg::sampleWeights, arg::weightSum);
  const int64_t classes = logits.columns;
  float scratch[kWidth];
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
    const float* z = rowOf(logits, r);
    float* probability = output ? rowOf(*output, r) : gradient ? rowOf(*gradient, r) : nullptr;
    SoftmaxTerms terms;
    if (probability) {
      terms = exponentials(probability, z, classes);
      scaleRow(probability, 1.0f / terms.sum, classes);
    } else {
      // Only the loss is wanted: the same sum, block by block, without keeping the terms.
      Floats largest = broadcast(-__builtin_inff()), sums = {};
      for (int64_t i = 0; i < classes; i += kWidth) {
        const int64_t lanes = smaller(kWidth, classes - i);
        const Floats value = select(firstMask(lanes), loadFirst(z + i, lanes), broadcast(-__builtin_inff()));
        largest = select(value > largest, value, largest);
      }
      terms.maximum = largestLane(largest);
      for (int64_t i = 0; i < classes; i += kWidth) {
        const int64_t lanes = smaller(kWidth, classes - i);
        sums += select(firstMask(lanes), exponential(loadFirst(z + i, lanes) - terms.maximum), Floats{});
      }
      terms.sum = sumOfLanes(sums);
    }
    store(scratch, logarithm(broadcast(terms.sum)));
    const double logSum = static_cast<double>(terms.maximum) + scratch[0];
    const float factor = factors.of(r);
    if (target.type == Type::Int32) {
      const int32_t label = data<int32_t>(&target)[r * target.stride];
      // A class that there is no logit for has no loss: the run stops before anything is updated.
      const bool known = label >= 0 && label < classes;
      rowLoss[r] = known ? logSum - z[label] : __builtin_nan("");
      if (gradient) {
        float* g = rowOf(*gradient, r);
        for (int64_t i = 0; i < classes; i += kWidth) {
          const int64_t lanes = smaller(kWidth, classes - i);
          storeFirst(g + i, loadFirst(probability + i, lanes) * factor, lanes);
        }
        if (known) g[label] -= factor;
      }
    } else {
      const float* t = rowOf(target, r);
      double loss = 0, mass = 0;
      for (int64_t i = 0; i < classes; ++i) {
        loss += t[i] == 0 ? 0.0 : t[i] * (logSum - z[i]);
        mass += t[i];
      }
      // A logit that is not finite must reach the loss even where its target is 0.
      rowLoss[r] = logSum - logSum == 0 ? loss : logSum;
      if (gradient) {
        float* g = rowOf(*gradient, r);
        const float total = static_cast<float>(mass);
        for (int64_t i = 0; i < classes; i += kWidth) {
          const int64_t lanes = smaller(kWidth, classes - i);
          storeFirst(g + i, (loadFirst(probability + i, lanes) * total - loadFirst(t + i, lanes)) * factor, lanes);
        }
      }
    }
  }
}

// ---- element-wise losses ------------------------------------------------------------------------------------------

// Columns are averaged: the derivative of one element is divided by their number.
template <typename Rule>
DEEPBLAS_INLINE void elementwise(const Tile& tile, const View& prediction, const View& target,
                                 const View* gradient, const View* output, double* rowLoss,
                                 const RowFactors& factors) {
  const int64_t columns = prediction.columns;
  const float perColumn = 1.0f / static_cast<float>(columns);
  const bool oneColumn = columns == 1 && prediction.stride == 1 && target.stride == 1 &&
                         (!gradient || gradient->stride == 1) && (!output || output->stride == 1) &&
                         (!factors.weights || factors.stride == 1);
  if (oneColumn) {
    // One output: the lanes of a vector are rows.
    for (int64_t r = tile.firstBegin; r < tile.firstEnd; r += kWidth) {
      const int64_t lanes = smaller(kWidth, tile.firstEnd - r);
      const Terms terms = Rule::of(loadFirst(data<float>(&prediction) + r, lanes),
                                   loadFirst(data<float>(&target) + r, lanes));
      float loss[kWidth];
      store(loss, terms.loss);
      for (int64_t i = 0; i < lanes; ++i) rowLoss[r + i] = loss[i];
      if (output) storeFirst(data<float>(output) + r, terms.output, lanes);
      if (gradient) {
        Floats factor = broadcast(factors.inverseSum);
        if (factors.weights) factor = factor * loadFirst(factors.weights + r, lanes);
        storeFirst(data<float>(gradient) + r, terms.derivative * factor, lanes);
      }
    }
    return;
  }
  for (int64_t r = tile.firstBegin; r < tile.firstEnd; ++r) {
    const float factor = factors.of(r) * perColumn;
    Sum loss;
    for (int64_t i = 0; i < columns; i += kWidth) {
      const int64_t lanes = smaller(kWidth, columns - i);
      const Terms terms =
          Rule::of(loadFirst(rowOf(prediction, r) + i, lanes), loadFirst(rowOf(target, r) + i, lanes));
      float element[kWidth];
      store(element, lanes == kWidth ? terms.loss : select(firstMask(lanes), terms.loss, Floats{}));
      for (int64_t lane = 0; lane < kWidth; ++lane) loss.lane[(i + lane) & 7] += element[lane];
      if (output) storeFirst(rowOf(*output, r) + i, terms.output, lanes);
      if (gradient) storeFirst(rowOf(*gradient, r) + i, terms.derivative * factor, lanes);
    }
    rowLoss[r] = loss.total() / static_cast<double>(columns);
  }
}

void sigmoidBinaryCrossEntropy(const Call& call, const Tile& tile) {
  namespace arg = at::sigmoidBinaryCrossEntropy;
  elementwise<SigmoidBinaryCrossEntropy>(tile, *call.views[arg::logits], *call.views[arg::target],
                                         call.views[arg::gradient], call.views[arg::output],
                                         data<double>(call.views[arg::rowLoss]),
                                         RowFactors(call, arg::sampleWeights, arg::weightSum));
}

void meanSquaredError(const Call& call, const Tile& tile) {
  namespace arg = at::meanSquaredError;
  elementwise<MeanSquaredError>(tile, *call.views[arg::prediction], *call.views[arg::target],
                                call.views[arg::gradient], nullptr, data<double>(call.views[arg::rowLoss]),
                                RowFactors(call, arg::sampleWeights, arg::weightSum));
}

void weightSum(const Call& call, const Tile&) {
  const View& weights = *call.views[at::weightSum::sampleWeights];
  double sum = 0;
  for (int64_t r = 0; r < call.rows; ++r) sum += data<float>(&weights)[r * weights.stride];
  *data<double>(call.views[at::weightSum::sum]) = sum;
}

template <int kScores>
Axes axes(const Call& call) {
  return rowAxes(call.rows, call.views[kScores]->columns);
}
template <int kScores>
double cost(const Call& call) {
  return call.rows * (10.0 + 2.0 * call.views[kScores]->columns);
}

}  // namespace

void registerLoss(KernelSet& set) {
  constexpr int logits = at::softmaxCrossEntropy::logits;
  constexpr int prediction = at::meanSquaredError::prediction;
  static_assert(logits == at::sigmoidBinaryCrossEntropy::logits, "both losses take their logits in one place");
  set[KernelId::SoftmaxCrossEntropy] = {axes<logits>, softmaxCrossEntropy, cost<logits>};
  set[KernelId::SigmoidBinaryCrossEntropy] = {axes<logits>, sigmoidBinaryCrossEntropy, cost<logits>};
  set[KernelId::MeanSquaredError] = {axes<prediction>, meanSquaredError, cost<prediction>};
  set[KernelId::WeightSum] = {wholeAxes, weightSum, [](const Call& call) { return call.rows * 1.0; }};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
