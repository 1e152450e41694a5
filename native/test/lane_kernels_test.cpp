// Members side by side in trainings of every kernel that has a version for lanes and that the networks of other tests do
// without: losses of numbers, element-wise rules, random numbers, and data in bytes, read as it stands or gathered.
#include <atomic>
#include <string>
#include <vector>

#include "core/floating_point.h"
#include "core/thread_pool.h"
#include "operand.h"
#include "program/training.h"
#include "recorder.h"
#include "test.h"
#include "threads.h"

namespace deepblas {
namespace test {

namespace {

constexpr int64_t kX = 0, kTargets = 1, kWeights = 2;                                  // slots
constexpr int64_t kRate = 0, kSeed = 1, kStep = 2, kWaits = 3, kNoise = 4, kColumns = 5;  // of the step table
constexpr int64_t kBatch = 24;

enum class Objective { SquaredError, BinaryCrossEntropy, Rule };

struct Case {
  int64_t inputs, hidden, outputs;
  Objective objective;
  bool bytes, shuffle, weighted;
  double dropout;  // rate; 0: none
  bool noise;      // random numbers of the normal distribution added to the inputs, else none
  bool rules;      // activation and update as element-wise rules, else kernels
};

std::string describe(const Case& one) {
  const char* objectives[] = {"squared error", "binary cross-entropy", "a rule of losses"};
  return std::to_string(one.inputs) + "-" + std::to_string(one.hidden) + "-" + std::to_string(one.outputs) + ", " +
         objectives[static_cast<int>(one.objective)] + (one.bytes ? ", bytes" : "") + (one.shuffle ? ", shuffled" : "") +
         (one.weighted ? ", weighted" : "") + (one.dropout > 0 ? ", dropout" : "") + (one.noise ? ", noise" : "") +
         (one.rules ? ", rules" : "");
}

// Inputs that leave a vector's lanes empty and that fill several; a first layer that reads bytes itself, of weights in panels
// and row by row; one output, whose rows are a vector of their own, and several.
const Case kCases[] = {
    {5, 8, 1, Objective::SquaredError, false, false, false, 0, false, false},
    {14, 16, 3, Objective::SquaredError, false, true, true, 0.3, false, false},
    {14, 16, 1, Objective::BinaryCrossEntropy, false, true, false, 0, false, false},
    {3, 7, 19, Objective::BinaryCrossEntropy, false, false, true, 0.5, true, false},
    {20, 9, 2, Objective::Rule, false, true, true, 0, true, true},
    {6, 33, 1, Objective::Rule, false, false, false, 0.2, false, true},
    {1, 1, 1, Objective::Rule, true, true, false, 0.4, true, true},
    {37, 1, 2, Objective::SquaredError, true, false, false, 0, false, true},
    {50, 2, 1, Objective::BinaryCrossEntropy, true, false, true, 0.1, false, false},
    {18, 12, 4, Objective::SquaredError, true, true, false, 0, true, true},
    {2, 16, 1, Objective::BinaryCrossEntropy, true, false, false, 0, false, false},
};

// An element-wise rule: operations on results of earlier ones, each of which gives its own place.
class Rule {
 public:
  int64_t add(Operation operation, int64_t a = 0, int64_t b = 0, int64_t c = 0, double value = 0) {
    numbers_.insert(numbers_.end(), {static_cast<double>(operation), static_cast<double>(a), static_cast<double>(b),
                                     static_cast<double>(c), value});
    return count_++;
  }
  int64_t input(int64_t which) { return add(Operation::Input, which); }
  int64_t number(int64_t which) { return add(Operation::Number, which); }
  int64_t constant(double value) { return add(Operation::Constant, 0, 0, 0, value); }
  void store(int64_t result, int64_t output) { add(Operation::Store, result, output); }
  // Its place among the record's expressions.
  int64_t record(Recorder& to, int64_t before) const {
    to.expressions.push_back(static_cast<double>(count_));
    to.expressions.insert(to.expressions.end(), numbers_.begin(), numbers_.end());
    return before;
  }

 private:
  std::vector<double> numbers_;
  int64_t count_ = 0;
};

class LaneProgram {
 public:
  explicit LaneProgram(const Case& one) : case_(one) { recordAll(); }

