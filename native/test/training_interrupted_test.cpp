// Training runs that end early, cancelled or on a loss that is not finite, and go on from there.
#include "program/training.h"

#include <chrono>
#include <cmath>
#include <thread>

#include "network.h"
#include "test.h"
#include "threads.h"
#include "training_run.h"

namespace deepblas {
namespace test {

TEST("a run that starts where another stood gives the same bits, and with its sums the same results") {
  for (const NetworkSpec& spec : kSpecs) {
    const Data data = dataOf(spec, {kRows}, 1200);
    Network whole(spec, 1, 9);
    TrainingRun expected(whole, data);
    expected.advance(4 * kSteps);
    for (int64_t stop = 1; stop < 4 * kSteps; ++stop) {
      CONTEXT("stopped after ", stop, " steps");
      Network network(spec, 1, 9);
      std::vector<double> sums;
      {
        TrainingRun first(network, data);
        first.advance(stop);
        sums.assign(first.training->runningAccumulators(0), first.training->runningAccumulators(0) + kAccumulators);
      }
      TrainingRun second(network, data, {stop / kSteps, stop % kSteps, {}, kBatch});
      if (stop % kSteps != 0) second.training->setAccumulators(sums);
      second.done = stop;
      second.advance(4 * kSteps - stop);
      CHECK(sameBytes(network.memory(0), whole.memory(0)));
      CHECK_EQUAL(second.training->epoch(), 4);
      for (int64_t i = 0; i < kAccumulators; ++i)
        CHECK_EQUAL(second.result(0, 0, i), expected.result(stop / kSteps, 0, i));
    }
  }
}

TEST("a cancelled run does nothing, and can go on") {
  const NetworkSpec& spec = kSpecs[1];
  const Data data = dataOf(spec, {kRows}, 1300);
  Network network(spec, 1, 10), expected(spec, 1, 10);
  TrainingRun run(network, data), expectedRun(expected, data);
  run.advance(4);
  const std::vector<float> before = network.memory(0);
  run.cancelled = true;
  const ChunkResult chunk = run.advance(100);
  CHECK(chunk.end == ChunkEnd::Cancelled);
  CHECK_EQUAL(chunk.steps, 0);
  CHECK(sameBytes(network.memory(0), before));
  run.cancelled = false;
  run.advance(5);
  expectedRun.advance(9);
  CHECK(sameBytes(network.memory(0), expected.memory(0)));
}

TEST("a run cancelled by another thread holds the parameters of the last whole step") {
  const Threads setting(2);
  const NetworkSpec& spec = kSpecs[1];
  const Data data = dataOf(spec, {kRows}, 1400);
  for (int delay : {0, 1, 5}) {
    Network network(spec, 1, 11), expected(spec, 1, 11);
    TrainingRun run(network, data), expectedRun(expected, data);
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(delay));
      run.cancelled = true;
    });
    const ChunkResult chunk = run.advance(1 << 20);
    other.join();
    CHECK(chunk.end == ChunkEnd::Cancelled);
    CHECK(chunk.steps < (1 << 20));
    CHECK_EQUAL(run.training->epoch() * kSteps + run.training->stepOfEpoch(), chunk.steps);
    expectedRun.advance(chunk.steps);
    CHECK(sameBytes(network.memory(0), expected.memory(0)));
  }
}

TEST("a loss that is not finite ends the chunk before the update, and the run can go on from there") {
  const NetworkSpec& spec = kSpecs[1];
  const Data data = dataOf(spec, {kRows}, 1500);
  Network network(spec, 1, 12), smooth(spec, 1, 12);
  TrainingRun run(network, data), smoothRun(smooth, data);
  smoothRun.advance(2 * kSteps);
  // The batch of step 1 of epoch 1.
  const int32_t row = orderOf(kRows, 0, 1)[static_cast<size_t>(kBatch + 3)];
  run.advance(kSteps);
  float& spoiled = data[0]->floats[static_cast<size_t>(row * spec.inputs)];
  const float good = spoiled;
  spoiled = NAN;
  std::vector<float> before;
  for (int64_t again = 0; again < 2; ++again) {
    const ChunkResult chunk = run.advance(kSteps);
    CHECK(chunk.end == ChunkEnd::NotFinite);
    CHECK_EQUAL(chunk.steps, again == 0 ? 1 : 0);
    CHECK_EQUAL(run.training->epoch(), 1);
    CHECK_EQUAL(run.training->stepOfEpoch(), 1);
    const std::vector<Failure> failures = run.training->takeFailures();
    CHECK_EQUAL(failures.size(), size_t{1});
    CHECK_EQUAL(failures[0].member, 0);
    CHECK_EQUAL(failures[0].epoch, 1);
    CHECK_EQUAL(failures[0].stepOfEpoch, 1);
    CHECK_EQUAL(failures[0].label, "gather x");
    CHECK(run.training->takeFailures().empty());
    if (again == 1) CHECK(sameBytes(network.parameters(0), before));
    before = network.parameters(0);
    for (float value : before) CHECK(std::isfinite(value));
  }
  spoiled = good;
  CHECK(run.advance(kSteps - 1).end == ChunkEnd::Budget);
  CHECK(sameBytes(network.memory(0), smooth.memory(0)));
}

}  // namespace test
}  // namespace deepblas
