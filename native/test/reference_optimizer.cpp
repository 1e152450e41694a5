#include <cmath>

#include "reference.h"

namespace deepblas {
namespace reference {

void sgd(Vector& parameter, const Vector& gradient, Vector& velocity, const SgdRule& rule) {
  for (size_t i = 0; i < parameter.size(); ++i) {
    double g = gradient[i] + rule.weightDecay * parameter[i];
    if (!velocity.empty()) {
      velocity[i] = rule.momentum * velocity[i] + g;
      g = rule.nesterov ? g + rule.momentum * velocity[i] : velocity[i];
    }
    parameter[i] -= rule.learningRate * g;
  }
}

// Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1; decoupled decay by Loshchilov and
// Hutter, "Decoupled weight decay regularization", 2019.
void adam(Vector& parameter, const Vector& gradient, Vector& firstMoment, Vector& secondMoment, const AdamRule& rule,
          int step) {
  for (size_t i = 0; i < parameter.size(); ++i) {
    const double g = gradient[i] + rule.weightDecay * parameter[i];
    firstMoment[i] = rule.beta1 * firstMoment[i] + (1 - rule.beta1) * g;
    secondMoment[i] = rule.beta2 * secondMoment[i] + (1 - rule.beta2) * g * g;
    const double correctedFirst = firstMoment[i] / (1 - std::pow(rule.beta1, step));
    const double correctedSecond = secondMoment[i] / (1 - std::pow(rule.beta2, step));
    parameter[i] -= rule.learningRate * rule.decoupledWeightDecay * parameter[i];
    parameter[i] -= rule.learningRate * correctedFirst / (std::sqrt(correctedSecond) + rule.epsilon);
  }
}

}  // namespace reference
}  // namespace deepblas