  std::shared_ptr<const Program> program() const { return program_; }
  int64_t arenaElements() const { return record_.arenaElements(); }
  // Random parameters of a member, between them the zeros of the padding.
  std::vector<float> parameters(int64_t member) const {
    std::vector<float> all(static_cast<size_t>(arenaElements()), 0);
    const reference::Matrix random = randomMatrix(1, arenaElements(), 40 + member, 0.3);
    for (int64_t place : places_) all[place] = static_cast<float>(random.values[place]);
    return all;
  }

 private:
  struct Weights {
    int64_t weight, bias;
  };

  void map(const std::vector<int64_t>& outputs, const std::vector<int64_t>& inputs, const std::vector<Argument>& numbers,
           const Rule& rule, const Argument* waits = nullptr) {
    std::vector<Argument> arguments(waits ? at::mapElements::waits + 1 : at::mapRows::expression + 1, absent());
    for (size_t i = 0; i < outputs.size(); ++i) arguments[at::mapRows::output0 + i] = tensor(outputs[i]);
    for (size_t i = 0; i < inputs.size(); ++i) arguments[at::mapRows::input0 + i] = tensor(inputs[i]);
    for (size_t i = 0; i < numbers.size(); ++i) arguments[at::mapRows::number0 + i] = numbers[i];
    arguments[at::mapRows::expression] = expression(rule.record(record_, rules_++));
    if (waits) arguments[at::mapElements::waits] = *waits;
    record_.call(waits ? KernelId::MapElements : KernelId::MapRows, arguments, "map");
  }

  // A matrix of the batch: gathered in the order of the shuffle, or its rows as they stand.
  int64_t batchOf(int64_t slot, int64_t columns, Type type, bool read) {
    const int64_t source = record_.data(slot, columns, type, case_.shuffle);
    if (!case_.shuffle && (read || type != Type::Uint8)) return source;
    const int64_t output = record_.batchRows(columns);
    record_.call(KernelId::Gather,
                 {tensor(output), tensor(source), case_.shuffle ? tensor(order_) : absent()}, "gather");
    return output;
  }

  Weights parametersOf(int64_t inputs, int64_t outputs) {
    const int64_t panel = activeKernels().weightPanel(inputs, outputs), first = record_.arenaElements();
    const int64_t weight = record_.parameter(outputs, inputs, panel), firstBias = record_.arenaElements();
    for (int64_t o = 0; o < outputs; ++o) {
      for (int64_t i = 0; i < inputs; ++i)
        places_.push_back(first + o / panel * panel * inputs + i * panel + o % panel);
      places_.push_back(firstBias + o);
    }
    return {weight, record_.parameter(1, outputs, 0)};
  }

  int64_t forward(const Weights& of, int64_t x, int64_t outputs, Activation activation) {
    const int64_t output = record_.batchRows(outputs);
    record_.call(KernelId::DenseForward,
                 {tensor(output), absent(), tensor(x), tensor(of.weight), tensor(of.bias),
                  constant(static_cast<double>(activation)), absent()},
                 "forward");
    return output;
  }

  void backwardWeight(const Weights& of, int64_t x, int64_t gradient) {
    record_.call(KernelId::DenseBackwardWeight,
                 {tensor(record_.like(of.weight, Storage::Gradient)), tensor(record_.like(of.bias, Storage::Gradient)), tensor(x),
                  tensor(gradient), absent()},
                 "backward");
  }

  int64_t backwardInput(const Weights& of, int64_t inputs, int64_t outputs, int64_t gradient) {
    Argument turned = absent();
    if (activeKernels().turnsWeight(inputs, outputs)) {
      turned = tensor(record_.panels(inputs, outputs, activeKernels().registerPanel(inputs)));
      record_.call(KernelId::TransposeWeight, {turned, tensor(of.weight)}, "transpose");
    }
    const int64_t inputGradient = record_.batchRows(inputs);
    record_.call(KernelId::DenseBackwardInput, {tensor(inputGradient), tensor(gradient), tensor(of.weight), turned, absent()},
                 "input gradient");
    return inputGradient;
  }

