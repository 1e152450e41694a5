// Update rules over many steps, in segments of every length.
#include <algorithm>
#include <cmath>

#include "kernel_run.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using reference::AdamRule;
using reference::SgdRule;
using reference::Vector;

constexpr int kSteps = 12;
constexpr int64_t kLengths[] = {1, 3, 4, 7, 8, 15, 16, 17, 33, 1009, 40000};

// The gradient of a step: of mixed sizes, as layers' gradients are.
Vector gradientOf(int64_t length, int step) {
  Vector gradient = randomVector(length, 600 + step, -1, 1);
  for (size_t i = 0; i < gradient.size(); ++i) gradient[i] = static_cast<float>(gradient[i] * std::pow(0.1, i % 5));
  return gradient;
}

void checkVector(const char* what, const Operand& actual, const Vector& expected, double relative, double absolute) {
  const Vector values = actual.read().values;
  for (size_t i = 0; i < expected.size(); ++i) {
    CONTEXT(what, " ", i);
    CHECK(std::isfinite(expected[i]));
    CHECK_CLOSE(values[i], expected[i], relative * std::fabs(expected[i]) + absolute);
  }
}

// What a call clips by, and whether its step waits.
struct Before {
  double factor = 1, limit = 0;
  bool waits = false;

  Vector clipped(Vector gradient) const {
    for (double& g : gradient) {
      g *= factor;
      if (limit > 0) g = std::min(std::max(g, -limit), limit);
    }
    return gradient;
  }

  template <typename Argument>
  void give(KernelRun& run, Argument factorAt, Argument limitAt, Argument waitsAt) const {
    if (factor != 1) run.tensor(factorAt, Operand::vector({factor}));
    run.number(limitAt, limit);
    run.number(waitsAt, waits);
  }
};

// All of them: none, one of both, both, and a step that waits.
const Before kBefore[] = {{}, {0.25, 0}, {1, 0.125}, {0.25, 0.125}, {0.25, 0.125, true}};

void runSgd(const KernelSet& set, const Operand& parameter, const Vector& gradient, const Operand* velocity,
            const SgdRule& rule, const Before& before = {}) {
  namespace arg = at::sgd;
  KernelRun run(KernelId::Sgd, 1);
  run.tensor(arg::parameter, parameter);
  run.tensor(arg::gradient, Operand::vector(gradient));
  if (velocity) run.tensor(arg::velocity, *velocity);
  run.number(arg::learningRate, rule.learningRate);
  run.number(arg::momentum, rule.momentum);
  run.number(arg::nesterov, rule.nesterov);
  run.number(arg::weightDecay, rule.weightDecay);
  before.give(run, arg::factor, arg::limit, arg::waits);
  run.execute(set);
}

void runAdam(const KernelSet& set, const Operand& parameter, const Vector& gradient, const Operand& first,
             const Operand& second, const AdamRule& rule, int step, const Before& before = {}) {
  namespace arg = at::adam;
  KernelRun run(KernelId::Adam, 1);
  run.tensor(arg::parameter, parameter);
  run.tensor(arg::gradient, Operand::vector(gradient));
  run.tensor(arg::firstMoment, first);
  run.tensor(arg::secondMoment, second);
  run.number(arg::stepSize, rule.learningRate / (1 - std::pow(rule.beta1, step)));
  run.number(arg::inverseRootCorrection, 1 / std::sqrt(1 - std::pow(rule.beta2, step)));
  run.number(arg::weightShrink, 1 - rule.learningRate * rule.decoupledWeightDecay);
  run.number(arg::beta1, rule.beta1);
  run.number(arg::beta2, rule.beta2);
  run.number(arg::epsilon, rule.epsilon);
  run.number(arg::weightDecay, rule.weightDecay);
  before.give(run, arg::factor, arg::limit, arg::waits);
  run.execute(set);
}

// Every step rounds a few times: the bounds are a few roundings a step, of values below 2.
constexpr double kStepError = 4 * kRoundoff * kSteps;

}  // namespace

TEST("sgd equals its reference over 12 steps") {
  const struct {
    SgdRule rule;
    bool velocity;
  } kRules[] = {{{0.1, 0, 0, false}, false},
                {{0.1, 0, 0.01, false}, false},
                {{0.05, 0.9, 0, false}, true},
                {{0.05, 0.9, 0.01, true}, true}};
  for (const KernelSet* set : testedSets()) {
    for (const auto& row : kRules) {
      for (int64_t length : kLengths) {
        CONTEXT(set->name, ", ", length, " elements, momentum ", row.rule.momentum, ", decay ", row.rule.weightDecay);
        Vector parameter = randomVector(length, 61, -1, 1), velocity = Vector(row.velocity ? length : 0);
        const Operand p = Operand::vector(parameter), v = Operand::vector(Vector(length));
        for (int step = 1; step <= (length < 5000 ? kSteps : 2); ++step) {
          const Vector gradient = gradientOf(length, step);
          runSgd(*set, p, gradient, row.velocity ? &v : nullptr, row.rule);
          reference::sgd(parameter, gradient, velocity, row.rule);
        }
        checkVector("parameter", p, parameter, 0, kStepError * 2);
        if (row.velocity) checkVector("velocity", v, velocity, 0, kStepError * 5);
      }
    }
  }
}

