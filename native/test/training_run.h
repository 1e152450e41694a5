// Training runs of small networks on random data, for the tests of trainings.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "network.h"
#include "operand.h"
#include "program/training.h"

namespace deepblas {
namespace test {

constexpr int64_t kRows = 75, kBatch = 32, kSteps = 3;  // steps of an epoch
constexpr double kForever = 1e9;                        // milliseconds

// SGD on consecutive rows; Adam on shuffled ones; the same with weights and a penalty.
extern const std::vector<NetworkSpec> kSpecs;

using Data = std::vector<std::shared_ptr<Samples>>;  // by member

// Random samples of as many rows as each member is to have.
Data dataOf(const NetworkSpec& spec, const std::vector<int64_t>& rows, uint64_t seed);

uint64_t shuffleSeed(int64_t member);
// The order in which a shuffled run reads a member's rows.
std::vector<int32_t> orderOf(int64_t rows, int64_t member, int64_t epoch);
// The step table with the columns that the program has: SGD's reads only the first.
std::vector<double> tableOf(const Network& network, int64_t first, int64_t steps);
bool sameBytes(const std::vector<float>& a, const std::vector<float>& b);

struct RunOptions {
  int64_t firstEpoch = 0, firstStepOfEpoch = 0;
  Data validation = {};
  int64_t batch = kBatch;
  bool keepAll = false;
  LaneUse lanes = LaneUse::Chosen;
};

// A training run of a network on data of its own; the table of step numbers counts steps from the network's first.
class TrainingRun {
 public:
  TrainingRun(Network& network, Data data, const RunOptions& options = {});

  ChunkResult advance(int64_t steps, double milliseconds = kForever, bool endAtEpoch = false, bool plainly = false);

  // A number of the results table: epoch, member, which accumulator (validation's after training's).
  double result(int64_t epoch, int64_t member, int64_t number) const;
  std::vector<double> resultsWithoutSeconds() const;
  int64_t epochs() const { return static_cast<int64_t>(results.size()) / training->resultWidth(); }

  std::unique_ptr<Training> training;
  std::vector<double> results;
  std::atomic<bool> cancelled{false};
  int64_t done = 0;

 private:
  Network& network_;
  Data data_, held_;
};

}  // namespace test
}  // namespace deepblas