  // |p - t| of every output and its derivative, as rules on tensors of one column and of several. Where there are several, one
  // column is broadcast along them, and a row's loss is a kernel's.
  void ruleOfLosses(int64_t rowLoss, int64_t gradient, int64_t prediction, int64_t target) {
    const int64_t each = record_.batchRows(case_.outputs);
    Rule rule;
    const int64_t difference = rule.add(Operation::Subtract, rule.input(0), rule.input(1));
    rule.store(rule.add(Operation::Absolute, difference), 0);
    rule.store(rule.add(Operation::Divide, rule.add(Operation::Sign, difference), rule.add(Operation::Rows)), 1);
    map({each, gradient}, {prediction, target}, {}, rule);
    Rule half;
    half.store(half.add(Operation::Multiply, half.input(0), half.constant(0.5)), 0);
    if (case_.outputs == 1) return map({rowLoss}, {each}, {}, half);
    const int64_t one = record_.batchRows(1);
    Rule weight;
    weight.store(weight.constant(0.25), 0);
    map({one}, {}, {}, weight);
    Rule broadcast;
    broadcast.store(broadcast.add(Operation::Multiply, broadcast.input(0), broadcast.input(1)), 0);
    const int64_t weighed = record_.batchRows(case_.outputs);
    map({weighed}, {each, one}, {}, broadcast);
    record_.call(KernelId::MeanSquaredError,
                 {tensor(rowLoss), absent(), tensor(weighed), tensor(target), absent(), absent()}, "loss of a rule");
  }

  void recordLoss(int64_t rowLoss, int64_t gradient, int64_t prediction, int64_t target, Argument weights, Argument weightSum) {
    switch (case_.objective) {
      case Objective::SquaredError:
        return record_.call(KernelId::MeanSquaredError,
                            {tensor(rowLoss), tensor(gradient), tensor(prediction), tensor(target), weights, weightSum}, "loss");
      case Objective::BinaryCrossEntropy:
        return record_.call(KernelId::SigmoidBinaryCrossEntropy,
                            {tensor(rowLoss), tensor(gradient), tensor(record_.batchRows(case_.outputs)), tensor(prediction),
                             tensor(target), weights, weightSum},
                            "loss");
      case Objective::Rule: return ruleOfLosses(rowLoss, gradient, prediction, target);
    }
  }

  void recordUpdate() {
    const int64_t all = record_.wholeArena(Storage::Parameter), gradients = record_.wholeArena(Storage::Gradient);
    const int64_t state = record_.wholeArena(Storage::State);
    const Argument waits = stepNumber(kWaits);
    if (!case_.rules) {
      record_.call(KernelId::Sgd,
                   {tensor(all), tensor(gradients), tensor(state), stepNumber(kRate), constant(0.9), constant(1), constant(1e-3),
                    absent(), constant(0.02), waits},
                   "sgd");
      return;
    }
    // Gradients are added up until the update no longer waits for more of them.
    Rule rule;
    const int64_t sum = rule.add(Operation::Add, rule.input(2), rule.input(1));
    rule.store(rule.add(Operation::Subtract, rule.input(0), rule.add(Operation::Multiply, rule.number(0), sum)), 0);
    rule.store(rule.add(Operation::Multiply, sum, rule.constant(0.5)), 1);
    map({all, state}, {all, gradients, state}, {stepNumber(kRate)}, rule, &waits);
  }