TEST("adam equals its reference over 12 steps") {
  const AdamRule kRules[] = {{1e-3, 0.9, 0.999, 1e-8, 0, 0},
                             {1e-2, 0.9, 0.999, 1e-8, 0.01, 0},
                             {1e-2, 0.8, 0.99, 1e-6, 0, 0.1}};
  for (const KernelSet* set : testedSets()) {
    for (const AdamRule& rule : kRules) {
      for (int64_t length : kLengths) {
        CONTEXT(set->name, ", ", length, " elements, rate ", rule.learningRate);
        Vector parameter = randomVector(length, 62, -1, 1), first(length), second(length);
        const Operand p = Operand::vector(parameter), m = Operand::vector(first), v = Operand::vector(second);
        for (int step = 1; step <= (length < 5000 ? kSteps : 2); ++step) {
          const Vector gradient = gradientOf(length, step);
          runAdam(*set, p, gradient, m, v, rule, step);
          reference::adam(parameter, gradient, first, second, rule, step);
        }
        // A step is learningRate * m / sqrt(v): where m cancels, its rounding weighs more.
        checkVector("parameter", p, parameter, 0, kStepError * 2 + 1e-4 * rule.learningRate);
        checkVector("firstMoment", m, first, 1e-6, 1e-7);
        checkVector("secondMoment", v, second, 3e-6, 1e-12);
      }
    }
  }
}

TEST("a clipped step is that of the clipped gradient, and one that waits changes nothing") {
  const SgdRule sgd = {0.05, 0.9, 0.01, true};
  const AdamRule adam = {1e-2, 0.9, 0.999, 1e-8, 0.01, 0.1};
  for (const KernelSet* set : testedSets()) {
    for (const Before& before : kBefore) {
      for (int64_t length : kLengths) {
        CONTEXT(set->name, ", ", length, " elements, factor ", before.factor, ", limit ", before.limit);
        const Vector start = randomVector(length, 64, -1, 1), gradient = gradientOf(length, 1);
        const Vector zeros(length);
        const Operand p = Operand::vector(start), velocity = Operand::vector(zeros), q = Operand::vector(start),
                      m = Operand::vector(zeros), v = Operand::vector(zeros);
        runSgd(*set, p, gradient, &velocity, sgd, before);
        runAdam(*set, q, gradient, m, v, adam, 1, before);
        // Powers of two: clipping does not round, so the bits are those of a gradient that was clipped before.
        const Operand sameP = Operand::vector(start), sameVelocity = Operand::vector(zeros),
                      sameQ = Operand::vector(start), sameM = Operand::vector(zeros), sameV = Operand::vector(zeros);
        if (!before.waits) {
          const Vector clipped = before.clipped(gradient);
          runSgd(*set, sameP, clipped, &sameVelocity, sgd);
          runAdam(*set, sameQ, clipped, sameM, sameV, adam, 1);
        }
        CHECK(p.read().values == sameP.read().values);
        CHECK(velocity.read().values == sameVelocity.read().values);
        CHECK(q.read().values == sameQ.read().values);
        CHECK(m.read().values == sameM.read().values);
        CHECK(v.read().values == sameV.read().values);
      }
    }
  }
}

TEST("zero parameters with zero gradients stay zero, so padding does") {
  for (const KernelSet* set : testedSets()) {
    for (int64_t length : kLengths) {
      CONTEXT(set->name, ", ", length, " elements");
      const Vector zeros(length);
      const Operand p = Operand::vector(zeros), v = Operand::vector(zeros), m = Operand::vector(zeros);
      for (int step = 1; step <= 3; ++step) {
        runSgd(*set, p, zeros, &v, {0.1, 0.9, 0.01, true});
        runAdam(*set, p, zeros, m, v, {1e-2, 0.9, 0.999, 1e-8, 0.01, 0.1}, step);
      }
      for (const Operand* operand : {&p, &v, &m})
        for (double value : operand->read().values) CHECK_EQUAL(value, 0.0);
    }
  }
}

TEST("a whole arena and its segments give the same bits") {
  const int64_t length = 1000;
  const Vector start = randomVector(length, 63, -1, 1), gradient = gradientOf(length, 1);
  const AdamRule rule = {1e-2, 0.9, 0.999, 1e-8, 0, 0.1};
  for (const KernelSet* set : testedSets()) {
    CONTEXT(set->name);
    const Operand whole = Operand::vector(start), m = Operand::vector(Vector(length)), v = Operand::vector(Vector(length));
    runAdam(*set, whole, gradient, m, v, rule, 1);
    const Vector expected = whole.read().values;
    for (int64_t begin = 0; begin < length; begin += 333) {
      const int64_t end = std::min(begin + 333, length);
      const auto part = [&](const Vector& all) { return Vector(all.begin() + begin, all.begin() + end); };
      const Operand segment = Operand::vector(part(start));
      runAdam(*set, segment, part(gradient), Operand::vector(Vector(end - begin)), Operand::vector(Vector(end - begin)),
              rule, 1);
      CHECK(segment.read().values == part(expected));
    }
  }
}

}  // namespace test
}  // namespace deepblas
