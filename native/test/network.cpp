#include "network.h"

#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "kernels/kernels.h"
#include "operand.h"
#include "recorder.h"

namespace deepblas {
namespace test {

namespace {

constexpr double kMomentum = 0.9, kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-7;

// Slots of the bound matrices.
constexpr int64_t kX = 0, kLabels = 1, kWeights = 2;

bool needsPreActivation(Activation activation) { return activation == Activation::Gelu; }

std::string labelOf(size_t layer, const char* what) { return "layers." + std::to_string(layer) + " Dense " + what; }

}  // namespace

std::shared_ptr<Samples> randomSamples(int64_t rows, int64_t inputs, int64_t classes, uint64_t seed) {
  auto samples = std::make_shared<Samples>();
  samples->x = randomMatrix(rows, inputs, seed);
  samples->labels = randomLabels(rows, classes, seed + 1);
  samples->weights = randomVector(rows, seed + 2, 0.5, 2);
  samples->floats.assign(samples->x.values.begin(), samples->x.values.end());
  samples->floatWeights.assign(samples->weights.begin(), samples->weights.end());
  return samples;
}

Network::Network(const NetworkSpec& spec, int64_t members, uint64_t firstSeed) : spec_(spec), members_(members) {
  training_ = recordTraining();
  evaluation_ = recordEvaluation();
  initialize(firstSeed);
}

std::shared_ptr<const Program> Network::recordTraining() {
  const KernelSet& set = activeKernels();
  Recorder record;
  const int64_t classes = spec_.layers.back().outputs;

  // The batch: gathered in the order of the shuffle, or the rows as they stand.
  int64_t x, labels, weights = -1;
  if (spec_.shuffle) {
    const int64_t order = record.order();
    const auto gathered = [&](int64_t slot, int64_t columns, Type type, const char* label) {
      const int64_t source = record.data(slot, columns, type, true), output = record.batchRows(columns, type);
      record.call(KernelId::Gather, {tensor(output), tensor(source), tensor(order)}, label);
      return output;
    };
    x = gathered(kX, spec_.inputs, Type::Float32, "gather x");
    labels = gathered(kLabels, 1, Type::Int32, "gather y");
    if (spec_.weighted) weights = gathered(kWeights, 1, Type::Float32, "gather sample weights");
  } else {
    x = record.data(kX, spec_.inputs, Type::Float32);
    labels = record.data(kLabels, 1, Type::Int32);
    if (spec_.weighted) weights = record.data(kWeights, 1, Type::Float32);
  }

  struct Cache {
    int64_t x, weight, bias, preActivation, output;
  };
  std::vector<Cache> caches;
  layers_.clear();
  for (size_t l = 0; l < spec_.layers.size(); ++l) {
    const LayerSpec& layer = spec_.layers[l];
    const int64_t inputs = l == 0 ? spec_.inputs : spec_.layers[l - 1].outputs;
    const int64_t panel = set.weightPanel(inputs, layer.outputs);
    Cache cache = {};
    cache.x = l == 0 ? x : caches.back().output;
    const int64_t weightOffset = record.arenaElements();
    cache.weight = record.parameter(layer.outputs, inputs, panel);
    const int64_t biasOffset = record.arenaElements();
    cache.bias = record.parameter(1, layer.outputs, 0);
    layers_.push_back({inputs, layer.outputs, panel, weightOffset, biasOffset});
    cache.output = record.batchRows(layer.outputs);
    cache.preActivation = needsPreActivation(layer.activation) ? record.batchRows(layer.outputs) : -1;
    record.call(KernelId::DenseForward,
                {tensor(cache.output), cache.preActivation < 0 ? absent() : tensor(cache.preActivation),
                 tensor(cache.x), tensor(cache.weight), tensor(cache.bias),
                 constant(static_cast<double>(layer.activation)), absent()},
                labelOf(l, "forward"));
    caches.push_back(cache);
  }
  arenaElements_ = record.arenaElements();

  const Argument sampleWeights = spec_.weighted ? tensor(weights) : absent();
  Argument weightSum = absent();
  if (spec_.weighted) {
    const int64_t sum = record.scalar();
    record.call(KernelId::WeightSum, {tensor(sum), sampleWeights}, "sum of sample weights");
    weightSum = tensor(sum);
  }
  const int64_t rowLoss = record.batchRows(1, Type::Float64), hits = record.batchRows(1, Type::Float64);
  int64_t outputGradient = record.batchRows(classes);
  const int64_t loss = record.accumulator(), accuracy = record.accumulator();
  record.call(KernelId::SoftmaxCrossEntropy,
              {tensor(rowLoss), tensor(outputGradient), absent(), tensor(caches.back().output), tensor(labels),
               sampleWeights, weightSum},
              "crossEntropy");
  record.call(KernelId::Accumulate, {tensor(loss), tensor(rowLoss), sampleWeights, constant(1)}, "loss");
  record.call(KernelId::Accuracy,
              {tensor(hits), tensor(caches.back().output), tensor(labels), constant(0), constant(0.5)}, "accuracy");
  record.call(KernelId::Accumulate, {tensor(accuracy), tensor(hits), sampleWeights, constant(0)}, "accuracy");

  for (size_t l = spec_.layers.size(); l-- > 0;) {
    const LayerSpec& layer = spec_.layers[l];
    const Cache& cache = caches[l];
    if (layer.activation != Activation::Linear) {
      const int64_t preActivationGradient = record.batchRows(layer.outputs);
      record.call(KernelId::ActivationBackward,
                  {tensor(preActivationGradient), tensor(outputGradient),
                   needsPreActivation(layer.activation) ? absent() : tensor(cache.output),
                   needsPreActivation(layer.activation) ? tensor(cache.preActivation) : absent(),
                   constant(static_cast<double>(layer.activation))},
                  labelOf(l, "activation backward"));
      outputGradient = preActivationGradient;
    }
    const int64_t weightGradient = record.like(cache.weight, Storage::Gradient);
    record.call(KernelId::DenseBackwardWeight,
                {tensor(weightGradient), tensor(record.like(cache.bias, Storage::Gradient)), tensor(cache.x),
                 tensor(outputGradient), absent()},
                labelOf(l, "backward"));
    if (spec_.l1 != 0 || spec_.l2 != 0) {
      const std::vector<Argument> strengths = {constant(spec_.l1), constant(spec_.l2), constant(0)};
      record.call(KernelId::Penalty,
                  {tensor(loss), tensor(cache.weight), weightSum, strengths[0], strengths[1], strengths[2]},
                  labelOf(l, "penalty"));
      record.call(KernelId::PenaltyGradient,
                  {tensor(weightGradient), tensor(cache.weight), strengths[0], strengths[1], strengths[2]},
                  labelOf(l, "penalty backward"));
    }
    if (l == 0) continue;
    const int64_t inputs = layers_[l].inputs;
    Argument transposed = absent();
    if (set.turnsWeight(inputs, layer.outputs)) {
      const int64_t place = record.panels(inputs, layer.outputs, set.registerPanel(inputs));
      record.call(KernelId::TransposeWeight, {tensor(place), tensor(cache.weight)}, labelOf(l, "transpose"));
      transposed = tensor(place);
    }
    const int64_t inputGradient = record.batchRows(inputs);
    record.call(KernelId::DenseBackwardInput,
                {tensor(inputGradient), tensor(outputGradient), tensor(cache.weight), transposed, absent()},
                labelOf(l, "input gradient"));
    outputGradient = inputGradient;
  }

  const int64_t all = record.wholeArena(Storage::Parameter), gradients = record.wholeArena(Storage::Gradient);
  if (spec_.adam) {
    record.call(KernelId::Adam,
                {tensor(all), tensor(gradients), tensor(record.wholeArena(Storage::State, 0)),
                 tensor(record.wholeArena(Storage::State, 1)), stepNumber(kLearningRate), stepNumber(kAdamCorrection),
                 constant(1), constant(kBeta1), constant(kBeta2), constant(kEpsilon), constant(0), absent(), absent(), absent()},
                "adam");
  } else {
    record.call(KernelId::Sgd,
                {tensor(all), tensor(gradients), tensor(record.wholeArena(Storage::State, 0)),
                 stepNumber(kLearningRate), constant(kMomentum), constant(0), constant(0), absent(), absent(), absent()},
                "sgd");
  }
  return record.program();
}

std::shared_ptr<const Program> Network::recordEvaluation() {
  Recorder record;
  const int64_t x = record.data(kX, spec_.inputs, Type::Float32), labels = record.data(kLabels, 1, Type::Int32);
  int64_t input = x;
  for (size_t l = 0; l < layers_.size(); ++l) {
    const Layer& layer = layers_[l];
    const int64_t weight = record.parameter(layer.outputs, layer.inputs, layer.panel);
    const int64_t bias = record.parameter(1, layer.outputs, 0), output = record.batchRows(layer.outputs);
    record.call(KernelId::DenseForward,
                {tensor(output), absent(), tensor(input), tensor(weight), tensor(bias),
                 constant(static_cast<double>(spec_.layers[l].activation)), absent()},
                labelOf(l, "forward"));
    input = output;
  }
  const int64_t rowLoss = record.batchRows(1, Type::Float64), hits = record.batchRows(1, Type::Float64);
  record.call(KernelId::SoftmaxCrossEntropy,
              {tensor(rowLoss), absent(), absent(), tensor(input), tensor(labels), absent(), absent()}, "crossEntropy");
  record.call(KernelId::Accumulate, {tensor(record.accumulator()), tensor(rowLoss), absent(), constant(0)}, "loss");
  record.call(KernelId::Accuracy, {tensor(hits), tensor(input), tensor(labels), constant(0), constant(0.5)}, "accuracy");
  record.call(KernelId::Accumulate, {tensor(record.accumulator()), tensor(hits), absent(), constant(0)}, "accuracy");
  return record.program();
}

void Network::initialize(uint64_t firstSeed) {
  const size_t total = static_cast<size_t>(arenaElements_ * members_);
  parameters_.assign(total, 0);
  gradients_.assign(total, 0);
  for (std::vector<float>& state : states_) state.assign(total, 0);
  for (int64_t m = 0; m < members_; ++m) {
    for (size_t l = 0; l < layers_.size(); ++l) {
      const Layer& layer = layers_[l];
      const uint64_t seed = 1000 * (firstSeed + static_cast<uint64_t>(m)) + l;
      const reference::Matrix start =
          randomMatrix(layer.outputs, layer.inputs, seed, 1 / std::sqrt(static_cast<double>(layer.inputs)));
      float* weight = parameters_.data() + m * arenaElements_ + layer.weightOffset;
      for (int64_t o = 0; o < layer.outputs; ++o)
        for (int64_t i = 0; i < layer.inputs; ++i)
          weight[o / layer.panel * layer.panel * layer.inputs + i * layer.panel + o % layer.panel] =
              static_cast<float>(start.at(o, i));
      float* bias = parameters_.data() + m * arenaElements_ + layer.biasOffset;
      const reference::Vector startBias = randomVector(layer.outputs, seed + 500, -0.1, 0.1);
      std::transform(startBias.begin(), startBias.end(), bias, [](double value) { return static_cast<float>(value); });
    }
  }
}

Bindings Network::bindings(const std::vector<std::shared_ptr<Samples>>& data) {
  Bindings bindings;
  bindings.parameters = {parameters_.data(), arenaElements_};
  bindings.gradients = {gradients_.data(), arenaElements_};
  for (std::vector<float>& state : states_) bindings.states.push_back({state.data(), arenaElements_});
  bindings.slots.resize(3);
  for (const auto& samples : data) {
    const auto bytes = [](auto* pointer) { return reinterpret_cast<uint8_t*>(pointer); };
    const int64_t rows = samples->rows();
    bindings.slots[kX].push_back({bytes(samples->floats.data()), rows, spec_.inputs, Type::Float32, 1});
    bindings.slots[kLabels].push_back({bytes(samples->labels.data()), rows, 1, Type::Int32, 1});
    bindings.slots[kWeights].push_back({bytes(samples->floatWeights.data()), rows, 1, Type::Float32, 1});
  }
  return bindings;
}

std::vector<double> Network::stepTable(int64_t first, int64_t steps) const {
  std::vector<double> table;
  for (int64_t step = first + 1; step <= first + steps; ++step) {
    for (int64_t m = 0; m < members_; ++m) {
      table.push_back(spec_.adam ? learningRate(m) / 10 / (1 - std::pow(kBeta1, static_cast<double>(step)))
                                 : learningRate(m) / (1 + 0.01 * static_cast<double>(step)));
      table.push_back(1 / std::sqrt(1 - std::pow(kBeta2, static_cast<double>(step))));
    }
  }
  return table;
}

std::vector<float> Network::memory(int64_t member) const {
  std::vector<float> all;
  for (const std::vector<float>* arena : {&parameters_, &gradients_, &states_[0], &states_[1]})
    all.insert(all.end(), arena->begin() + member * arenaElements_, arena->begin() + (member + 1) * arenaElements_);
  return all;
}

std::vector<float> Network::parameters(int64_t member) const {
  const auto first = parameters_.begin() + member * arenaElements_;
  return std::vector<float>(first, first + arenaElements_);
}

reference::Matrix Network::weight(int64_t member, size_t layer) const {
  const Layer& l = layers_[layer];
  const float* from = parameters_.data() + member * arenaElements_ + l.weightOffset;
  reference::Matrix weight(l.outputs, l.inputs);
  for (int64_t o = 0; o < l.outputs; ++o)
    for (int64_t i = 0; i < l.inputs; ++i)
      weight.at(o, i) = from[o / l.panel * l.panel * l.inputs + i * l.panel + o % l.panel];
  return weight;
}

reference::Vector Network::bias(int64_t member, size_t layer) const {
  const float* from = parameters_.data() + member * arenaElements_ + layers_[layer].biasOffset;
  return reference::Vector(from, from + layers_[layer].outputs);
}

float& Network::lastBias(int64_t member, int64_t output) {
  return parameters_[member * arenaElements_ + layers_.back().biasOffset + output];
}

bool Network::paddingIsZero() const {
  for (int64_t m = 0; m < members_; ++m) {
    std::vector<bool> used(arenaElements_, false);
    for (const Layer& l : layers_) {
      for (int64_t o = 0; o < l.outputs; ++o) {
        used[l.biasOffset + o] = true;
        for (int64_t i = 0; i < l.inputs; ++i)
          used[l.weightOffset + o / l.panel * l.panel * l.inputs + i * l.panel + o % l.panel] = true;
      }
    }
    const std::vector<float> all = memory(m);
    for (size_t i = 0; i < all.size(); ++i)
      if (!used[i % static_cast<size_t>(arenaElements_)] && all[i] != 0) return false;
  }
  return true;
}

Network::Oracle::Oracle(const Network& network, int64_t member) : network_(network), member_(member) {
  for (size_t l = 0; l < network.layers_.size(); ++l) {
    weights_.push_back(network.weight(member, l));
    biases_.push_back(network.bias(member, l));
    first_.push_back(reference::Matrix(weights_[l].rows, weights_[l].columns));
    firstBias_.push_back(reference::Vector(biases_[l].size()));
  }
  second_ = first_;
  secondBias_ = firstBias_;
}

Network::Oracle::Result Network::Oracle::step(const Samples& samples, const std::vector<int32_t>& order, int64_t first,
                                              int64_t rows) {
  using namespace reference;
  const NetworkSpec& spec = network_.spec_;
  std::vector<int32_t> batch(rows);
  for (int64_t r = 0; r < rows; ++r) batch[r] = order.empty() ? static_cast<int32_t>(first + r) : order[first + r];
  const Matrix x = gather(samples.x, batch, 1);
  Labels labels;
  Vector sampleWeights;
  for (int32_t row : batch) {
    labels.push_back(samples.labels[row]);
    if (spec.weighted) sampleWeights.push_back(samples.weights[row]);
  }

  std::vector<Forward> cache;
  for (size_t l = 0; l < weights_.size(); ++l)
    cache.push_back(denseForward(l == 0 ? x : cache[l - 1].output, weights_[l], biases_[l], spec.layers[l].activation));
  const reference::Loss loss =
      softmaxCrossEntropy(cache.back().output, oneHot(labels, cache.back().output.columns), sampleWeights);
  Accumulator sums, hits;
  accumulate(sums, loss.rows, sampleWeights);
  accumulate(hits, accuracy(cache.back().output, labels), sampleWeights);
  Result result = {sums.sum, sums.weight, hits.sum};
  for (const Matrix& weight : weights_) result.lossSum += sums.weight * penalty(weight, spec.l1, spec.l2);

  Matrix outputGradient = loss.gradient;
  std::vector<ParameterGradients> gradients(weights_.size());
  for (size_t l = weights_.size(); l-- > 0;) {
    const Matrix gradient = activationBackward(outputGradient, cache[l].preActivation, spec.layers[l].activation);
    gradients[l] = denseBackwardWeight(l == 0 ? x : cache[l - 1].output, gradient);
    const Matrix extra = penaltyGradient(weights_[l], spec.l1, spec.l2);
    for (size_t i = 0; i < extra.values.size(); ++i) gradients[l].weight.values[i] += extra.values[i];
    if (l > 0) outputGradient = denseBackwardInput(gradient, weights_[l]);
  }

  ++step_;
  for (size_t l = 0; l < weights_.size(); ++l) {
    if (spec.adam) {
      const AdamRule rule = {network_.learningRate(member_) / 10, kBeta1, kBeta2, kEpsilon, 0, 0};
      adam(weights_[l].values, gradients[l].weight.values, first_[l].values, second_[l].values, rule, step_);
      adam(biases_[l], gradients[l].bias, firstBias_[l], secondBias_[l], rule, step_);
    } else {
      const SgdRule rule = {network_.learningRate(member_) / (1 + 0.01 * step_), kMomentum, 0, false};
      sgd(weights_[l].values, gradients[l].weight.values, first_[l].values, rule);
      sgd(biases_[l], gradients[l].bias, firstBias_[l], rule);
    }
  }
  return result;
}

}  // namespace test
}  // namespace deepblas
