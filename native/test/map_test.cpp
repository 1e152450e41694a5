// Element-wise rules against the same rules in float64, and reductions, over every shape and broadcast.
#include <cmath>
#include <limits>

#include "kernel_run.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

using reference::Matrix;

const struct {
  int64_t rows, columns;
} kShapes[] = {{1, 1}, {5, 1}, {300, 1}, {3, 2}, {17, 15}, {4, 16}, {9, 17}, {2, 127}, {3, 128}, {2, 129}, {5, 401}};

struct Rule {
  Expression expression = {};
  int32_t add(Operation operation, int32_t a = 0, int32_t b = 0, int32_t c = 0, float value = 0) {
    expression.instructions[expression.count] = {operation, a, b, c, value};
    return static_cast<int32_t>(expression.count++);
  }
};

double evaluate(Operation operation, double a, double b) {
  switch (operation) {
    case Operation::Add: return a + b;
    case Operation::Subtract: return a - b;
    case Operation::Multiply: return a * b;
    case Operation::Divide: return a / b;
    case Operation::Minimum: return std::min(a, b);
    case Operation::Maximum: return std::max(a, b);
    case Operation::Negate: return -a;
    case Operation::Absolute: return std::fabs(a);
    case Operation::SquareRoot: return std::sqrt(a);
    case Operation::Exponential: return std::exp(a);
    case Operation::Logarithm: return std::log(a);
    case Operation::Tanh: return std::tanh(a);
    case Operation::Sigmoid: return 1 / (1 + std::exp(-a));
    case Operation::Softplus: return std::max(a, 0.0) + std::log1p(std::exp(-std::fabs(a)));
    case Operation::NormalDistribution: return 0.5 * std::erfc(-a / std::sqrt(2.0));
    case Operation::NormalDensity: return std::exp(-a * a / 2) / std::sqrt(2 * M_PI);
    case Operation::Sine: return std::sin(a);
    case Operation::Cosine: return std::cos(a);
    case Operation::Sign: return a > 0 ? 1 : a < 0 ? -1 : 0;
    case Operation::Less: return a < b;
    case Operation::Equal: return a == b;
    default: return 0;
  }
}

bool needsPositive(Operation operation) {
  return operation == Operation::SquareRoot || operation == Operation::Logarithm || operation == Operation::Divide;
}

}  // namespace

TEST("every operation of a rule equals its reference, alone on every shape") {
  namespace arg = at::mapRows;
  for (const KernelSet* set : testedSets()) {
    for (int code = static_cast<int>(Operation::Add); code <= static_cast<int>(Operation::Equal); ++code) {
      const Operation operation = static_cast<Operation>(code);
      for (const auto& shape : kShapes) {
        CONTEXT(set->name, ", operation ", code, ", ", shape.rows, " x ", shape.columns);
        Matrix x = randomMatrix(shape.rows, shape.columns, 60, 4), y = randomMatrix(shape.rows, shape.columns, 61, 4);
        if (needsPositive(operation)) {
          for (double& value : x.values) value = static_cast<float>(std::fabs(value) + 0.1);
          for (double& value : y.values) value = static_cast<float>(std::fabs(value) + 0.1);
        }
        for (size_t i = 0; i < x.values.size(); i += 7) y.values[i] = x.values[i];
        Rule rule;
        const int32_t a = rule.add(Operation::Input, 0), b = rule.add(Operation::Input, 1);
        rule.add(Operation::Store, rule.add(operation, a, b), 0);
        const Operand output = Operand::unwritten(shape.rows, shape.columns, Type::Float32, shape.columns > 16 ? 3 : 0);
        KernelRun run(KernelId::MapRows, shape.rows);
        run.tensor(arg::output0, output);
        run.tensor(arg::input0, Operand::matrix(x));
        run.tensor(arg::input1, Operand::matrix(y, Type::Float32, 5));
        run.rule(rule.expression);
        run.execute(*set);
        Matrix expected(shape.rows, shape.columns), bound(shape.rows, shape.columns);
        for (size_t i = 0; i < x.values.size(); ++i) {
          expected.values[i] = evaluate(operation, x.values[i], y.values[i]);
          bound.values[i] = 1e-6 * std::max(1.0, std::fabs(expected.values[i]));
        }
        checkMatrix("output", output.read(), expected, bound);
      }
    }
  }
}

