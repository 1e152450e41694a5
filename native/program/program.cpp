#include "program/program.h"

#include <algorithm>

#include "core/error.h"

namespace deepblas {

int64_t bytesOf(Type type) {
  switch (type) {
    case Type::Float32: return 4;
    case Type::Float64: return 8;
    case Type::Int32: return 4;
    case Type::Uint8: return 1;
  }
  return 0;
}

namespace {

int64_t whole(double value) {
  const int64_t number = static_cast<int64_t>(value);
  require(static_cast<double>(number) == value, "a recorded integer is not whole");
  return number;
}

}  // namespace

Program::Program(const double* tensors, int64_t tensorNumbers, const double* calls, int64_t callNumbers,
                 std::vector<std::string> labels) {
  decodeTensors(tensors, tensorNumbers);
  decodeCalls(calls, callNumbers, labels);
}

void Program::decodeTensors(const double* numbers, int64_t count) {
  require(count % kTensorFields == 0, "tensor table of a broken length");
  for (int64_t i = 0; i < count; i += kTensorFields) {
    const double* field = numbers + i;
    TensorSpec spec;
    const int64_t storage = whole(field[0]), type = whole(field[1]);
    require(storage >= 0 && storage <= 7 && type >= 0 && type <= 3, "unknown storage or type");
    spec.storage = static_cast<Storage>(storage);
    spec.type = static_cast<Type>(type);
    spec.rows = whole(field[2]);
    spec.columns = whole(field[3]);
    spec.stride = whole(field[4]);
    spec.panel = whole(field[5]);
    spec.elements = whole(field[6]);
    spec.offset = whole(field[7]);
    spec.slot = whole(field[8]);
    require(spec.columns > 0 && spec.stride >= 0 && spec.panel >= 0 && spec.elements >= 0 && spec.offset >= 0 &&
                spec.slot >= 0 && spec.rows >= -1,
            "a tensor field out of range");
    switch (spec.storage) {
      case Storage::Workspace:
        require(spec.perBatchRow() ? spec.stride >= spec.columns : spec.elements > 0, "a workspace tensor without size");
        break;
      case Storage::Parameter:
      case Storage::Gradient:
      case Storage::State:
        require(spec.elements > 0 && spec.type == Type::Float32, "an arena tensor without size");
        arenaElements_ = std::max(arenaElements_, spec.offset + spec.elements);
        if (spec.storage == Storage::State) states_ = std::max(states_, spec.slot + 1);
        break;
      case Storage::Data:
      case Storage::WholeData: slots_ = std::max(slots_, spec.slot + 1); break;
      case Storage::Order: usesOrder_ = true; break;
      case Storage::Accumulator: accumulators_ = std::max(accumulators_, spec.offset + 2); break;
    }
    tensors_.push_back(spec);
  }
}

void Program::decodeCalls(const double* numbers, int64_t count, const std::vector<std::string>& labels) {
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
      argument.kind = static_cast<ArgumentSpec::Kind>(whole(numbers[at]));
      const ArgumentInfo& expected = info.arguments[i];
      if (expected.kind == ArgumentKind::Tensor) {
        if (argument.kind == ArgumentSpec::Absent) {
          require(expected.optional, "a required tensor is absent");
        } else {
          require(argument.kind == ArgumentSpec::Tensor, "a tensor argument is not a tensor");
          argument.index = whole(numbers[at + 1]);
          require(argument.index >= 0 && argument.index < static_cast<int64_t>(tensors_.size()), "unknown tensor");
        }
      } else if (argument.kind == ArgumentSpec::StepNumber) {
        argument.index = whole(numbers[at + 1]);
        require(argument.index >= 0, "unknown step number");
        stepNumbers_ = std::max(stepNumbers_, argument.index + 1);
      } else {
        require(argument.kind == ArgumentSpec::Constant, "a number argument is not a number");
        argument.constant = numbers[at + 1];
      }
      call.arguments.push_back(argument);
    }
    require(calls_.size() < labels.size(), "a call without a label");
    call.label = labels[calls_.size()];
    calls_.push_back(std::move(call));
  }
  require(calls_.size() == labels.size(), "more labels than calls");
}

}  // namespace deepblas
