// Whole training runs: where chunks end, what they report, and that nothing of it shows in the bits.
#include "program/training.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <thread>

#include "core/floating_point.h"
#include "core/random.h"
#include "network.h"
#include "operand.h"
#include "boundary/streams.h"
#include "test.h"
#include "threads.h"

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

const NetworkSpec kSpecs[] = {specOf(false, false, false, 0), specOf(true, true, false, 0),
                              specOf(true, true, true, 1e-3)};
constexpr int64_t kRows = 75, kBatch = 32, kSteps = 3;  // steps of an epoch
constexpr double kForever = 1e9;

using Data = std::vector<std::shared_ptr<Samples>>;

Data dataOf(const NetworkSpec& spec, const std::vector<int64_t>& rows, uint64_t seed) {
  Data data;
  for (size_t m = 0; m < rows.size(); ++m)
    data.push_back(randomSamples(rows[m], spec.inputs, spec.layers.back().outputs, seed + 10 * m));
  return data;
}

struct Options {
  int64_t firstEpoch = 0, firstStepOfEpoch = 0;
  Data validation = {};
  int64_t batch = kBatch;
  bool keepAll = false;
};

uint64_t shuffleSeed(int64_t member) { return 1000 + static_cast<uint64_t>(member); }

// The step table with the columns that the program has: SGD's reads only the first.
std::vector<double> tableOf(const Network& network, int64_t first, int64_t steps) {
  const std::vector<double> all = network.stepTable(first, steps);
  const size_t columns = static_cast<size_t>(network.trainingProgram()->stepNumbers());
  std::vector<double> table;
  for (size_t i = 0; i < all.size(); i += kStepNumbers) table.insert(table.end(), &all[i], &all[i] + columns);
  return table;
}

// A training run of a network on data of its own; the table of step numbers counts steps from the network's first.
class Run {
 public:
  Run(Network& network, Data data, const Options& options = {}) : network_(network), data_(std::move(data)) {
    TrainingSettings settings = {{}, options.batch, network.spec().shuffle, options.firstEpoch, options.firstStepOfEpoch};
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

  ChunkResult advance(int64_t steps, double milliseconds = kForever, bool endAtEpoch = false, bool plainly = false) {
    const FlushDenormals guard;
    const ThreadPool::JobScope scope(ThreadPool::instance());
    const std::vector<double> table = tableOf(network_, done, steps);
    const ChunkResult chunk = training->advance({table.data(), steps, milliseconds, endAtEpoch, plainly}, cancelled);
    done += chunk.steps;
    const std::vector<double> rows = training->takeResults();
    results.insert(results.end(), rows.begin(), rows.end());
    return chunk;
  }

  // A number of the results table: epoch, member, which accumulator (validation's after training's).
  double result(int64_t epoch, int64_t member, int64_t number) const {
    const int64_t perMember = (training->resultWidth() - 1) / network_.members();
    return results[static_cast<size_t>(epoch * training->resultWidth() + 1 + member * perMember + number)];
  }
  int64_t epochs() const { return static_cast<int64_t>(results.size()) / training->resultWidth(); }

  std::unique_ptr<Training> training;
  std::vector<double> results;
  std::atomic<bool> cancelled{false};
  int64_t done = 0;

 private:
  Network& network_;
  Data data_, held_;
};

// The results but for the times.
std::vector<double> withoutSeconds(const Run& run) {
  std::vector<double> rest;
  for (size_t i = 0; i < run.results.size(); ++i)
    if (static_cast<int64_t>(i) % run.training->resultWidth() != 0) rest.push_back(run.results[i]);
  return rest;
}

std::vector<int32_t> orderOf(int64_t rows, int64_t member, int64_t epoch) {
  std::vector<int32_t> order(static_cast<size_t>(rows));
  fillShuffled(order.data(), rows, {shuffleSeed(member), kShuffleStream, static_cast<uint32_t>(epoch)});
  return order;
}

bool sameBytes(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

TEST("chunks of any length give the same bits and results") {
  const Threads setting(2);
  for (const NetworkSpec& spec : kSpecs) {
    const Data data = dataOf(spec, {kRows}, 100), held = dataOf(spec, {50}, 200);
    Network whole(spec, 1, 1);
    Run expected(whole, data, {0, 0, held, kBatch});
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
          Run run(network, data, {0, 0, held, kBatch});
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
          CHECK(withoutSeconds(run) == withoutSeconds(expected));
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
    Run plannedRun(planned, data, {0, 0, held, kBatch}), plainRun(plain, data, {0, 0, held, kBatch, true});
    plannedRun.advance(8);
    plainRun.advance(8, kForever, false, true);
    for (int64_t m = 0; m < 2; ++m) CHECK(sameBytes(planned.memory(m), plain.memory(m)));
    CHECK(withoutSeconds(plannedRun) == withoutSeconds(plainRun));
  }
}

TEST("epochs follow the reference on rows in the order of seed and epoch, and the table holds their sums") {
  for (const NetworkSpec& spec : kSpecs) {
    CONTEXT(spec.adam ? "adam" : "sgd", spec.weighted ? " weighted" : "");
    const Data data = dataOf(spec, {kRows}, 500);
    Network network(spec, 1, 3);
    Network::Oracle oracle(network, 0);
    Run run(network, data);
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
  Run run(network, dataOf(spec, {kRows}, 600));
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
    Run run(network, data, {0, 0, held, kBatch}), withoutRun(without, data), stepwiseRun(stepwise, data);
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
          CHECK_EQUAL(run.result(epoch, m, kAccumulators + i), pass.executor().accumulators(m)[i]);
          CHECK_EQUAL(run.result(epoch, m, i), stepwiseRun.result(epoch, m, i));
        }
      }
    }
  }
}

