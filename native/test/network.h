// A network of dense layers, recorded for training and for evaluation, with the memory of its members: what lib's layers,
// losses and optimizers would record, in C++.
#pragma once

#include <memory>
#include <vector>

#include "program/training.h"
#include "reference.h"

namespace deepblas {
namespace test {

struct LayerSpec {
  int64_t outputs;
  Activation activation;
};

struct NetworkSpec {
  int64_t inputs;
  std::vector<LayerSpec> layers;  // the last one gives logits
  bool adam = false;
  bool shuffle = false;
  bool weighted = false;
  double l1 = 0, l2 = 0;
};

// Rows, labels and weights of one member's data.
struct Samples {
  reference::Matrix x;
  reference::Labels labels;
  reference::Vector weights;

  int64_t rows() const { return x.rows; }
  // Float copies that bindings point to.
  std::vector<float> floats, floatWeights;
};
std::shared_ptr<Samples> randomSamples(int64_t rows, int64_t inputs, int64_t classes, uint64_t seed);

// Columns of the step table.
constexpr int64_t kLearningRate = 0, kAdamCorrection = 1, kStepNumbers = 2;
// Accumulators: loss sum, loss weight, hits, hit weight.
constexpr int64_t kAccumulators = 4;

class Network {
 public:
  Network(const NetworkSpec& spec, int64_t members, uint64_t firstSeed);

  const NetworkSpec& spec() const { return spec_; }
  int64_t members() const { return members_; }
  std::shared_ptr<const Program> trainingProgram() const { return training_; }
  std::shared_ptr<const Program> evaluationProgram() const { return evaluation_; }

  // data: one for all members, or one each; must outlive the bindings' use.
  Bindings bindings(const std::vector<std::shared_ptr<Samples>>& data);

  // A row of the step table for every step from `first` on and every member: [step][member][column]. Each member has a
  // learning rate of its own.
  std::vector<double> stepTable(int64_t first, int64_t steps) const;

  // Parameters, gradients and states of one member, bit for bit.
  std::vector<float> memory(int64_t member) const;
  std::vector<float> parameters(int64_t member) const;
  reference::Matrix weight(int64_t member, size_t layer) const;
  reference::Vector bias(int64_t member, size_t layer) const;
  // The first parameter of the last layer's bias, to spoil it.
  float& lastBias(int64_t member, int64_t output);
  bool paddingIsZero() const;

  // The same step in double precision, on logical matrices.
  class Oracle;

 private:
  std::shared_ptr<const Program> recordTraining();
  std::shared_ptr<const Program> recordEvaluation();
  void initialize(uint64_t firstSeed);
  double learningRate(int64_t member) const { return 0.05 / static_cast<double>(member + 1); }

  struct Layer {
    int64_t inputs, outputs, panel, weightOffset, biasOffset;
  };

  NetworkSpec spec_;
  int64_t members_, arenaElements_ = 0;
  std::vector<Layer> layers_;
  std::shared_ptr<const Program> training_, evaluation_;
  std::vector<float> parameters_, gradients_, states_[2];
};

class Network::Oracle {
 public:
  Oracle(const Network& network, int64_t member);

  // One step on rows [first, first + rows) in `order` (empty: as they stand); returns loss (penalties included, as the
  // weighted sum over rows) and hits.
  struct Result {
    double lossSum, weightSum, hits;
  };
  Result step(const Samples& samples, const std::vector<int32_t>& order, int64_t first, int64_t rows);

  const reference::Matrix& weight(size_t layer) const { return weights_[layer]; }
  const reference::Vector& bias(size_t layer) const { return biases_[layer]; }

 private:
  const Network& network_;
  int64_t member_;
  int step_ = 0;
  std::vector<reference::Matrix> weights_, first_, second_;
  std::vector<reference::Vector> biases_, firstBias_, secondBias_;
};

}  // namespace test
}  // namespace deepblas
