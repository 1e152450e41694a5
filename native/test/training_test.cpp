// Whole training runs: where chunks end, what they report, and that nothing of it shows in the bits.
#include "program/training.h"

#include <algorithm>

#include "network.h"
#include "test.h"
#include "threads.h"
#include "training_run.h"

namespace deepblas {
namespace test {

TEST("chunks of any length give the same bits and results") {
  const Threads setting(2);
  for (const NetworkSpec& spec : kSpecs) {
    const Data data = dataOf(spec, {kRows}, 100), held = dataOf(spec, {50}, 200);
    Network whole(spec, 1, 1);
    TrainingRun expected(whole, data, {0, 0, held, kBatch});
    const ChunkResult all = expected.advance(4 * kSteps + 1);
    CHECK(all.end == ChunkEnd::Budget);
    CHECK_EQUAL(all.steps, 4 * kSteps + 1);
    CHECK_EQUAL(expected.epochs(), 4);
    CHECK_EQUAL(expected.training->epoch(), 4);
    CHECK_EQUAL(expected.training->stepOfEpoch(), 1);
    // Lengths of chunks in turn; 0 milliseconds end a chunk after its first step.
    const std::vector<std::vector<int64_t>> cuts = {{1}, {2}, {3}, {4}, {5}, {7}, {1, 2, 4}, {100}};
    for (const auto& cut : cuts) {
      for (double milliseconds : {kForever, 0.0}) {
        for (bool endAtEpoch : {false, true}) {
          CONTEXT("chunks of ", cut[0], cut.size() > 1 ? " and others" : "", ", ", milliseconds, " ms, ",
                  endAtEpoch ? "ending at epochs" : "spanning epochs", spec.adam ? ", adam" : ", sgd");
          Network network(spec, 1, 1);
          TrainingRun run(network, data, {0, 0, held, kBatch});
          for (size_t turn = 0; run.done < all.steps; ++turn) {
            const int64_t before = run.done, left = all.steps - before,
                          wanted = std::min(cut[turn % cut.size()], left);
            const int64_t toEpoch = kSteps - run.training->stepOfEpoch();
            const ChunkResult chunk = run.advance(wanted, milliseconds, endAtEpoch);
            const int64_t most = endAtEpoch ? std::min(wanted, toEpoch) : wanted;
            CHECK_EQUAL(chunk.steps, milliseconds == 0 ? 1 : most);
            CHECK(chunk.end == (endAtEpoch && chunk.steps == toEpoch ? ChunkEnd::EpochEnd : ChunkEnd::Budget));
            CHECK_EQUAL(run.training->epoch(), run.done / kSteps);
            CHECK_EQUAL(run.training->stepOfEpoch(), run.done % kSteps);
          }
          CHECK(sameBytes(network.memory(0), whole.memory(0)));
          CHECK(run.resultsWithoutSeconds() == expected.resultsWithoutSeconds());
          for (int64_t i = 0; i < kAccumulators; ++i)
            CHECK_EQUAL(run.training->runningAccumulators(0)[i], expected.training->runningAccumulators(0)[i]);
        }
      }
    }
  }
}

TEST("a plain run gives the bits and results of a planned one") {
  const Threads setting(2);
  for (const NetworkSpec& spec : kSpecs) {
    const Data data = dataOf(spec, {kRows, 40}, 300), held = dataOf(spec, {30, 30}, 400);
    Network planned(spec, 2, 2), plain(spec, 2, 2);
    TrainingRun plannedRun(planned, data, {0, 0, held, kBatch}), plainRun(plain, data, {0, 0, held, kBatch, true});
    plannedRun.advance(8);
    plainRun.advance(8, kForever, false, true);
    for (int64_t m = 0; m < 2; ++m) CHECK(sameBytes(planned.memory(m), plain.memory(m)));
    CHECK(plannedRun.resultsWithoutSeconds() == plainRun.resultsWithoutSeconds());
  }
}

TEST("epochs follow the reference on rows in the order of seed and epoch, and the table holds their sums") {
  for (const NetworkSpec& spec : kSpecs) {
    CONTEXT(spec.adam ? "adam" : "sgd", spec.weighted ? " weighted" : "");
    const Data data = dataOf(spec, {kRows}, 500);
    Network network(spec, 1, 3);
    Network::Oracle oracle(network, 0);
    TrainingRun run(network, data);
    run.advance(2 * kSteps);
    CHECK_EQUAL(run.epochs(), 2);
    CHECK_EQUAL(run.training->resultWidth(), 1 + kAccumulators);
    for (int64_t epoch = 0; epoch < 2; ++epoch) {
      CONTEXT("epoch ", epoch);
      const std::vector<int32_t> order = spec.shuffle ? orderOf(kRows, 0, epoch) : std::vector<int32_t>();
      double lossSum = 0, weightSum = 0, hits = 0;
      for (int64_t first = 0; first < kRows; first += kBatch) {
        const auto step = oracle.step(*data[0], order, first, std::min(kBatch, kRows - first));
        lossSum += step.lossSum;
        weightSum += step.weightSum;
        hits += step.hits;
      }
      CHECK(run.results[static_cast<size_t>(epoch * run.training->resultWidth())] > 0);  // seconds
      CHECK_CLOSE(run.result(epoch, 0, 0), lossSum, 1e-5 * lossSum);
      CHECK_CLOSE(run.result(epoch, 0, 1), weightSum, 1e-9);
      CHECK_CLOSE(run.result(epoch, 0, 2), hits, 1e-9);
      CHECK_CLOSE(run.result(epoch, 0, 3), weightSum, 1e-9);
    }
    // Adam's first steps are the sign of the gradient: where that is 0 but for rounding, it may differ.
    const double bound = spec.adam ? 4e-4 : 4e-6;
    for (size_t l = 0; l < spec.layers.size(); ++l) {
      const reference::Matrix weight = network.weight(0, l);
      for (size_t i = 0; i < weight.values.size(); ++i)
        CHECK_CLOSE(weight.values[i], oracle.weight(l).values[i], bound);
    }
  }
}

TEST("results are handed out once") {
  const NetworkSpec& spec = kSpecs[1];
  Network network(spec, 1, 4);
  TrainingRun run(network, dataOf(spec, {kRows}, 600));
  run.advance(kSteps - 1);
  CHECK_EQUAL(run.epochs(), 0);
  CHECK(run.training->runningAccumulators(0)[1] > 0);
  run.advance(1);
  CHECK_EQUAL(run.epochs(), 1);
  CHECK(run.training->takeResults().empty());
  // The next epoch has seen nothing yet.
  for (int64_t i = 0; i < kAccumulators; ++i) CHECK_EQUAL(run.training->runningAccumulators(0)[i], 0.0);
  run.advance(2 * kSteps);
  CHECK_EQUAL(run.epochs(), 3);
}

TEST("validation inside a chunk is that of the epoch's last parameters, and changes no bit of the training") {
  const Threads setting(2);
  for (const NetworkSpec& spec : kSpecs) {
    const Data data = dataOf(spec, {kRows, 64}, 700), held = dataOf(spec, {50, 33}, 800);
    Network network(spec, 2, 5), without(spec, 2, 5), stepwise(spec, 2, 5);
    TrainingRun run(network, data, {0, 0, held, kBatch}), withoutRun(without, data), stepwiseRun(stepwise, data);
    run.advance(3 * kSteps);
    withoutRun.advance(3 * kSteps);
    CHECK_EQUAL(run.training->resultWidth(), 1 + 2 * 2 * kAccumulators);
    for (int64_t m = 0; m < 2; ++m) CHECK(sameBytes(network.memory(m), without.memory(m)));
    for (int64_t epoch = 0; epoch < 3; ++epoch) {
      CHECK(stepwiseRun.advance(100, kForever, true).end == ChunkEnd::EpochEnd);
      const auto plan = std::make_shared<const Plan>(makePlan(*stepwise.evaluationProgram(), 20, false));
      Pass pass(stepwise.evaluationProgram(), plan, stepwise.bindings(held), {50, 33});
      const std::atomic<bool> never{false};
      CHECK(pass.run({0, 1}, never));
      for (int64_t m = 0; m < 2; ++m) {
        for (int64_t i = 0; i < kAccumulators; ++i) {
          CONTEXT("epoch ", epoch, " member ", m, " accumulator ", i);
          CHECK_EQUAL(run.result(epoch, m, kAccumulators + i), pass.executor().tensors().accumulators(m)[i]);
          CHECK_EQUAL(run.result(epoch, m, i), stepwiseRun.result(epoch, m, i));
        }
      }
    }
  }
}

TEST("a run bound to other rows between chunks gives the bits of runs on each of them") {
  const NetworkSpec& spec = kSpecs[0];
  const std::vector<int64_t> rows = {32, 5, 32, 11};
  Data batches;
  for (size_t i = 0; i < rows.size(); ++i) batches.push_back(dataOf(spec, {rows[i]}, 2000 + 10 * i)[0]);
  Network each(spec, 1, 16), bound(spec, 1, 16);
  TrainingRun run(bound, {batches[0]});
  for (size_t i = 0; i < rows.size(); ++i) {
    CONTEXT("batch ", i);
    TrainingRun alone(each, {batches[i]});
    alone.done = static_cast<int64_t>(i);
    alone.advance(1);
    if (i > 0) run.training->rebind(bound.bindings({batches[i]}).slots, {rows[i]});
    run.advance(1);
    CHECK(sameBytes(bound.memory(0), each.memory(0)));
    CHECK_EQUAL(run.training->stepsPerEpoch(), 1);
    CHECK_EQUAL(run.result(static_cast<int64_t>(i), 0, 0), alone.result(0, 0, 0));
  }
}

TEST("a run refuses to be bound to shuffled or other data, and sums of another program") {
  Network network(kSpecs[0], 1, 17), shuffled(kSpecs[1], 1, 17);
  const Data data = dataOf(kSpecs[0], {kRows}, 2100);
  TrainingRun run(network, data), other(shuffled, data);
  CHECK_THROWS(other.training->rebind(shuffled.bindings(data).slots, {kRows}), "ERR_DEEPBLAS_INTERNAL", "shuffled");
  auto slots = network.bindings(data).slots;
  CHECK_THROWS(run.training->rebind(slots, {kRows, kRows}), "ERR_DEEPBLAS_INTERNAL", "another shape");
  slots[0][0].stride += 1;
  CHECK_THROWS(run.training->rebind(slots, {kRows}), "ERR_DEEPBLAS_INTERNAL", "another type");
  slots.pop_back();
  CHECK_THROWS(run.training->rebind(slots, {kRows}), "ERR_DEEPBLAS_INTERNAL", "another shape");
  CHECK_THROWS(run.training->setAccumulators({1}), "ERR_DEEPBLAS_INTERNAL", "another program");
}

TEST("orders are permutations, another one for every epoch, seed and member") {
  const std::vector<int32_t> first = orderOf(500, 0, 0);
  std::vector<bool> seen(500);
  for (int32_t row : first) seen[static_cast<size_t>(row)] = true;
  CHECK(std::find(seen.begin(), seen.end(), false) == seen.end());
  CHECK(first != orderOf(500, 0, 1));
  CHECK(first != orderOf(500, 1, 0));
  CHECK(first == orderOf(500, 0, 0));
}

TEST("one thread and four give the same bits over epochs") {
  const NetworkSpec spec = [] {
    NetworkSpec wide = {300, {{3400, Activation::Relu}, {10, Activation::Linear}}};
    wide.adam = wide.shuffle = true;
    return wide;
  }();
  const Data data = dataOf(spec, {100}, 1600);
  Network one(spec, 1, 13), four(spec, 1, 13);
  {
    const Threads setting(1);
    TrainingRun(one, data).advance(4);
  }
  {
    const Threads setting(4);
    TrainingRun(four, data).advance(4);
  }
  CHECK(sameBytes(one.memory(0), four.memory(0)));
}

TEST("memory is told: workspace and what it is found by, orders, and those of the validation") {
  const NetworkSpec& spec = kSpecs[1];
  Network network(spec, 2, 14);
  const Data data = dataOf(spec, {kRows, 40}, 1700);
  const TrainingRun run(network, data), validated(network, data, {0, 0, dataOf(spec, {20, 20}, 1800), kBatch});
  const size_t workspace = static_cast<size_t>(2 * makePlan(*network.trainingProgram(), kBatch, false).bytes);
  const size_t held = static_cast<size_t>(2 * makePlan(*network.evaluationProgram(), 20, false).bytes);
  const size_t orders = (kRows + 40) * sizeof(int32_t);
  const size_t executor = run.training->executor().bytes();
  CHECK_EQUAL(run.training->bytes(), executor + orders);
  // Views and tables take less than the numbers of even this small network.
  CHECK(executor >= workspace && executor < 2 * workspace);
  const size_t validation = validated.training->bytes() - run.training->bytes();
  CHECK(validation >= held && validation < 2 * held);
}

TEST("a run refuses a batch and members without rows, and does nothing for no steps") {
  const NetworkSpec& spec = kSpecs[0];
  Network network(spec, 1, 15);
  const Data data = dataOf(spec, {kRows}, 1900);
  const auto plan = std::make_shared<const Plan>(makePlan(*network.trainingProgram(), kBatch, false));
  const auto make = [&](int64_t rows, int64_t batch) {
    Training(network.trainingProgram(), plan, network.bindings(data), {{{rows, 1}}, batch, false, 0, 0}, nullptr);
  };
  CHECK_THROWS(make(0, kBatch), "ERR_DEEPBLAS_INTERNAL", "a member needs rows");
  CHECK_THROWS(make(kRows, 0), "ERR_DEEPBLAS_INTERNAL", "a batch needs rows");
  TrainingRun run(network, data);
  const std::vector<float> before = network.memory(0);
  const ChunkResult chunk = run.advance(0);
  CHECK(chunk.end == ChunkEnd::Budget);
  CHECK_EQUAL(chunk.steps, 0);
  CHECK(sameBytes(network.memory(0), before));
}

}  // namespace test
}  // namespace deepblas
