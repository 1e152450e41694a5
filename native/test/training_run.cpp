#include "training_run.h"

#include <cstring>

#include "boundary/streams.h"
#include "core/floating_point.h"
#include "core/thread_pool.h"
#include "reference.h"

namespace deepblas {
namespace test {

namespace {

NetworkSpec specOf(bool adam, bool shuffle, bool weighted, double l2) {
  NetworkSpec spec = {13, {{17, Activation::Relu}, {9, Activation::Gelu}, {4, Activation::Linear}}};
  spec.adam = adam;
  spec.shuffle = shuffle;
  spec.weighted = weighted;
  spec.l2 = l2;
  return spec;
}

}  // namespace

const std::vector<NetworkSpec> kSpecs = {specOf(false, false, false, 0), specOf(true, true, false, 0),
                                         specOf(true, true, true, 1e-3)};

Data dataOf(const NetworkSpec& spec, const std::vector<int64_t>& rows, uint64_t seed) {
  Data data;
  for (size_t m = 0; m < rows.size(); ++m)
    data.push_back(randomSamples(rows[m], spec.inputs, spec.layers.back().outputs, seed + 10 * m));
  return data;
}

uint64_t shuffleSeed(int64_t member) { return 1000 + static_cast<uint64_t>(member); }

std::vector<int32_t> orderOf(int64_t rows, int64_t member, int64_t epoch) {
  return reference::shuffle(rows, {shuffleSeed(member), kShuffleStream, static_cast<uint32_t>(epoch)});
}

std::vector<double> tableOf(const Network& network, int64_t first, int64_t steps) {
  const std::vector<double> all = network.stepTable(first, steps);
  const size_t columns = static_cast<size_t>(network.trainingProgram()->stepNumbers());
  std::vector<double> table;
  for (size_t i = 0; i < all.size(); i += kStepNumbers) table.insert(table.end(), &all[i], &all[i] + columns);
  return table;
}

bool sameBytes(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TrainingRun::TrainingRun(Network& network, Data data, const RunOptions& options)
    : network_(network), data_(std::move(data)) {
  TrainingSettings settings = {{}, options.batch, network.spec().shuffle, options.firstEpoch, options.firstStepOfEpoch,
                               options.lanes};
  for (size_t m = 0; m < data_.size(); ++m)
    settings.members.push_back({data_[m]->rows(), shuffleSeed(static_cast<int64_t>(m))});
  std::unique_ptr<Pass> validation;
  if (!options.validation.empty()) {
    held_ = options.validation;
    const auto plan = std::make_shared<const Plan>(makePlan(*network.evaluationProgram(), 20, false));
    std::vector<int64_t> rows;
    for (const auto& samples : held_) rows.push_back(samples->rows());
    validation = std::make_unique<Pass>(network.evaluationProgram(), plan, network.bindings(held_), rows);
  }
  const auto plan = std::make_shared<const Plan>(makePlan(*network.trainingProgram(), options.batch, options.keepAll));
  training = std::make_unique<Training>(network.trainingProgram(), plan, network.bindings(data_), settings,
                                        std::move(validation));
}

ChunkResult TrainingRun::advance(int64_t steps, double milliseconds, bool endAtEpoch, bool plainly) {
  const FlushDenormals guard;
  const ThreadPool::JobScope scope(ThreadPool::instance());
  const std::vector<double> table = tableOf(network_, done, steps);
  const ChunkResult chunk = training->advance({table.data(), steps, milliseconds, endAtEpoch, plainly}, cancelled);
  done += chunk.steps;
  const std::vector<double> rows = training->takeResults();
  results.insert(results.end(), rows.begin(), rows.end());
  return chunk;
}

double TrainingRun::result(int64_t epoch, int64_t member, int64_t number) const {
  const int64_t perMember = (training->resultWidth() - 1) / network_.members();
  return results[static_cast<size_t>(epoch * training->resultWidth() + 1 + member * perMember + number)];
}

std::vector<double> TrainingRun::resultsWithoutSeconds() const {
  std::vector<double> rest;
  for (size_t i = 0; i < results.size(); ++i)
    if (static_cast<int64_t>(i) % training->resultWidth() != 0) rest.push_back(results[i]);
  return rest;
}

}  // namespace test
}  // namespace deepblas