TEST("rows, columns, numbers, types and several outputs of a rule") {
  namespace arg = at::mapRows;
  for (const KernelSet* set : testedSets()) {
    for (const auto& shape : kShapes) {
      CONTEXT(set->name, ", ", shape.rows, " x ", shape.columns);
      const Matrix x = randomMatrix(shape.rows, shape.columns, 62), ofRow = randomMatrix(shape.rows, 1, 63),
                   ofColumn = randomMatrix(1, shape.columns, 64);
      const std::vector<int32_t> labels = randomLabels(shape.rows, shape.columns, 65);
      // value = x * row + column / rows + number; hit = column index == label ? 2 : 0.5
      Rule rule;
      const int32_t product = rule.add(Operation::Multiply, rule.add(Operation::Input, 0), rule.add(Operation::Input, 1));
      const int32_t share = rule.add(Operation::Divide, rule.add(Operation::Input, 2), rule.add(Operation::Rows));
      const int32_t sum = rule.add(Operation::Add, product, share);
      const int32_t value = rule.add(Operation::Add, sum, rule.add(Operation::Number, 1));
      const int32_t same = rule.add(Operation::Equal, rule.add(Operation::Column), rule.add(Operation::Input, 3));
      const int32_t two = rule.add(Operation::Constant, 0, 0, 0, 2), half = rule.add(Operation::Constant, 0, 0, 0, 0.5f);
      const int32_t hit = rule.add(Operation::Select, same, two, half);
      rule.add(Operation::Store, value, 0);
      rule.add(Operation::Store, hit, 1);
      const Operand first = Operand::unwritten(shape.rows, shape.columns, Type::Float64),
                    second = Operand::unwritten(shape.rows, shape.columns, Type::Float32, 2);
      KernelRun run(KernelId::MapRows, shape.rows);
      run.tensor(arg::output0, first);
      run.tensor(arg::output1, second);
      run.tensor(arg::input0, Operand::matrix(x, Type::Float32, 1));
      run.tensor(arg::input1, Operand::matrix(ofRow));
      run.tensor(arg::input2, Operand::matrix(ofColumn));
      run.tensor(arg::input3, Operand::labels(labels));
      run.number(arg::number1, 0.75);
      run.rule(rule.expression);
      run.execute(*set);
      for (int64_t r = 0; r < shape.rows; ++r) {
        for (int64_t c = 0; c < shape.columns; ++c) {
          const double expected =
              x.at(r, c) * ofRow.at(r, 0) + ofColumn.at(0, c) / static_cast<double>(shape.rows) + 0.75;
          CHECK_CLOSE(first.read().at(r, c), expected, 1e-6);
          CHECK_EQUAL(second.read().at(r, c), c == labels[static_cast<size_t>(r)] ? 2.0 : 0.5);
        }
      }
    }
  }
}

TEST("a rule over elements updates panels and ranges alike, and keeps zero padding where it keeps zero") {
  namespace arg = at::mapElements;
  for (const KernelSet* set : testedSets()) {
    for (int64_t outputs : {1, 17, 64, 100}) {
      CONTEXT(set->name, ", ", outputs, " outputs");
      const int64_t panel = set->weightPanel(33, outputs);
      const Matrix weight = randomMatrix(outputs, 33, 66), gradient = randomMatrix(outputs, 33, 67);
      Rule rule;  // weight -= number * gradient * factor
      const int32_t scaled = rule.add(Operation::Multiply, rule.add(Operation::Number, 0), rule.add(Operation::Input, 1));
      const int32_t step = rule.add(Operation::Multiply, scaled, rule.add(Operation::Input, 2));
      rule.add(Operation::Store, rule.add(Operation::Subtract, rule.add(Operation::Input, 0), step), 0);
      const Operand parameter = Operand::unwrittenPanels(outputs, 33, panel);
      KernelRun run(KernelId::MapElements, 1);
      run.tensor(arg::output0, parameter);
      run.tensor(arg::input0, Operand::panels(weight, panel));
      run.tensor(arg::input1, Operand::panels(gradient, panel));
      run.tensor(arg::input2, Operand::vector({0.5}, Type::Float64));
      run.number(arg::number0, 0.1);
      run.rule(rule.expression);
      run.execute(*set);
      for (int64_t o = 0; o < outputs; ++o)
        for (int64_t i = 0; i < 33; ++i)
          CHECK_CLOSE(parameter.read().at(o, i), weight.at(o, i) - 0.05 * gradient.at(o, i), 1e-7);
    }
  }
}

