// Passes over data in batches: sums that do not depend on the batch, predictions that fill their matrix and no more.
#include "program/pass.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <thread>

#include "core/floating_point.h"
#include "network.h"
#include "operand.h"
#include "recorder.h"
#include "test.h"
#include "threads.h"

namespace deepblas {
namespace test {

namespace {

const NetworkSpec kSpec = {13, {{17, Activation::Relu}, {9, Activation::Gelu}, {4, Activation::Linear}}};

using Data = std::vector<std::shared_ptr<Samples>>;
const std::atomic<bool> kNever{false};

std::shared_ptr<const Plan> planOf(const Program& program, int64_t batch, bool keepAll = false) {
  return std::make_shared<const Plan>(makePlan(program, batch, keepAll));
}

reference::Matrix logitsOf(const Network& network, int64_t member, const reference::Matrix& x) {
  reference::Matrix input = x;
  for (size_t l = 0; l < network.spec().layers.size(); ++l)
    input = reference::denseForward(input, network.weight(member, l), network.bias(member, l),
                                    network.spec().layers[l].activation)
                .output;
  return input;
}

}  // namespace

TEST("an evaluation's sums are the reference's, for every size of batch") {
  const FlushDenormals guard;
  const Threads setting(2);
  Network network(kSpec, 1, 1);
  const Data data = {randomSamples(75, 13, 4, 10)};
  const reference::Matrix logits = logitsOf(network, 0, data[0]->x);
  const reference::Loss loss = reference::softmaxCrossEntropy(logits, reference::oneHot(data[0]->labels, 4), {});
  double lossSum = 0, hits = 0;
  for (double row : loss.rows) lossSum += row;
  for (double row : reference::accuracy(logits, data[0]->labels)) hits += row;
  double whole = 0;
  for (int64_t batch : {75, 1, 2, 7, 25, 32, 74, 76, 500}) {
    CONTEXT("batch ", batch);
    Pass pass(network.evaluationProgram(), planOf(*network.evaluationProgram(), batch), network.bindings(data), {75});
    for (int again = 0; again < 2; ++again) {
      CHECK(pass.run({0}, kNever));
      const double* sums = pass.executor().tensors().accumulators(0);
      CHECK_CLOSE(sums[0], lossSum, 1e-6 * lossSum);
      CHECK_EQUAL(sums[1], 75.0);
      CHECK_EQUAL(sums[2], hits);
      CHECK_EQUAL(sums[3], 75.0);
      // A row's loss has the same bits in every batch; only the order of their sum may differ.
      if (whole == 0) whole = sums[0];
      CHECK_CLOSE(sums[0], whole, 1e-13 * whole);
    }
  }
}

TEST("members with different rows, some of them left out") {
  const FlushDenormals guard;
  Network network(kSpec, 3, 2);
  const Data data = {randomSamples(75, 13, 4, 20), randomSamples(8, 13, 4, 30), randomSamples(40, 13, 4, 40)};
  const auto program = network.evaluationProgram();
  Pass all(program, planOf(*program, 32), network.bindings(data), {75, 8, 40});
  CHECK(all.run({0, 1, 2}, kNever));
  for (int64_t m = 0; m < 3; ++m) {
    CONTEXT("member ", m);
    CHECK_EQUAL(all.executor().tensors().accumulators(m)[1], static_cast<double>(data[m]->rows()));
    Pass some(program, planOf(*program, 32), network.bindings(data), {75, 8, 40});
    CHECK(some.run({m}, kNever));
    const double* expected = all.executor().tensors().accumulators(m);
    for (int64_t other = 0; other < 3; ++other)
      for (int64_t i = 0; i < kAccumulators; ++i)
        CHECK_EQUAL(some.executor().tensors().accumulators(other)[i], other == m ? expected[i] : 0.0);
  }
  CHECK(all.run({}, kNever));
  for (int64_t m = 0; m < 3; ++m) CHECK_EQUAL(all.executor().tensors().accumulators(m)[1], 0.0);
}

TEST("a cancelled pass says so and does nothing") {
  Network network(kSpec, 1, 3);
  const Data data = {randomSamples(75, 13, 4, 50)};
  const auto program = network.evaluationProgram();
  Pass pass(program, planOf(*program, 32), network.bindings(data), {75});
  CHECK(pass.run({0}, kNever));
  const std::atomic<bool> cancelled{true};
  CHECK(!pass.run({0}, cancelled));
  for (int64_t i = 0; i < kAccumulators; ++i) CHECK_EQUAL(pass.executor().tensors().accumulators(0)[i], 0.0);
}

TEST("rows that arrive while the pass runs give the sums of rows that were there") {
  const FlushDenormals guard;
  const Threads setting(2);
  Network network(kSpec, 1, 7);
  const Data data = {randomSamples(75, 13, 4, 100)};
  const auto program = network.evaluationProgram();
  Pass whole(program, planOf(*program, 16), network.bindings(data), {75});
  CHECK(whole.run({0}, kNever));
  const std::vector<float> given = data[0]->floats;
  for (int64_t piece : {1, 16, 20, 75}) {
    CONTEXT("pieces of ", piece, " rows");
    // What has not arrived must not be read: it would make the sums NaN.
    std::fill(data[0]->floats.begin(), data[0]->floats.end(), NAN);
    Pass pass(program, planOf(*program, 16), network.bindings(data), {75});
    ArrivingRows arriving;
    bool finished = false;
    std::thread reader([&] {
      const FlushDenormals other;
      finished = pass.run({0}, kNever, &arriving);
    });
    for (int64_t first = 0; first < 75; first += piece) {
      const int64_t end = std::min<int64_t>(first + piece, 75);
      std::copy(given.begin() + first * 13, given.begin() + end * 13, data[0]->floats.begin() + first * 13);
      arriving.arrived(end);
    }
    reader.join();
    CHECK(finished);
    const double* expected = whole.executor().tensors().accumulators(0);
    for (int64_t i = 0; i < kAccumulators; ++i)
      CHECK_EQUAL(pass.executor().tensors().accumulators(0)[i], expected[i]);
  }
}

TEST("a prediction fills its matrix, every row with the same bits in every batch, and nothing after it") {
  const FlushDenormals guard;
  const Threads setting(2);
  constexpr int64_t kRows = 75, kOutputs = 4;
  Network network(kSpec, 1, 4);
  const Data data = {randomSamples(kRows, 13, kOutputs, 60)};
  // The evaluation's layers, and a copy to a bound matrix; parameters lie where the network has them.
  const Program& evaluation = *network.evaluationProgram();
  Recorder record;
  for (const TensorSpec& spec : evaluation.tensors()) record.add(spec);
  int64_t last = 0;
  for (const CallSpec& call : evaluation.calls()) {
    if (call.kernel != KernelId::DenseForward) continue;
    std::vector<Argument> arguments;
    for (const ArgumentSpec& argument : call.arguments)
      arguments.push_back({argument.form, argument.form == ArgumentForm::Tensor ? static_cast<double>(argument.index)
                                                                                : argument.constant});
    record.call(call.kernel, arguments, call.label);
    last = call.arguments[at::denseForward::output].index;
  }
  const int64_t result = record.data(3, kOutputs, Type::Float32);
  record.call(KernelId::ActivationForward, {tensor(result), tensor(last), constant(0)}, "result");
  const auto program = record.program();
  const reference::Matrix expected = logitsOf(network, 0, data[0]->x);
  std::vector<float> first;
  for (int64_t batch : {1, 2, 31, 32, 75, 100}) {
    CONTEXT("batch ", batch);
    std::vector<float> output(kRows * kOutputs + 16, -7.0f);
    Bindings bindings = network.bindings(data);
    bindings.slots.push_back({{reinterpret_cast<uint8_t*>(output.data()), kRows, kOutputs, Type::Float32, 1}});
    Pass pass(program, planOf(*program, batch), bindings, {kRows});
    CHECK(pass.run({0}, kNever));
    for (int64_t i = 0; i < kRows * kOutputs; ++i) CHECK_CLOSE(output[i], expected.values[i], 2e-6);
    for (int64_t i = kRows * kOutputs; i < kRows * kOutputs + 16; ++i) CHECK_EQUAL(output[i], -7.0f);
    if (first.empty()) first = output;
    CHECK(std::memcmp(output.data(), first.data(), output.size() * sizeof(float)) == 0);
  }
}

TEST("with everything kept, every tensor of the last batch can be read") {
  const FlushDenormals guard;
  Network network(kSpec, 2, 5);
  const Data data = {randomSamples(20, 13, 4, 70), randomSamples(20, 13, 4, 80)};
  const auto program = network.evaluationProgram();
  Pass pass(program, planOf(*program, 20, true), network.bindings(data), {20, 20});
  CHECK(pass.run({0, 1}, kNever));
  for (int64_t m = 0; m < 2; ++m) {
    reference::Matrix input = data[m]->x;
    size_t layer = 0;
    for (const CallSpec& call : program->calls()) {
      if (call.kernel != KernelId::DenseForward) continue;
      CONTEXT("member ", m, " layer ", layer);
      input = reference::denseForward(input, network.weight(m, layer), network.bias(m, layer),
                                      kSpec.layers[layer].activation)
                  .output;
      const int64_t index = call.arguments[at::denseForward::output].index;
      const View& view = pass.executor().tensors().view(index, m);
      for (int64_t r = 0; r < 20; ++r)
        for (int64_t c = 0; c < input.columns; ++c)
          CHECK_CLOSE(deepblas::data<float>(&view)[r * view.stride + c], input.at(r, c), 2e-6);
      ++layer;
    }
    CHECK_EQUAL(layer, kSpec.layers.size());
  }
}

TEST("a loss that is not finite does not stop an evaluation") {
  const FlushDenormals guard;
  Network network(kSpec, 1, 6);
  const Data data = {randomSamples(40, 13, 4, 90)};
  data[0]->floats[3] = NAN;
  const auto program = network.evaluationProgram();
  Pass pass(program, planOf(*program, 16), network.bindings(data), {40});
  CHECK(pass.run({0}, kNever));
  CHECK(std::isnan(pass.executor().tensors().accumulators(0)[0]));
  CHECK_EQUAL(pass.executor().tensors().accumulators(0)[1], 40.0);
}

// The sums of all members, by member.
std::vector<double> sumsOf(Pass& pass, const std::vector<int64_t>& active) {
  CHECK(pass.run(active, kNever));
  const double* sums = pass.executor().tensors().accumulators(0);
  return std::vector<double>(sums, sums + pass.executor().members() * kAccumulators);
}

Data dataOfMembers(const NetworkSpec& spec, int64_t members, bool alike) {
  Data data;
  for (int64_t m = 0; m < members; ++m)
    data.push_back(randomSamples(alike ? 75 : 20 + m * 37 % 90, spec.inputs, spec.layers.back().outputs, 200 + m));
  return data;
}

std::vector<int64_t> rowsOfMembers(const Data& data) {
  std::vector<int64_t> rows;
  for (const auto& samples : data) rows.push_back(samples->rows());
  return rows;
}

TEST("members side by side and by themselves have the sums of members one by one, whatever their rows") {
  const FlushDenormals guard;
  const int64_t lanes = activeKernels().laneCount;
  const NetworkSpec wide = {5, {{33, Activation::Tanh}, {2, Activation::Linear}}};
  for (int threads : {1, 2}) {
    const Threads setting(threads);
    for (const NetworkSpec& spec : {kSpec, wide}) {
      for (int64_t members : {int64_t{2}, lanes - 1, lanes, 2 * lanes + 3}) {
        for (bool alike : {true, false}) {
          CONTEXT(members, " members, ", spec.inputs, " inputs, ", alike ? "as many rows" : "rows of their own");
          Network network(spec, members, 8);
          const Data data = dataOfMembers(spec, members, alike);
          // One that is not finite is not the end of it.
          data[1]->floats[3] = NAN;
          const auto program = network.evaluationProgram();
          std::vector<int64_t> all, some;
          for (int64_t m = 0; m < members; ++m) {
            all.push_back(m);
            if (m % 3 != 1) some.push_back(m);
          }
          const std::vector<float> before = network.memory(0);
          for (int64_t batch : {int64_t{7}, int64_t{512}}) {
            const auto passOf = [&](LaneUse use) {
              return Pass(program, planOf(*program, batch), network.bindings(data), rowsOfMembers(data), {}, use);
            };
            Pass one(passOf(LaneUse::Never)), always(passOf(LaneUse::Always)), chosen(passOf(LaneUse::Chosen));
            for (const auto& active : {all, some, all}) {
              const std::vector<double> expected = sumsOf(one, active);
              const auto same = [&](const std::vector<double>& sums) {
                return std::memcmp(sums.data(), expected.data(), sums.size() * sizeof(double)) == 0;
              };
              CHECK(same(sumsOf(always, active)));
              CHECK(same(sumsOf(chosen, active)));
            }
          }
          CHECK(std::memcmp(before.data(), network.memory(0).data(), before.size() * sizeof(float)) == 0);
        }
      }
    }
  }
}

TEST("two passes of one population at the same time only read its parameters") {
  const FlushDenormals guard;
  const int64_t members = activeKernels().laneCount;
  Network network(kSpec, members, 8);
  const Data data = dataOfMembers(kSpec, members, true);
  const auto program = network.evaluationProgram();
  std::vector<int64_t> active;
  for (int64_t m = 0; m < members; ++m) active.push_back(m);
  const auto passOf = [&] {
    return std::make_unique<Pass>(program, planOf(*program, 16), network.bindings(data), rowsOfMembers(data),
                                  std::vector<double>(), LaneUse::Always);
  };
  const auto one = passOf(), other = passOf();
  std::thread beside([&] {
    const FlushDenormals also;
    CHECK(one->run(active, kNever));
  });
  CHECK(other->run(active, kNever));
  beside.join();
  const auto sums = [&](Pass& pass) { return pass.executor().tensors().accumulators(0); };
  CHECK(std::memcmp(sums(*one), sums(*other), static_cast<size_t>(members * kAccumulators) * sizeof(double)) == 0);
}

TEST("passes by lanes are chosen for a few outputs of many members, and never where outputs are written") {
  const Threads setting(1);
  const int64_t lanes = activeKernels().laneCount;
  const auto uses = [&](const NetworkSpec& spec, int64_t members) {
    Network network(spec, members, 8);
    const Data data = dataOfMembers(spec, members, true);
    const auto program = network.evaluationProgram();
    const auto bytes = [&](LaneUse use) {
      return Pass(program, planOf(*program, 75), network.bindings(data), rowsOfMembers(data), {}, use).bytes();
    };
    return bytes(LaneUse::Chosen) > bytes(LaneUse::Never);
  };
  CHECK_EQUAL(uses(kSpec, 2 * lanes), lanes > 4);
  CHECK(!uses(kSpec, 2));
  CHECK(!uses({13, {{17, Activation::Relu}, {30, Activation::Linear}}}, 2 * lanes));
}

}  // namespace test
}  // namespace deepblas