TEST("members with different rows: an epoch is the longest's, and each has the bits it has alone") {
  const Threads setting(2);
  const std::vector<int64_t> rows = {75, 20, 64, 33};
  for (const NetworkSpec& spec : kSpecs) {
    const Data data = dataOf(spec, rows, 900);
    Network population(spec, 4, 6);
    Run run(population, data);
    CHECK_EQUAL(run.training->stepsPerEpoch(), 3);
    run.advance(2 * kSteps);
    for (int64_t m = 0; m < 4; ++m) {
      CONTEXT("member ", m);
      Network network(spec, 4, 6);
      Run alone(network, data);
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
      Run run(population, data), alone(single, {data[0]});
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
    Run run(network, data);
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
  Run allRun(all, data);
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
    Run run(network, data, {0, 0, held, kBatch}), expected(reference, data, {0, 0, held, kBatch});
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

TEST("a run that starts where another stood gives the same bits, and with its sums the same results") {
  for (const NetworkSpec& spec : kSpecs) {
    const Data data = dataOf(spec, {kRows}, 1200);
    Network whole(spec, 1, 9);
    Run expected(whole, data);
    expected.advance(4 * kSteps);
    for (int64_t stop = 1; stop < 4 * kSteps; ++stop) {
      CONTEXT("stopped after ", stop, " steps");
      Network network(spec, 1, 9);
      std::vector<double> sums;
      {
        Run first(network, data);
        first.advance(stop);
        sums.assign(first.training->runningAccumulators(0), first.training->runningAccumulators(0) + kAccumulators);
      }
      Run second(network, data, {stop / kSteps, stop % kSteps, {}, kBatch});
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

TEST("a run bound to other rows between chunks gives the bits of runs on each of them") {
  const NetworkSpec& spec = kSpecs[0];
  const std::vector<int64_t> rows = {32, 5, 32, 11};
  Data batches;
  for (size_t i = 0; i < rows.size(); ++i) batches.push_back(dataOf(spec, {rows[i]}, 2000 + 10 * i)[0]);
  Network each(spec, 1, 16), bound(spec, 1, 16);
  Run run(bound, {batches[0]});
  for (size_t i = 0; i < rows.size(); ++i) {
    CONTEXT("batch ", i);
    Run alone(each, {batches[i]});
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
  Run run(network, data), other(shuffled, data);
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

TEST("a cancelled run does nothing, and can go on") {
  const NetworkSpec& spec = kSpecs[1];
  const Data data = dataOf(spec, {kRows}, 1300);
  Network network(spec, 1, 10), expected(spec, 1, 10);
  Run run(network, data), expectedRun(expected, data);
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
    Run run(network, data), expectedRun(expected, data);
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
  Run run(network, data), smoothRun(smooth, data);
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

TEST("a member whose loss is not finite stays behind with its last good parameters, the others go on") {
  const NetworkSpec& spec = kSpecs[1];
  const Data data = dataOf(spec, {kRows, kRows, 40}, 1550);
  Network network(spec, 3, 12), smooth(spec, 3, 12), shorter(spec, 3, 12);
  Run run(network, data), smoothRun(smooth, data), shorterRun(shorter, data);
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
    Run(one, data).advance(4);
  }
  {
    const Threads setting(4);
    Run(four, data).advance(4);
  }
  CHECK(sameBytes(one.memory(0), four.memory(0)));
}

TEST("memory is told: workspace and what it is found by, orders, and those of the validation") {
  const NetworkSpec& spec = kSpecs[1];
  Network network(spec, 2, 14);
  const Data data = dataOf(spec, {kRows, 40}, 1700);
  const Run run(network, data), validated(network, data, {0, 0, dataOf(spec, {20, 20}, 1800), kBatch});
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
  Run run(network, data);
  const std::vector<float> before = network.memory(0);
  const ChunkResult chunk = run.advance(0);
  CHECK(chunk.end == ChunkEnd::Budget);
  CHECK_EQUAL(chunk.steps, 0);
  CHECK(sameBytes(network.memory(0), before));
}

}  // namespace test
}  // namespace deepblas