  void recordAll() {
    const Case& of = case_;
    if (of.shuffle) order_ = record_.order();
    const Weights first = parametersOf(of.inputs, of.hidden), second = parametersOf(of.hidden, of.outputs);
    const bool reads = activeKernels().weightPanel(of.inputs, of.hidden) == 1 && !of.noise;
    int64_t x = batchOf(kX, of.inputs, of.bytes ? Type::Uint8 : Type::Float32, reads);
    const int64_t target = batchOf(kTargets, of.outputs, Type::Float32, true);
    Argument weights = absent(), weightSum = absent();
    if (of.weighted) {
      weights = tensor(batchOf(kWeights, 1, Type::Float32, true));
      weightSum = tensor(record_.scalar());
      record_.call(KernelId::WeightSum, {weightSum, weights}, "sum of weights");
    }
    if (of.noise) {
      const int64_t drawn = record_.batchRows(of.inputs), noisy = record_.batchRows(of.inputs);
      record_.call(KernelId::Random,
                   {tensor(drawn), stepNumber(kSeed), constant(3), stepNumber(kStep),
                    constant(static_cast<double>(Distribution::Normal))},
                   "noise");
      Rule rule;
      const int64_t share = rule.add(Operation::Multiply, rule.input(1), rule.number(0));
      rule.store(rule.add(Operation::Add, rule.input(0), share), 0);
      map({noisy}, {x, drawn}, {stepNumber(kNoise)}, rule);
      x = noisy;
    }

    const int64_t z = forward(first, x, of.hidden, of.rules ? Activation::Linear : Activation::Tanh);
    int64_t hidden = z, chance = -1;
    if (of.rules) {
      hidden = record_.batchRows(of.hidden);
      Rule leaky;
      const int64_t input = leaky.input(0);
      leaky.store(leaky.add(Operation::Maximum, input, leaky.add(Operation::Multiply, input, leaky.constant(0.1))), 0);
      map({hidden}, {z}, {}, leaky);
    }
    int64_t dropped = hidden;
    if (of.dropout > 0) {
      dropped = record_.batchRows(of.hidden);
      chance = record_.batchRows(of.hidden);
      record_.call(KernelId::Dropout,
                   {tensor(dropped), tensor(hidden), tensor(chance), constant(of.dropout), stepNumber(kSeed), constant(4),
                    stepNumber(kStep)},
                   "dropout");
    }
    const int64_t prediction = forward(second, dropped, of.outputs, Activation::Linear);

    const int64_t rowLoss = record_.batchRows(1, Type::Float64), gradient = record_.batchRows(of.outputs);
    recordLoss(rowLoss, gradient, prediction, target, weights, weightSum);
    record_.call(KernelId::Accumulate, {tensor(record_.accumulator()), tensor(rowLoss), weights, constant(1)}, "loss");
    const int64_t hits = record_.batchRows(1, Type::Float64);
    record_.call(KernelId::Accuracy, {tensor(hits), tensor(prediction), tensor(target), constant(1), constant(0.25)}, "hits");
    record_.call(KernelId::Accumulate, {tensor(record_.accumulator()), tensor(hits), weights, constant(0)}, "hits");

    backwardWeight(second, dropped, gradient);
    int64_t back = backwardInput(second, of.hidden, of.outputs, gradient);
    if (of.dropout > 0) {
      const int64_t through = record_.batchRows(of.hidden);
      record_.call(KernelId::DropoutBackward, {tensor(through), tensor(back), tensor(chance), constant(of.dropout)},
                   "dropout backward");
      back = through;
    }
    const int64_t preActivationGradient = record_.batchRows(of.hidden);
    if (of.rules) {
      Rule leaky;
      const int64_t negative = leaky.add(Operation::Less, leaky.input(1), leaky.constant(0));
      const int64_t slope = leaky.add(Operation::Select, negative, leaky.constant(0.1), leaky.constant(1));
      leaky.store(leaky.add(Operation::Multiply, leaky.input(0), slope), 0);
      map({preActivationGradient}, {back, z}, {}, leaky);
    } else {
      record_.call(KernelId::ActivationBackward,
                   {tensor(preActivationGradient), tensor(back), tensor(z), absent(),
                    constant(static_cast<double>(Activation::Tanh))},
                   "activation backward");
    }
    backwardWeight(first, x, preActivationGradient);
    recordUpdate();
    program_ = record_.program();
  }

  Case case_;
  Recorder record_;
  int64_t order_ = -1, rules_ = 0;
  std::vector<int64_t> places_;  // of parameters in the arena
  std::shared_ptr<const Program> program_;
};

struct Outcome {
  std::vector<float> parameters, states;
  std::vector<double> results;
  bool bySide;

