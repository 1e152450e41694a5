// Training runs of several members: each trains as if it were alone, and may stop by itself.
#include "program/training.h"

#include <algorithm>
#include <cmath>

#include "core/floating_point.h"
#include "network.h"
#include "test.h"
#include "threads.h"
#include "training_run.h"

namespace deepblas {
namespace test {

TEST("members with different rows: an epoch is the longest's, and each has the bits it has alone") {
  const Threads setting(2);
  const std::vector<int64_t> rows = {75, 20, 64, 33};
  for (const NetworkSpec& spec : kSpecs) {
    const Data data = dataOf(spec, rows, 900);
    Network population(spec, 4, 6);
    TrainingRun run(population, data);
    CHECK_EQUAL(run.training->stepsPerEpoch(), 3);
    run.advance(2 * kSteps);
    for (int64_t m = 0; m < 4; ++m) {
      CONTEXT("member ", m);
      Network network(spec, 4, 6);
      TrainingRun alone(network, data);
      alone.training->setActive({m});
      alone.advance(2 * kSteps);
      CHECK(sameBytes(network.memory(m), population.memory(m)));
      for (int64_t epoch = 0; epoch < 2; ++epoch) {
        for (int64_t i = 0; i < kAccumulators; ++i)
          CHECK_EQUAL(alone.result(epoch, m, i), run.result(epoch, m, i));
        if (!spec.weighted) CHECK_EQUAL(run.result(epoch, m, 1), static_cast<double>(rows[m]));
      }
    }
  }
}

TEST("a member whose rows are used up waits for the others' epoch to end") {
  for (const NetworkSpec& spec : kSpecs) {
    // Its rows are a whole number of batches, then not.
    for (int64_t rows : {64, 50}) {
      const Data data = dataOf(spec, {rows, kRows, 20}, 950);
      Network population(spec, 3, 6), single(spec, 1, 6);
      TrainingRun run(population, data), alone(single, {data[0]});
      run.advance(kSteps);
      alone.advance(2);
      CHECK_EQUAL(alone.epochs(), 1);
      CHECK(sameBytes(population.memory(0), single.memory(0)));
      for (int64_t i = 0; i < kAccumulators; ++i) CHECK_EQUAL(run.result(0, 0, i), alone.result(0, 0, i));
    }
  }
}

TEST("every member of a run follows the reference with its own rows, order and numbers") {
  const std::vector<int64_t> rows = {33, 75, 64};
  for (const NetworkSpec& spec : kSpecs) {
    const Data data = dataOf(spec, rows, 970);
    Network network(spec, 3, 16);
    std::vector<Network::Oracle> oracles;
    for (int64_t m = 0; m < 3; ++m) oracles.emplace_back(network, m);
    TrainingRun run(network, data);
    run.advance(kSteps);
    for (int64_t m = 0; m < 3; ++m) {
      CONTEXT("member ", m);
      const std::vector<int32_t> order = spec.shuffle ? orderOf(rows[m], m, 0) : std::vector<int32_t>();
      double lossSum = 0;
      for (int64_t first = 0; first < rows[m]; first += kBatch)
        lossSum += oracles[m].step(*data[m], order, first, std::min(kBatch, rows[m] - first)).lossSum;
      CHECK_CLOSE(run.result(0, m, 0), lossSum, 1e-5 * lossSum);
      // Adam's first steps are the sign of the gradient: where that is 0 but for rounding, it may differ.
      const double bound = spec.adam ? 2e-4 : 2e-6;
      for (size_t l = 0; l < spec.layers.size(); ++l) {
        const reference::Matrix weight = network.weight(m, l);
        for (size_t i = 0; i < weight.values.size(); ++i)
          CHECK_CLOSE(weight.values[i], oracles[m].weight(l).values[i], bound);
      }
    }
  }
}

TEST("an inactive member costs nothing: not a byte of it is read or written") {
  const NetworkSpec& spec = kSpecs[1];
  Data data = dataOf(spec, {kRows, kRows, kRows}, 1000);
  Network network(spec, 3, 7), all(spec, 3, 7);
  TrainingRun allRun(all, data);
  allRun.advance(kSteps);
  // The second member's matrices are nowhere: who touched them would crash.
  Bindings bindings = network.bindings(data);
  for (auto& slot : bindings.slots) slot[1].data = nullptr;
  const TrainingSettings settings = {
      {{kRows, shuffleSeed(0)}, {kRows, shuffleSeed(1)}, {kRows, shuffleSeed(2)}}, kBatch, true, 0, 0};
  const auto plan = std::make_shared<const Plan>(makePlan(*network.trainingProgram(), kBatch, false));
  Training training(network.trainingProgram(), plan, bindings, settings, nullptr);
  training.setActive({0, 2});
  const std::vector<float> before = network.memory(1);
  const std::vector<double> table = tableOf(network, 0, kSteps);
  const std::atomic<bool> never{false};
  const FlushDenormals guard;
  training.advance({table.data(), kSteps, kForever, false, false}, never);
  CHECK(sameBytes(network.memory(1), before));
  CHECK(sameBytes(network.memory(0), all.memory(0)));
  CHECK(sameBytes(network.memory(2), all.memory(2)));
  const std::vector<double> results = training.takeResults();
  for (int64_t i = 0; i < kAccumulators; ++i) {
    CHECK_EQUAL(results[static_cast<size_t>(1 + kAccumulators + i)], 0.0);
    CHECK_EQUAL(results[static_cast<size_t>(1 + i)], allRun.result(0, 0, i));
  }
}

TEST("a member that stops at the end of an epoch keeps its bits while the others go on") {
  for (const NetworkSpec& spec : kSpecs) {
    const Data data = dataOf(spec, {kRows, 50}, 1100), held = dataOf(spec, {20, 20}, 1150);
    Network network(spec, 2, 8), reference(spec, 2, 8);
    TrainingRun run(network, data, {0, 0, held, kBatch}), expected(reference, data, {0, 0, held, kBatch});
    run.advance(kSteps);
    const std::vector<float> stopped = network.memory(1);
    run.training->setActive({0});
    run.advance(2 * kSteps);
    expected.advance(3 * kSteps);
    CHECK(sameBytes(network.memory(1), stopped));
    CHECK(!sameBytes(network.memory(1), reference.memory(1)));
    CHECK(sameBytes(network.memory(0), reference.memory(0)));
    for (int64_t i = 0; i < 2 * kAccumulators; ++i) {
      CHECK_EQUAL(run.result(2, 0, i), expected.result(2, 0, i));
      CHECK_EQUAL(run.result(0, 1, i), expected.result(0, 1, i));
      CHECK_EQUAL(run.result(2, 1, i), 0.0);
    }
    run.training->setActive({});
    const std::vector<float> last = network.memory(0);
    CHECK_EQUAL(run.advance(kSteps).steps, kSteps);
    CHECK(sameBytes(network.memory(0), last));
  }
}

TEST("a member whose loss is not finite stays behind with its last good parameters, the others go on") {
  const NetworkSpec& spec = kSpecs[1];
  const Data data = dataOf(spec, {kRows, kRows, 40}, 1550);
  Network network(spec, 3, 12), smooth(spec, 3, 12), shorter(spec, 3, 12);
  TrainingRun run(network, data), smoothRun(smooth, data), shorterRun(shorter, data);
  smoothRun.advance(2 * kSteps);
  shorterRun.advance(kSteps + 1);
  const int32_t row = orderOf(kRows, 1, 1)[static_cast<size_t>(kBatch + 3)];
  run.advance(kSteps);
  data[1]->floats[static_cast<size_t>(row * spec.inputs)] = NAN;
  const ChunkResult chunk = run.advance(kSteps);
  CHECK(chunk.end == ChunkEnd::Budget);
  CHECK_EQUAL(chunk.steps, kSteps);
  const std::vector<Failure> failures = run.training->takeFailures();
  CHECK_EQUAL(failures.size(), size_t{1});
  CHECK_EQUAL(failures[0].member, 1);
  CHECK_EQUAL(failures[0].stepOfEpoch, 1);
  CHECK_EQUAL(failures[0].label, "gather x");
  CHECK(sameBytes(network.memory(0), smooth.memory(0)));
  CHECK(sameBytes(network.memory(2), smooth.memory(2)));
  CHECK(sameBytes(network.parameters(1), shorter.parameters(1)));
}

}  // namespace test
}  // namespace deepblas
