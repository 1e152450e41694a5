#include "program/program.h"

#include <algorithm>

#include "core/checked.h"
#include "program/call_check.h"

namespace deepblas {

int64_t bytesOf(Type type) {
  switch (type) {
    case Type::Float32: return 4;
    case Type::Float64: return 8;
    case Type::Int32: return 4;
    case Type::Uint8: return 1;
    case Type::Bfloat16: return 2;
  }
  return 0;
}

namespace {

constexpr int64_t kLargestOperand = 1 << 20;

// Whether the elements of a tensor of fixed size are as many as its shape has. Kernels see rows, columns and panels.
void requireStored(const TensorSpec& spec) {
  const bool moving =
      spec.storage == Storage::Data || spec.storage == Storage::WholeData || spec.storage == Storage::Order;
  if (moving) return require(spec.perBatchRow() && spec.panel == 0, "a matrix or an order of fixed size");
  if (spec.perBatchRow()) {
    require(spec.storage == Storage::Workspace && spec.panel == 0, "rows of a batch where none are");
    // Where these are in pairs, whole vectors of them are written.
    return require(spec.type != Type::Bfloat16 || spec.stride % 16 == 0, "rows of bfloat16 that end within a vector");
  }
  require(spec.rows > 0 && spec.stride == spec.columns, "a tensor of fixed size with gaps");
  const int64_t rows =
      spec.panel > 0 ? checkedProduct((checkedSum(spec.rows, spec.panel) - 1) / spec.panel, spec.panel) : spec.rows;
  require(checkedProduct(rows, spec.columns) <= spec.elements, "a tensor of fewer elements than its shape has");
  if (spec.storage == Storage::Accumulator)
    require(spec.type == Type::Float64 && spec.rows == 1 && spec.columns == 2 && spec.elements == 2 && spec.panel == 0,
            "an accumulator that is not a sum and a weight");
}

int64_t whole(double value) {
  // Outside these limits the conversion is undefined: for arm64, GCC makes a rounding of it, which infinity passes.
  const bool convertible = value >= -0x1p63 && value < 0x1p63;
  require(convertible && static_cast<double>(static_cast<int64_t>(value)) == value, "a recorded integer is not whole");
  return static_cast<int64_t>(value);
}

}  // namespace

Program::Program(const double* tensors, int64_t tensorNumbers, const double* calls, int64_t callNumbers,
                 std::vector<std::string> labels, const double* expressions, int64_t expressionNumbers, Calls check) {
  decodeTensors(tensors, tensorNumbers);
  decodeExpressions(expressions, expressionNumbers);
  decodeCalls(calls, callNumbers, labels, check);
}

template <typename Wanted>
std::string Program::labelWhere(Wanted wanted) const {
  for (const CallSpec& call : calls_)
    for (int i = 0; i < info(call).argumentCount; ++i)
      if (wanted(call.arguments[i], info(call).arguments[i])) return call.label.empty() ? "a call without a label" : call.label;
  return "";
}

std::string Program::userOf(int64_t tensor) const {
  return labelWhere([&](const ArgumentSpec& given, const ArgumentInfo&) {
    return given.form == ArgumentForm::Tensor && given.index == tensor;
  });
}

std::string Program::stepNumberReader() const {
  return labelWhere([](const ArgumentSpec& given, const ArgumentInfo&) { return given.form == ArgumentForm::StepNumber; });
}

std::string Program::writerOf(int64_t slot) const {
  return labelWhere([&](const ArgumentSpec& given, const ArgumentInfo& argument) {
    if (given.form != ArgumentForm::Tensor || argument.access == Access::Read) return false;
    const TensorSpec& spec = tensors_[given.index];
    return spec.storage == Storage::Data && spec.slot == slot;
  });
}

void Program::decodeTensors(const double* numbers, int64_t count) {
  require(count % kTensorFields == 0, "tensor table of a broken length");
  for (int64_t i = 0; i < count; i += kTensorFields) {
    const double* field = numbers + i;
    TensorSpec spec;
    const int64_t storage = whole(field[tensorField::storage]), type = whole(field[tensorField::type]);
    require(storage >= 0 && storage < kStorages && type >= 0 && type < kElementTypes, "unknown storage or type");
    spec.storage = static_cast<Storage>(storage);
    spec.type = static_cast<Type>(type);
    spec.rows = whole(field[tensorField::rows]);
    spec.columns = whole(field[tensorField::columns]);
    spec.stride = whole(field[tensorField::stride]);
    spec.panel = whole(field[tensorField::panel]);
    spec.elements = whole(field[tensorField::elements]);
    spec.offset = whole(field[tensorField::offset]);
    spec.slot = whole(field[tensorField::slot]);
    require(spec.columns > 0 && spec.stride >= 0 && spec.panel >= 0 && spec.elements >= 0 && spec.offset >= 0 &&
                spec.slot >= 0 && spec.rows >= -1,
            "a tensor field out of range");
    for (int64_t size : {spec.rows, spec.columns, spec.stride, spec.panel, spec.elements, spec.offset, spec.slot})
      checkedSize(size);
    switch (spec.storage) {
      case Storage::Workspace:
        require(spec.perBatchRow() ? spec.stride >= spec.columns : spec.elements > 0, "a workspace tensor without size");
        break;
      case Storage::Parameter:
      case Storage::Gradient:
      case Storage::State:
        require(spec.elements > 0 && spec.type == Type::Float32, "an arena tensor without size");
        arenaElements_ = std::max(arenaElements_, checkedSum(spec.offset, spec.elements));
        if (spec.storage == Storage::State) states_ = std::max(states_, spec.slot + 1);
        break;
      case Storage::Data:
      case Storage::WholeData: slots_ = std::max(slots_, spec.slot + 1); break;
      case Storage::Order: usesOrder_ = true; break;
      case Storage::Accumulator: accumulators_ = std::max(accumulators_, spec.offset + 2); break;
    }
    requireStored(spec);
    tensors_.push_back(spec);
  }
}

void Program::decodeExpressions(const double* numbers, int64_t count) {
  int64_t at = 0;
  while (at < count) {
    const int64_t length = whole(numbers[at++]);
    require(length > 0 && length <= kMostOperations && count - at >= kInstructionFields * length, "an expression too long or cut short");
    auto expression = std::make_shared<Expression>();
    expression->count = length;
    for (int64_t i = 0; i < length; ++i, at += kInstructionFields) {
      const int64_t operation = whole(numbers[at + instructionField::operation]);
      require(operation >= 0 && operation < kOperations, "unknown operation");
      Instruction& instruction = expression->instructions[i];
      const auto operandAt = [&](int64_t place) {
        const int64_t operand = whole(numbers[place]);
        require(operand >= 0 && operand <= kLargestOperand, "an operand below 0 or too large");
        return static_cast<int32_t>(operand);
      };
      instruction = {static_cast<Operation>(operation), operandAt(at + instructionField::a),
                     operandAt(at + instructionField::b), operandAt(at + instructionField::c),
                     static_cast<float>(numbers[at + instructionField::value])};
      const bool leaf = operation < static_cast<int64_t>(Operation::Add);
      for (int32_t operand : {instruction.a, instruction.b, instruction.c}) {
        // Registers hold results of earlier instructions; inputs, numbers and outputs are checked with the call.
        if (!leaf && instruction.operation != Operation::Store) require(operand < i || operand == 0, "an operand to come");
      }
    }
    expressions_.push_back(std::move(expression));
  }
}

// Whether all that an expression names is there.
void Program::checkExpression(const CallSpec& call) const {
  const KernelInfo& kernel = info(call);
  int outputs = 0, inputs = 0, position = -1;
  for (int i = 0; i < kernel.argumentCount; ++i) {
    if (kernel.arguments[i].kind == ArgumentKind::Expression) position = i;
    if (kernel.arguments[i].kind != ArgumentKind::Tensor) continue;
    ++(kernel.arguments[i].access == Access::Read ? inputs : outputs);
  }
  if (position < 0) return;
  const Expression& rule = *expressions_[call.arguments[position].index];
  const auto given = [&](int argument) { return call.arguments[argument].form == ArgumentForm::Tensor; };
  for (int64_t i = 0; i < rule.count; ++i) {
    const Instruction& one = rule.instructions[i];
    if (one.operation == Operation::Input) require(one.a < inputs && given(outputs + one.a), "an input that is not given");
    if (one.operation == Operation::Number) {
      const int argument = outputs + inputs + one.a;
      require(argument < position && call.arguments[argument].form != ArgumentForm::Absent, "a number that is not given");
    }
    if (one.operation == Operation::Store)
      require(one.a < i && one.b < outputs && given(one.b), "an output that is not given");
  }
}

void Program::decodeCalls(const double* numbers, int64_t count, const std::vector<std::string>& labels, Calls check) {
  int64_t at = 0;
  while (at < count) {
    require(count - at >= 2, "call table cut short");
    CallSpec call;
    const int64_t kernel = whole(numbers[at]), argumentCount = whole(numbers[at + 1]);
    at += 2;
    require(kernel >= 0 && kernel < kKernelCount, "unknown kernel");
    call.kernel = static_cast<KernelId>(kernel);
    const KernelInfo& info = kKernelInfo[kernel];
    require(argumentCount == info.argumentCount && count - at >= 2 * argumentCount, "wrong number of arguments");
    for (int64_t i = 0; i < argumentCount; ++i, at += 2) {
      ArgumentSpec argument = {};
      const int64_t given = whole(numbers[at]);
      // Bits above the form's own must not make a known form of an unknown one.
      argument.form = static_cast<ArgumentForm>(given >= 0 && given < kArgumentForms ? given : -1);
      const ArgumentInfo& expected = info.arguments[i];
      if (expected.kind == ArgumentKind::Tensor) {
        if (argument.form == ArgumentForm::Absent) {
          require(expected.optional, "a required tensor is absent");
        } else {
          require(argument.form == ArgumentForm::Tensor, "a tensor argument is not a tensor");
          argument.index = whole(numbers[at + 1]);
          require(argument.index >= 0 && argument.index < static_cast<int64_t>(tensors_.size()), "unknown tensor");
        }
      } else if (expected.kind == ArgumentKind::Expression) {
        require(argument.form == ArgumentForm::Expression, "an expression argument is not an expression");
        argument.index = whole(numbers[at + 1]);
        require(argument.index >= 0 && argument.index < static_cast<int64_t>(expressions_.size()), "unknown expression");
      } else if (argument.form == ArgumentForm::Absent) {
        require(expected.optional, "a number argument is not a number");
      } else if (argument.form == ArgumentForm::StepNumber) {
        argument.index = whole(numbers[at + 1]);
        require(argument.index >= 0, "unknown step number");
        checkedSize(argument.index);
        stepNumbers_ = std::max(stepNumbers_, argument.index + 1);
      } else {
        require(argument.form == ArgumentForm::Constant, "a number argument is not a number");
        argument.constant = numbers[at + 1];
      }
      call.arguments.push_back(argument);
    }
    require(calls_.size() < labels.size(), "a call without a label");
    call.label = labels[calls_.size()];
    if (check == Calls::Checked) checkCall(*this, call);
    checkExpression(call);
    calls_.push_back(std::move(call));
  }
  require(calls_.size() == labels.size(), "more labels than calls");
}

}  // namespace deepblas