  bool operator==(const Outcome& other) const {
    return parameters == other.parameters && states == other.states && results == other.results;
  }
};

Outcome trained(const LaneProgram& of, const Case& one, const std::vector<int64_t>& rows, LaneUse lanes) {
  const int64_t members = static_cast<int64_t>(rows.size()), elements = of.arenaElements();
  Outcome outcome;
  const size_t total = static_cast<size_t>(elements * members);
  std::vector<float>& parameters = outcome.parameters;
  for (int64_t m = 0; m < members; ++m) {
    const std::vector<float> own = of.parameters(m);
    parameters.insert(parameters.end(), own.begin(), own.end());
  }
  outcome.states.assign(total, 0);
  std::vector<float> gradients(total, 0);

  Bindings bindings;
  bindings.parameters = {parameters.data(), elements};
  bindings.gradients = {gradients.data(), elements};
  bindings.states = {{outcome.states.data(), elements}};
  bindings.slots.resize(3);
  std::vector<std::vector<float>> floats;
  std::vector<std::vector<uint8_t>> bytes;
  const auto bind = [&](int64_t slot, const reference::Matrix& values, bool asBytes) {
    if (asBytes) {
      bytes.emplace_back();
      for (double value : values.values) bytes.back().push_back(static_cast<uint8_t>(127.5 * (1 + value)));
      bindings.slots[slot].push_back({bytes.back().data(), values.rows, values.columns, Type::Uint8, 1.0f / 255});
      return;
    }
    floats.emplace_back(values.values.begin(), values.values.end());
    bindings.slots[slot].push_back(
        {reinterpret_cast<uint8_t*>(floats.back().data()), values.rows, values.columns, Type::Float32, 1});
  };
  TrainingSettings settings = {{}, kBatch, one.shuffle, 0, 0, lanes};
  for (int64_t m = 0; m < members; ++m) {
    settings.members.push_back({rows[m], 500 + static_cast<uint64_t>(m)});
    bind(kX, randomMatrix(rows[m], one.inputs, 100 + m), one.bytes);
    reference::Matrix targets = randomMatrix(rows[m], one.outputs, 200 + m);
    if (one.objective == Objective::BinaryCrossEntropy)
      for (double& value : targets.values) value = value > 0;
    bind(kTargets, targets, false);
    reference::Matrix weights = randomMatrix(rows[m], 1, 300 + m);
    // Some rows count for nothing.
    for (double& value : weights.values) value = value < -0.5 ? 0 : value + 1;
    bind(kWeights, weights, false);
  }

  const auto plan = std::make_shared<const Plan>(makePlan(*of.program(), kBatch, false));
  Training training(of.program(), plan, bindings, settings, nullptr);
  outcome.bySide = training.bytes() > Training(of.program(), plan, bindings,
                                               {settings.members, kBatch, one.shuffle, 0, 0, LaneUse::Never}, nullptr)
                                          .bytes();
  const int64_t steps = 2 * training.stepsPerEpoch() + 1, columns = of.program()->stepNumbers();
  std::vector<double> table;
  for (int64_t step = 0; step < steps; ++step) {
    for (int64_t m = 0; m < members; ++m) {
      const double seed = static_cast<double>(7 + 1000003 * m), number = static_cast<double>(step);
      // Members wait at different steps.
      const double all[kColumns] = {0.05 / static_cast<double>(1 + m % 3), seed, number, static_cast<double>((step + m) % 3 == 1),
                                    0.1 * static_cast<double>(m)};
      table.insert(table.end(), all, all + columns);
    }
  }
  const FlushDenormals guard;
  const ThreadPool::JobScope scope(ThreadPool::instance());
  const std::atomic<bool> never{false};
  CHECK_EQUAL(training.advance({table.data(), steps, 1e9, false, false}, never).steps, steps);
  const std::vector<double> results = training.takeResults();
  for (size_t i = 0; i < results.size(); ++i)
    if (static_cast<int64_t>(i) % training.resultWidth() != 0) outcome.results.push_back(results[i]);
  CHECK(training.takeFailures().empty());
  return outcome;
}

}  // namespace

TEST("lane kernels: losses of numbers, rules, random numbers and bytes have the bits of members one by one") {
  const int64_t lanes = activeKernels().laneCount;
  for (const Case& one : kCases) {
    const LaneProgram program(one);
    for (int64_t members : {int64_t{2}, lanes, lanes + 3}) {
      for (bool alike : {true, false}) {
        CONTEXT(describe(one), ", ", members, " members, ", alike ? "as many rows" : "rows of their own");
        std::vector<int64_t> rows;
        for (int64_t m = 0; m < members; ++m) rows.push_back(alike ? 60 : 1 + m * 37 % 75);
        const Outcome expected = trained(program, one, rows, LaneUse::Never);
        for (int threads : {1, 2}) {
          const Threads setting(threads);
          const Outcome bySide = trained(program, one, rows, LaneUse::Always);
          CHECK(bySide.bySide);
          CHECK(bySide == expected);
        }
        for (int64_t m = 0; m < members; ++m) {
          const auto first = expected.parameters.begin() + m * program.arenaElements();
          CHECK(program.parameters(m) != std::vector<float>(first, first + program.arenaElements()));
        }
      }
    }
  }
}

}  // namespace test
}  // namespace deepblas
