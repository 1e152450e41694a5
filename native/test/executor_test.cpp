// Steps of whole training programs: planned and tiled against plain, populations against single networks, threads
// against one thread, and all of them against the references in double precision.
#include "program/executor.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/floating_point.h"
#include "network.h"
#include "operand.h"
#include "recorder.h"
#include "test.h"
#include "threads.h"

namespace deepblas {
namespace test {

namespace {

// Small layers on register tiles; one of OpenBLAS's between others; every activation.
const NetworkSpec kSmall = {13, {{17, Activation::Relu}, {9, Activation::Gelu}, {4, Activation::Linear}}};
const NetworkSpec kTabular = {30, {{64, Activation::Tanh}, {33, Activation::Sigmoid}, {3, Activation::Linear}}};
const NetworkSpec kWide = {500, {{2010, Activation::Relu}, {10, Activation::Linear}}};
const NetworkSpec kDeepWide = {20, {{1010, Activation::Relu}, {1000, Activation::Tanh}, {5, Activation::Linear}}};

NetworkSpec with(NetworkSpec spec, bool adam, bool shuffle, bool weighted, double l1, double l2) {
  spec.adam = adam;
  spec.shuffle = shuffle;
  spec.weighted = weighted;
  spec.l1 = l1;
  spec.l2 = l2;
  return spec;
}

const NetworkSpec kSpecs[] = {
    with(kSmall, false, false, false, 0, 0),     with(kSmall, true, true, true, 1e-3, 1e-2),
    with(kTabular, false, true, true, 0, 1e-3),  with(kTabular, true, false, false, 0, 0),
    with(kWide, false, true, false, 0, 1e-4),    with(kDeepWide, true, false, true, 0, 0),
};

// A fixed order with repeats, as good as a shuffle.
std::vector<int32_t> orderOf(const Samples& samples) {
  return randomLabels(samples.rows(), samples.rows(), 900);
}

// One member's part of each step: its rows in batches of `batch`, the last one smaller.
struct Member {
  int64_t index;
  std::shared_ptr<Samples> samples;
  std::vector<int32_t> order;
};

class Run {
 public:
  Run(Network& network, std::vector<Member> members, bool shared, int64_t batch, bool keepAll = false)
      : network_(network), members_(std::move(members)), batch_(batch) {
    std::vector<std::shared_ptr<Samples>> data(shared ? 1 : network.members());
    for (const Member& member : members_) data[shared ? 0 : member.index] = member.samples;
    // Members that never run have data too.
    for (auto& samples : data)
      if (!samples) samples = members_[0].samples;
    const auto plan = std::make_shared<const Plan>(makePlan(*network.trainingProgram(), batch, keepAll));
    executor = std::make_unique<Executor>(network.trainingProgram(), plan, network.bindings(data), network.members());
  }

  // Runs a step of every member that still has rows in it; false when a gate stopped it.
  bool step(int64_t step, bool plainly = false) {
    const FlushDenormals guard;
    const ThreadPool::JobScope scope(ThreadPool::instance());
    const std::vector<double> table = network_.stepTable(step, 1);
    steps.clear();
    for (const Member& member : members_) {
      const int64_t first = step * batch_;
      if (first >= member.samples->rows()) continue;
      steps.push_back({member.index, first, std::min(batch_, member.samples->rows() - first),
                       network_.spec().shuffle ? member.order.data() : nullptr,
                       table.data() + member.index * kStepNumbers});
    }
    const int64_t count = static_cast<int64_t>(steps.size());
    return plainly ? executor->stepPlainly(steps.data(), count) : executor->step(steps.data(), count);
  }

  std::unique_ptr<Executor> executor;
  std::vector<MemberStep> steps;  // of the last step

