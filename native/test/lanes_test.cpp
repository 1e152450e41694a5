// Members side by side in the lanes of vectors: the bits are those of members one by one, whatever their number, rows,
// batches, and what becomes of them.
#include <algorithm>
#include <cmath>

#include "core/thread_pool.h"
#include "network.h"
#include "test.h"
#include "threads.h"
#include "training_run.h"

namespace deepblas {
namespace test {

namespace {

NetworkSpec networkOf(int64_t inputs, std::vector<LayerSpec> layers, bool adam, bool shuffle, bool weighted, double l1, double l2) {
  NetworkSpec spec = {inputs, std::move(layers)};
  spec.adam = adam;
  spec.shuffle = shuffle;
  spec.weighted = weighted;
  spec.l1 = l1;
  spec.l2 = l2;
  return spec;
}

// Weights in one panel, in several, row by row; gradients that are dealt out to several accumulators and others.
const std::vector<NetworkSpec>& laneSpecs() {
  static const std::vector<NetworkSpec> specs = {
      kSpecs[0],
      kSpecs[1],
      kSpecs[2],
      networkOf(14, {{16, Activation::Relu}, {8, Activation::Relu}, {2, Activation::Linear}}, true, true, false, 0, 0),
      networkOf(2, {{4, Activation::Tanh}, {3, Activation::Linear}}, false, false, false, 0, 0),
      networkOf(1, {{1, Activation::Sigmoid}, {2, Activation::Linear}}, true, true, false, 0, 0),
      networkOf(40, {{1, Activation::Gelu}, {70, Activation::Sigmoid}, {5, Activation::Tanh}, {17, Activation::Linear}}, true,
                true, true, 1e-3, 0),
      networkOf(5, {{3, Activation::Relu}, {5, Activation::Gelu}, {3, Activation::Linear}}, true, true, true, 0, 1e-3),
      networkOf(33, {{2, Activation::Relu}, {2, Activation::Linear}}, false, true, false, 1e-3, 1e-2),
  };
  return specs;
}

std::vector<int64_t> rowsOf(int64_t members, bool alike) {
  std::vector<int64_t> rows;
  for (int64_t m = 0; m < members; ++m) rows.push_back(alike ? kRows : 20 + m * 37 % 90);
  return rows;
}

RunOptions with(LaneUse lanes, Data validation = {}) {
  RunOptions options;
  options.validation = std::move(validation);
  options.lanes = lanes;
  return options;
}

void checkSame(const Network& a, const Network& b, const TrainingRun& first, const TrainingRun& second) {
  for (int64_t m = 0; m < a.members(); ++m) {
    CONTEXT("member ", m);
    CHECK(sameBytes(a.memory(m), b.memory(m)));
  }
  CHECK(first.resultsWithoutSeconds() == second.resultsWithoutSeconds());
}

// The same members have failed, at the same steps, and all have the same parameters. Gives how many have failed.
size_t checkSameFailures(const Network& one, const Network& other, const TrainingRun& run, const TrainingRun& expected) {
  const std::vector<Failure> failures = run.training->takeFailures(), others = expected.training->takeFailures();
  CHECK_EQUAL(failures.size(), others.size());
  for (size_t i = 0; i < std::min(failures.size(), others.size()); ++i) {
    CHECK_EQUAL(failures[i].member, others[i].member);
    CHECK_EQUAL(failures[i].stepOfEpoch, others[i].stepOfEpoch);
    CHECK_EQUAL(failures[i].label, others[i].label);
  }
  for (int64_t m = 0; m < one.members(); ++m) {
    CONTEXT("member ", m);
    CHECK(sameBytes(one.parameters(m), other.parameters(m)));
  }
  return others.size();
}

}  // namespace

TEST("lanes: the bits of members one by one, for full groups, parts of them and rows of any number") {
  const int64_t lanes = activeKernels().laneCount;
  for (int threads : {1, 2}) {
    const Threads setting(threads);
    for (size_t s = 0; s < laneSpecs().size(); ++s) {
      const NetworkSpec& spec = laneSpecs()[s];
      for (int64_t members : {int64_t{1}, lanes - 1, lanes, 2 * lanes + 3}) {
        for (bool alike : {true, false}) {
          CONTEXT("network ", s, ", ", members, " members, ", alike ? "as many rows" : "rows of their own");
          const Data data = dataOf(spec, rowsOf(members, alike), 300 + 7 * s);
          Network one(spec, members, 5), other(spec, members, 5);
          TrainingRun run(one, data, with(LaneUse::Always)), expected(other, data, with(LaneUse::Never));
          run.advance(2 * run.training->stepsPerEpoch() + 1);
          expected.advance(2 * run.training->stepsPerEpoch() + 1);
          CHECK(run.epochs() >= 2);
          checkSame(one, other, run, expected);
          CHECK(one.paddingIsZero());
        }
      }
    }
  }
}

TEST("lanes: batches of more rows than a weight gradient adds at a time") {
  for (size_t s = 0; s < laneSpecs().size(); ++s) {
    const NetworkSpec& spec = laneSpecs()[s];
    CONTEXT("network ", s);
    const Data data = dataOf(spec, {300, 299, 131, 33, 290}, 800);
    Network one(spec, 5, 5), other(spec, 5, 5);
    RunOptions options = with(LaneUse::Always);
    options.batch = 150;
    TrainingRun run(one, data, options);
    options.lanes = LaneUse::Never;
    TrainingRun expected(other, data, options);
    run.advance(3);
    expected.advance(3);
    checkSame(one, other, run, expected);
  }
}

TEST("lanes: chunks of any length, members that stop, and validation between epochs") {
  const int64_t lanes = activeKernels().laneCount, members = lanes + lanes / 2 + 1;
  for (size_t s : {size_t{1}, size_t{2}, size_t{3}}) {
    const NetworkSpec& spec = laneSpecs()[s];
    const Data data = dataOf(spec, rowsOf(members, false), 400), held = dataOf(spec, rowsOf(members, false), 500);
    Network one(spec, members, 5), other(spec, members, 5);
    TrainingRun run(one, data, with(LaneUse::Always, held)), expected(other, data, with(LaneUse::Never, held));
    std::vector<int64_t> active;
    for (int64_t m = 0; m < members; m += m % 3 == 0 ? 1 : 2) active.push_back(m);
    for (int64_t steps : {1, 2, 5, 1, 9}) run.advance(steps);
    for (int64_t steps : {7, 11}) expected.advance(steps);
    run.training->setActive(active);
    expected.training->setActive(active);
    for (int64_t steps : {3, 4}) run.advance(steps);
    expected.advance(7);
    checkSame(one, other, run, expected);
  }
}

TEST("lanes: members whose loss is not finite leave with their last good parameters, at the same steps as one by one") {
  const int64_t lanes = activeKernels().laneCount, members = lanes + lanes / 2;
  for (size_t s : {size_t{0}, size_t{1}, size_t{2}}) {
    const NetworkSpec& spec = laneSpecs()[s];
    for (bool all : {false, true}) {
      CONTEXT("network ", s, all ? ", all fail" : "");
      const Data data = dataOf(spec, rowsOf(members, all), 600);
      for (int64_t m = 0; m < members; ++m) {
        if (!all && m % 4 != 1) continue;
        const int64_t row = (m * 13 + 7) % data[m]->rows();
        data[m]->floats[static_cast<size_t>(row * spec.inputs)] = NAN;
      }
      Network one(spec, members, 5), other(spec, members, 5);
      TrainingRun run(one, data, with(LaneUse::Always)), expected(other, data, with(LaneUse::Never));
      const ChunkResult ended = run.advance(5), wanted = expected.advance(5);
      CHECK(ended.end == wanted.end);
      CHECK_EQUAL(ended.steps, wanted.steps);
      CHECK_EQUAL(run.training->stepOfEpoch(), expected.training->stepOfEpoch());
      CHECK(checkSameFailures(one, other, run, expected) >= static_cast<size_t>(all ? members : members / 4));
    }
  }
}

TEST("lanes: members by themselves take several steps at a time, with the bits of step by step") {
  for (int threads : {1, 2}) {
    const Threads setting(threads);
    for (size_t s = 0; s < laneSpecs().size(); ++s) {
      const NetworkSpec& spec = laneSpecs()[s];
      for (int64_t members : {2, 3}) {
        CONTEXT("network ", s, ", ", members, " members, ", threads, " threads");
        const Data data = dataOf(spec, rowsOf(members, false), 300 + 7 * s), held = dataOf(spec, rowsOf(members, true), 500);
        Network one(spec, members, 5), other(spec, members, 5);
        TrainingRun run(one, data, with(LaneUse::Chosen, held)), expected(other, data, with(LaneUse::Never, held));
        CHECK(run.training->executor().stepsMembersWhole(members));
        for (int64_t steps : {1, 40, 3}) run.advance(steps);
        expected.advance(44);
        CHECK(run.epochs() >= 2);
        checkSame(one, other, run, expected);
      }
    }
  }
}

TEST("lanes: a member by itself that fails takes no further part, beside groups and without any") {
  const int64_t lanes = activeKernels().laneCount;
  for (size_t s : {size_t{0}, size_t{1}, size_t{3}}) {
    const NetworkSpec& spec = laneSpecs()[s];
    for (int64_t members : {int64_t{2}, int64_t{3}, 4 * lanes + 1}) {
      for (int64_t bad : {int64_t{1}, members}) {
        CONTEXT("network ", s, ", ", members, " members, ", bad, " fail");
        const Data data = dataOf(spec, rowsOf(members, true), 600);
        for (int64_t m = members - bad; m < members; ++m) data[m]->floats[static_cast<size_t>(7 * spec.inputs)] = NAN;
        Network one(spec, members, 5), other(spec, members, 5);
        TrainingRun run(one, data, with(LaneUse::Chosen)), expected(other, data, with(LaneUse::Never));
        // Both of them within one chunk: after the first of the runs of several steps the member is asked for no more.
        const ChunkResult ended = run.advance(60), wanted = expected.advance(60);
        CHECK(ended.end == wanted.end);
        CHECK_EQUAL(ended.steps, wanted.steps);
        CHECK_EQUAL(checkSameFailures(one, other, run, expected), static_cast<size_t>(bad));
      }
    }
  }
}

TEST("lanes: large members share every step, or few of them among many threads") {
  const NetworkSpec large =
      networkOf(100, {{900, Activation::Relu}, {900, Activation::Relu}, {2, Activation::Linear}}, true, true, false, 0, 0);
  Network network(large, 9, 5);
  const TrainingRun run(network, dataOf(large, rowsOf(9, true), 300));
  CHECK(!run.training->executor().stepsMembersWhole(3));
  CHECK(!run.training->executor().stepsMembersWhole(9));
  const NetworkSpec middle =
      networkOf(64, {{128, Activation::Relu}, {128, Activation::Relu}, {2, Activation::Linear}}, true, true, false, 0, 0);
  Network other(middle, 9, 5);
  const TrainingRun second(other, dataOf(middle, rowsOf(9, true), 300));
  const Threads setting(8);
  CHECK(!second.training->executor().stepsMembersWhole(1));
  CHECK(!second.training->executor().stepsMembersWhole(4));
  CHECK(second.training->executor().stepsMembersWhole(5));
  CHECK(second.training->executor().stepsMembersWhole(9));
}

TEST("lanes: not a byte of an inactive member is read or written") {
  const NetworkSpec& spec = laneSpecs()[3];
  const Data data = dataOf(spec, {kRows, kRows, kRows}, 1000);
  Network network(spec, 3, 7), all(spec, 3, 7);
  TrainingRun allRun(all, data, with(LaneUse::Never));
  allRun.advance(kSteps);
  Bindings bindings = network.bindings(data);
  for (auto& slot : bindings.slots) slot[1].data = nullptr;
  TrainingSettings settings = {{{kRows, shuffleSeed(0)}, {kRows, shuffleSeed(1)}, {kRows, shuffleSeed(2)}}, kBatch, true, 0, 0};
  settings.lanes = LaneUse::Always;
  const auto plan = std::make_shared<const Plan>(makePlan(*network.trainingProgram(), kBatch, false));
  Training training(network.trainingProgram(), plan, bindings, settings, nullptr);
  training.setActive({0, 2});
  const std::vector<float> before = network.memory(1);
  const std::vector<double> table = tableOf(network, 0, kSteps);
  const std::atomic<bool> never{false};
  training.advance({table.data(), kSteps, kForever, false, false}, never);
  CHECK(sameBytes(network.memory(1), before));
  CHECK(sameBytes(network.memory(0), all.memory(0)));
  CHECK(sameBytes(network.memory(2), all.memory(2)));
}

TEST("lanes: chosen for many small members, not for few or large ones") {
  const auto uses = [](const NetworkSpec& spec, int64_t members) {
    Network network(spec, members, 5);
    const Data data = dataOf(spec, rowsOf(members, true), 300);
    const TrainingRun chosen(network, data), never(network, data, with(LaneUse::Never));
    return chosen.training->bytes() > never.training->bytes();
  };
  const int64_t lanes = activeKernels().laneCount;
  const Threads setting(1);
  CHECK(uses(laneSpecs()[3], 4 * lanes));
  CHECK(!uses(laneSpecs()[3], 2));
  const NetworkSpec large =
      networkOf(100, {{200, Activation::Relu}, {200, Activation::Relu}, {2, Activation::Linear}}, true, true, false, 0, 0);
  CHECK(!uses(large, lanes));
}

}  // namespace test
}  // namespace deepblas