TEST("reductions over rows and columns equal their references") {
  for (const KernelSet* set : testedSets()) {
    for (const auto& shape : kShapes) {
      for (int kind : {0, 1, 2}) {
        CONTEXT(set->name, ", ", shape.rows, " x ", shape.columns, ", kind ", kind);
        const Matrix x = randomMatrix(shape.rows, shape.columns, 68);
        for (Type type : {Type::Float32, Type::Float64}) {
          const Operand output = Operand::unwritten(shape.rows, 1, type);
          KernelRun run(KernelId::ReduceRows, shape.rows);
          run.tensor(at::reduceRows::output, output);
          run.tensor(at::reduceRows::x, Operand::matrix(x, Type::Float32, 4));
          run.number(at::reduceRows::kind, kind);
          run.execute(*set);
          for (int64_t r = 0; r < shape.rows; ++r) {
            double sum = 0, largest = x.at(r, 0);
            for (int64_t c = 0; c < shape.columns; ++c) {
              sum += x.at(r, c);
              largest = std::max(largest, x.at(r, c));
            }
            const double expected = kind == 0 ? sum : kind == 1 ? sum / static_cast<double>(shape.columns) : largest;
            CHECK_CLOSE(output.read().at(r, 0), expected, (type == Type::Float64 ? 1e-13 : 1e-6) * (1 + std::fabs(expected)));
          }
        }
        if (kind == 2) continue;
        const Operand output = Operand::unwritten(1, shape.columns);
        KernelRun run(KernelId::ReduceColumns, shape.rows);
        run.tensor(at::reduceColumns::output, output);
        run.tensor(at::reduceColumns::x, Operand::matrix(x, Type::Float32, 4));
        run.number(at::reduceColumns::kind, kind);
        run.execute(*set);
        for (int64_t c = 0; c < shape.columns; ++c) {
          double sum = 0;
          for (int64_t r = 0; r < shape.rows; ++r) sum += x.at(r, c);
          const double expected = kind == 0 ? sum : sum / static_cast<double>(shape.rows);
          CHECK_CLOSE(output.read().at(0, c), expected, 1e-6 * (1 + std::fabs(expected)));
        }
      }
    }
  }
}

TEST("squaredNorm adds up in float64, and starts anew where it is the first") {
  for (const KernelSet* set : testedSets()) {
    const Matrix weight = randomMatrix(21, 13, 69);
    double squares = 0;
    for (double value : weight.values) squares += value * value;
    for (bool first : {true, false}) {
      const Operand sum = Operand::vector({5.0}, Type::Float64);
      KernelRun run(KernelId::SquaredNorm, 1);
      run.tensor(at::squaredNorm::sum, sum);
      run.tensor(at::squaredNorm::x, Operand::panels(weight, set->weightPanel(13, 21)));
      run.number(at::squaredNorm::first, first);
      run.execute(*set);
      CHECK_CLOSE(sum.read().at(0, 0), squares + (first ? 0 : 5), 1e-12 * squares);
    }
  }
}

TEST("limitNorm scales units down to the limit and leaves the others") {
  for (const KernelSet* set : testedSets()) {
    for (int64_t outputs : {1, 17, 64, 100})
    for (const int64_t panel : {int64_t{1}, set->registerPanel(outputs)}) {
      CONTEXT(set->name, ", ", outputs, " outputs, panel ", panel);
      const Matrix before = randomMatrix(outputs, 29, 70);
      const Operand weight = Operand::panels(before, panel);
      KernelRun run(KernelId::LimitNorm, 1, KernelRun::kOwnTile);
      run.tensor(at::limitNorm::weight, weight);
      run.number(at::limitNorm::limit, 3.1);
      run.execute(*set);
      for (int64_t o = 0; o < outputs; ++o) {
        double squares = 0;
        for (int64_t i = 0; i < 29; ++i) squares += before.at(o, i) * before.at(o, i);
        const double scale = std::min(1.0, 3.1 / std::sqrt(squares));
        for (int64_t i = 0; i < 29; ++i) CHECK_CLOSE(weight.read().at(o, i), before.at(o, i) * scale, 1e-6);
      }
    }
  }
}

}  // namespace test
}  // namespace deepblas