 private:
  Network& network_;
  std::vector<Member> members_;
  int64_t batch_;
};

Member memberOf(const NetworkSpec& spec, int64_t index, int64_t rows, uint64_t seed) {
  Member member = {index, randomSamples(rows, spec.inputs, spec.layers.back().outputs, seed), {}};
  member.order = orderOf(*member.samples);
  return member;
}

std::string describe(const NetworkSpec& spec) {
  std::string text = std::to_string(spec.inputs);
  for (const LayerSpec& layer : spec.layers) text += "-" + std::to_string(layer.outputs);
  return text + (spec.adam ? " adam" : " sgd") + (spec.shuffle ? " shuffled" : "") + (spec.weighted ? " weighted" : "");
}

}  // namespace

TEST("a step and a plain step give the same bits") {
  const Threads setting(2);
  for (const NetworkSpec& spec : kSpecs) {
    CONTEXT(describe(spec));
    Network planned(spec, 1, 1), plain(spec, 1, 1);
    const Member member = memberOf(spec, 0, 75, 200);
    Run plannedRun(planned, {member}, true, 32), plainRun(plain, {member}, true, 32, true);
    for (int64_t step = 0; step < 3; ++step) {
      CHECK(plannedRun.step(step));
      CHECK(plainRun.step(step, true));
      CONTEXT("step ", step);
      CHECK(planned.memory(0) == plain.memory(0));
      for (int64_t i = 0; i < kAccumulators; ++i)
        CHECK_EQUAL(plannedRun.executor->tensors().accumulators(0)[i], plainRun.executor->tensors().accumulators(0)[i]);
    }
  }
}

TEST("training follows the references, and padding stays zero") {
  for (const NetworkSpec& spec : kSpecs) {
    CONTEXT(describe(spec));
    Network network(spec, 1, 2);
    const Member member = memberOf(spec, 0, 75, 300);
    Run run(network, {member}, true, 32);
    Network::Oracle oracle(network, 0);
    double lossSum = 0, weightSum = 0, hits = 0;
    for (int64_t step = 0; step < 3; ++step) {
      CHECK(run.step(step));
      const Network::Oracle::Result expected =
          oracle.step(*member.samples, spec.shuffle ? member.order : std::vector<int32_t>(), step * 32,
                      std::min<int64_t>(32, 75 - step * 32));
      lossSum += expected.lossSum;
      weightSum += expected.weightSum;
      hits += expected.hits;
    }
    const double* accumulators = run.executor->tensors().accumulators(0);
    CHECK_CLOSE(accumulators[0], lossSum, 1e-5 * lossSum);
    CHECK_CLOSE(accumulators[1], weightSum, 1e-9);
    CHECK_CLOSE(accumulators[2], hits, 1e-9);
    CHECK_CLOSE(accumulators[3], weightSum, 1e-9);
    // Adam's first steps are the sign of the gradient: where that is 0 but for rounding, it may differ.
    const double bound = spec.adam ? 2e-4 : 2e-6;
    for (size_t l = 0; l < spec.layers.size(); ++l) {
      CONTEXT("layer ", l);
      const reference::Matrix weight = network.weight(0, l);
      const reference::Vector bias = network.bias(0, l);
      for (size_t i = 0; i < weight.values.size(); ++i)
        CHECK_CLOSE(weight.values[i], oracle.weight(l).values[i], bound);
      for (size_t i = 0; i < bias.size(); ++i) CHECK_CLOSE(bias[i], oracle.bias(l)[i], bound);
    }
    CHECK(network.paddingIsZero());
  }
}

TEST("each member of a population has the bits it has alone, whatever the others' rows") {
  const Threads setting(2);
  const int64_t kRows[] = {75, 33, 64};
  for (const NetworkSpec& spec : kSpecs) {
    for (bool shared : {false, true}) {
      CONTEXT(describe(spec), shared ? ", shared data" : "");
      Network population(spec, 3, 5);
      std::vector<Member> members;
      for (int64_t m = 0; m < 3; ++m)
        members.push_back(memberOf(spec, m, shared ? 75 : kRows[m], shared ? 400 : 400 + 10 * m));
      Run run(population, members, shared, 32);
      for (int64_t step = 0; step < 3; ++step) CHECK(run.step(step));
      for (int64_t m = 0; m < 3; ++m) {
        CONTEXT("member ", m);
        // Alone it would be the network of its own seed, but with the population's rate for it.
        Network alone(spec, 3, 5);
        Run aloneRun(alone, {members[m]}, false, 32);
        Network single(spec, 1, 5 + static_cast<uint64_t>(m));
        CHECK(single.parameters(0) == alone.parameters(m));
        const std::vector<float> others[2] = {alone.memory((m + 1) % 3), alone.memory((m + 2) % 3)};
        for (int64_t step = 0; step < 3; ++step) aloneRun.step(step);
        CHECK(alone.memory(m) == population.memory(m));
        for (int64_t i = 0; i < kAccumulators; ++i)
          CHECK_EQUAL(aloneRun.executor->tensors().accumulators(m)[i], run.executor->tensors().accumulators(m)[i]);
        // The inactive members: not a byte.
        CHECK(alone.memory((m + 1) % 3) == others[0]);
        CHECK(alone.memory((m + 2) % 3) == others[1]);
        for (int64_t i = 0; i < kAccumulators; ++i)
          CHECK_EQUAL(aloneRun.executor->tensors().accumulators((m + 1) % 3)[i], 0.0);
      }
    }
  }
}

TEST("a population of one and the first member of three have the same bits") {
  for (const NetworkSpec& spec : kSpecs) {
    CONTEXT(describe(spec));
    const Member member = memberOf(spec, 0, 75, 500);
    Network one(spec, 1, 6), three(spec, 3, 6);
    Run oneRun(one, {member}, true, 32);
    Run threeRun(three, {member, memberOf(spec, 1, 75, 510), memberOf(spec, 2, 20, 520)}, false, 32);
    for (int64_t step = 0; step < 3; ++step) {
      oneRun.step(step);
      threeRun.step(step);
    }
    CHECK(one.memory(0) == three.memory(0));
  }
}

TEST("one thread and four have the same bits") {
  for (const NetworkSpec& spec : kSpecs) {
    CONTEXT(describe(spec));
    const Member member = memberOf(spec, 0, 200, 600);
    Network one(spec, 1, 7), four(spec, 1, 7);
    {
      const Threads setting(1);
      Run run(one, {member}, true, 100);
      for (int64_t step = 0; step < 2; ++step) run.step(step);
    }
    {
      const Threads setting(4);
      Run run(four, {member}, true, 100);
      for (int64_t step = 0; step < 2; ++step) run.step(step);
    }
    CHECK(one.memory(0) == four.memory(0));
  }
}

TEST("a loss that is not finite stops the step before the update and names the call") {
  NetworkSpec spec = with(kSmall, true, true, false, 0, 1e-3);
  for (int64_t layer : {0, 2}) {
    Network network(spec, 2, 8);
    Member first = memberOf(spec, 0, 64, 700), second = memberOf(spec, 1, 64, 710);
    Run run(network, {first, second}, false, 32);
    CHECK(run.step(0));
    // The first layer's turn: a NaN in the data of step 1. The last layer's: a bias, of a class that is not the target.
    if (layer == 0) second.samples->floats[second.order[40] * spec.inputs + 3] = NAN;
    if (layer == 2) network.lastBias(1, 3) = NAN;
    const std::vector<float> before[2] = {network.memory(0), network.memory(1)};
    CONTEXT("layer ", layer);
    CHECK(!run.step(1));
    CHECK(run.executor->isFinite(0) && !run.executor->isFinite(1));
    CHECK_EQUAL(run.executor->firstNotFinite(run.steps[1]), layer == 0 ? "gather x" : "layers.2 Dense forward");
    CHECK_EQUAL(run.executor->firstNotFinite(run.steps[0]), "");
    // Compared as bytes: NaN is not equal to itself. The other member has done its step.
    const std::vector<float> other = network.memory(0), after = network.memory(1);
    CHECK(std::memcmp(after.data(), before[1].data(), after.size() * sizeof(float)) == 0);
    CHECK(std::memcmp(other.data(), before[0].data(), other.size() * sizeof(float)) != 0);
  }
}

TEST("a run that stopped can go on, and its bits are those of a run that did not meet the bad batch") {
  const NetworkSpec spec = with(kSmall, true, true, false, 0, 0);
  const Member member = memberOf(spec, 0, 96, 720);
  Network stopped(spec, 1, 9), smooth(spec, 1, 9);
  Run stoppedRun(stopped, {member}, true, 32), smoothRun(smooth, {member}, true, 32);
  stoppedRun.step(0);
  smoothRun.step(0);
  float& spoiled = member.samples->floats[member.order[40] * spec.inputs];
  const float before = spoiled;
  spoiled = INFINITY;
  CHECK(!stoppedRun.step(1));
  spoiled = before;
  CHECK(stoppedRun.step(1));
  CHECK(smoothRun.step(1));
  CHECK(stopped.memory(0) == smooth.memory(0));
}

TEST("time is measured per call, and only while asked for") {
  Network network(kSpecs[0], 1, 10);
  Run run(network, {memberOf(kSpecs[0], 0, 64, 730)}, true, 32);
  run.step(0);
  for (double microseconds : run.executor->regionMicroseconds()) CHECK_EQUAL(microseconds, 0.0);
  run.executor->measure(true);
  run.step(1);
  CHECK(!run.executor->regionMicroseconds().empty());
  for (double microseconds : run.executor->regionMicroseconds()) CHECK(microseconds > 0);
  CHECK_EQUAL(run.executor->callMicroseconds().size(), network.trainingProgram()->calls().size());
}

TEST("a matrix may be bound anew between steps") {
  const NetworkSpec spec = kSpecs[0];
  Network network(spec, 1, 11), same(spec, 1, 11);
  const Member first = memberOf(spec, 0, 32, 740), second = memberOf(spec, 0, 32, 750);
  Run run(network, {first}, true, 32), expected(same, {second}, true, 32);
  run.executor->tensors().rebind(0, 0, reinterpret_cast<uint8_t*>(second.samples->floats.data()), 32);
  run.executor->tensors().rebind(1, 0, reinterpret_cast<uint8_t*>(second.samples->labels.data()), 32);
  CHECK(run.step(0));
  CHECK(expected.step(0));
  CHECK(network.memory(0) == same.memory(0));
}

TEST("a last batch of fewer rows is made of its own rows alone, also by what takes them in pairs") {
  constexpr int64_t kColumns = 63, kCapacity = 32, kBytes = 2;
  // What a product reads: 64 columns, in panels of 48 and of 16, or in panels of a register tile.
  for (double lanes : {0.0, 1.0}) {
    Recorder record;
    const int64_t x = record.data(0, kColumns, Type::Float32), pairs = record.batchRows(kColumns, Type::Bfloat16);
    record.call(KernelId::RoundRowPairs, {tensor(pairs), tensor(x), constant(lanes)}, "pairs");
    const auto program = record.program();
    for (int64_t rows : {1, 7, 12, 31}) {
      CONTEXT(rows, " rows", lanes == 0 ? "" : " in lanes");
      // No more rows than there are: reading on would be seen by a sanitizer.
      const reference::Matrix random = randomMatrix(rows, kColumns, 70);
      std::vector<float> values(random.values.begin(), random.values.end());
      Bindings bindings;
      bindings.slots = {{{reinterpret_cast<uint8_t*>(values.data()), rows, kColumns, Type::Float32, 1}}};
      std::vector<std::vector<uint8_t>> made;
      for (int64_t capacity : {rows, kCapacity}) {
        for (bool plainly : {false, true}) {
          Executor executor(program, std::make_shared<const Plan>(makePlan(*program, capacity, plainly)), bindings, 1);
          const MemberStep step = {0, 0, rows, nullptr, nullptr};
          CHECK(plainly ? executor.stepPlainly(&step, 1) : executor.step(&step, 1));
          const uint8_t* from = data<uint8_t>(&executor.tensors().view(pairs, 0));
          made.push_back({from, from + rows * 64 * kBytes});
        }
      }
      for (const std::vector<uint8_t>& others : made) CHECK(others == made[0]);
    }
  }
}

TEST("an executor refuses what its program was not promised") {
  const NetworkSpec spec = with(kSmall, true, true, false, 0, 0);
  Network network(spec, 1, 12);
  const Member member = memberOf(spec, 0, 64, 760);
  const auto program = network.trainingProgram();
  const auto plan = std::make_shared<const Plan>(makePlan(*program, 32, false));
  const auto make = [&](const Bindings& bindings) { Executor(program, plan, bindings, 1); };
  const Bindings good = network.bindings({member.samples});
  Bindings bad = good;
  bad.slots.resize(1);
  CHECK_THROWS(make(bad), "ERR_DEEPBLAS_ARGUMENT", "a matrix of data that is not there");
  bad = good;
  bad.slots[0].clear();
  CHECK_THROWS(make(bad), "ERR_DEEPBLAS_ARGUMENT", "a matrix of data that is not there");
  bad = good;
  bad.slots[1][0].type = Type::Float32;
  CHECK_THROWS(make(bad), "ERR_DEEPBLAS_ARGUMENT", "by another type");
  bad = good;
  bad.states.resize(1);
  CHECK_THROWS(make(bad), "ERR_DEEPBLAS_ARGUMENT", "a state that the optimizer has not");
  bad = good;
  bad.parameters.data = nullptr;
  CHECK_THROWS(make(bad), "ERR_DEEPBLAS_ARGUMENT", "uses a ");

  Executor executor(program, plan, good, 1);
  const std::vector<double> table = network.stepTable(0, 1);
  MemberStep step = {0, 0, 33, member.order.data(), table.data()};
  CHECK_THROWS(executor.step(&step, 1), "ERR_DEEPBLAS_INTERNAL", "larger than the plan's capacity");
  step = {0, 0, 32, nullptr, table.data()};
  CHECK_THROWS(executor.step(&step, 1), "ERR_DEEPBLAS_ARGUMENT", "reads an order");
}

}  // namespace test
}  // namespace deepblas
