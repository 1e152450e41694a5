// Decoding a program: every encoding that a recorder would not write is refused by an error, never by a crash.
#include "program/program.h"

#include <cmath>

#include "recorder.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

// Positions in the call table of the small program: gather (3 arguments), then accumulate (4).
constexpr size_t kGather = 0, kAccumulate = 2 + 2 * 3;

// output[r] = source[order[r]], then a sum over rows with a gate: every kind of argument but step numbers.
struct Small {
  Recorder record;
  int64_t order, source, output, values, accumulator;

  Small() {
    order = record.order();
    source = record.data(1, 1, Type::Float32, true);
    output = record.batchRows(1);
    values = record.batchRows(1, Type::Float64);
    accumulator = record.accumulator();
    record.call(KernelId::Gather, {tensor(output), tensor(source), tensor(order)}, "first");
    record.call(KernelId::Accumulate, {tensor(accumulator), tensor(values), absent(), constant(1)}, "second");
  }
  double& field(int64_t tensorIndex, int which) {
    return record.tensors[static_cast<size_t>(tensorIndex * kTensorFields + which)];
  }
  // Kind and value of an argument.
  double& kind(size_t call, int argument) { return record.calls[call + 2 + 2 * static_cast<size_t>(argument)]; }
  double& value(size_t call, int argument) { return record.calls[call + 3 + 2 * static_cast<size_t>(argument)]; }
};

template <typename Change>
void refuses(const char* part, Change change) {
  Small small;
  change(small);
  CONTEXT("expected: ", part);
  CHECK_THROWS(small.record.program(), "ERR_DEEPBLAS_INTERNAL", part);
}

}  // namespace

TEST("a program keeps what was recorded") {
  Small small;
  const int64_t weight = small.record.parameter(5, 3, 4);
  const auto range = [&](Storage storage, int64_t slot) {
    return small.record.add({storage, Type::Float32, 1, 24, 24, 0, 24, 0, slot});
  };
  const int64_t parameter = range(Storage::Parameter, 0), gradient = range(Storage::Gradient, 0);
  const int64_t state = range(Storage::State, 2);
  small.record.call(KernelId::Sgd,
                    {tensor(parameter), tensor(gradient), tensor(state), stepNumber(3), constant(0.9), constant(0),
                     constant(0), absent(), absent(), absent()},
                    "third");
  const auto program = small.record.program();
  CHECK_EQUAL(program->tensors().size(), size_t{9});
  CHECK_EQUAL(program->calls().size(), size_t{3});
  CHECK(program->usesOrder());
  CHECK_EQUAL(program->slots(), 2);  // slot 1 is the last one named
  CHECK_EQUAL(program->states(), 3);
  CHECK_EQUAL(program->accumulators(), 2);
  CHECK_EQUAL(program->stepNumbers(), 4);
  CHECK_EQUAL(program->arenaElements(), 8 * 3);  // 5 outputs in panels of 4
  const char* labels[] = {"first", "second", "third"};
  for (size_t c = 0; c < 3; ++c) CHECK_EQUAL(program->calls()[c].label, labels[c]);
  const CallSpec& sgd = program->calls()[2];
  CHECK(sgd.kernel == KernelId::Sgd);
  CHECK_EQUAL(std::string(program->info(sgd).name), "sgd");
  CHECK(sgd.arguments[0].form == ArgumentForm::Tensor);
  CHECK_EQUAL(sgd.arguments[0].index, parameter);
  CHECK(sgd.arguments[3].form == ArgumentForm::StepNumber);
  CHECK_EQUAL(sgd.arguments[3].index, 3);
  CHECK(sgd.arguments[4].form == ArgumentForm::Constant);
  CHECK_EQUAL(sgd.arguments[4].constant, 0.9);
  const TensorSpec& spec = program->tensors()[static_cast<size_t>(weight)];
  CHECK(spec.storage == Storage::Parameter);
  CHECK_EQUAL(spec.rows, 5);
  CHECK_EQUAL(spec.columns, 3);
  CHECK_EQUAL(spec.panel, 4);
  CHECK(!spec.perBatchRow());
  CHECK(program->tensors()[static_cast<size_t>(small.output)].perBatchRow());
}

TEST("an empty recording is a program without calls") {
  const Recorder record;
  const auto program = record.program();
  CHECK_EQUAL(program->calls().size(), size_t{0});
  CHECK_EQUAL(program->tensors().size(), size_t{0});
  CHECK(!program->usesOrder());
}

TEST("a tensor table cut at any number but a whole tensor is refused") {
  for (size_t length = 0; length < Small().record.tensors.size(); ++length) {
    Small small;
    small.record.tensors.resize(length);
    CONTEXT("cut to ", length, " numbers");
    // Whole tensors: now a call names one that is not there.
    const char* part = length % kTensorFields == 0 ? "unknown tensor" : "tensor table of a broken length";
    CHECK_THROWS(small.record.program(), "ERR_DEEPBLAS_INTERNAL", part);
  }
}

TEST("a call table cut anywhere is refused") {
  const size_t whole = Small().record.calls.size();
  for (size_t length = 0; length < whole; ++length) {
    Small small;
    small.record.calls.resize(length);
    CONTEXT("cut to ", length, " numbers");
    // At the end of a call the labels tell that one is missing.
    const char* part = length == 0 || length == kAccumulate             ? "more labels than calls"
                       : length == 1 || length == kAccumulate + 1 ? "call table cut short"
                                                                  : "wrong number of arguments";
    CHECK_THROWS(small.record.program(), "ERR_DEEPBLAS_INTERNAL", part);
  }
}

TEST("numbers that are not whole, not finite or far too large are refused wherever a whole number is meant") {
  for (double bad : {0.5, -0.25, std::nan(""), static_cast<double>(INFINITY), -static_cast<double>(INFINITY), 1e300}) {
    for (int field = 0; field < kTensorFields; ++field) {
      CONTEXT("field ", field, ": ", bad);
      refuses("a recorded integer is not whole",
              [&](Small& small) { small.field(small.output, field) = bad; });
    }
    for (size_t position : {kGather, kGather + 1, kGather + 2, kGather + 3, kAccumulate, kAccumulate + 1}) {
      CONTEXT("call number ", position, ": ", bad);
      refuses("a recorded integer is not whole", [&](Small& small) { small.record.calls[position] = bad; });
    }
  }
}

TEST("tensor fields out of range are refused") {
  for (double bad : {-1.0, 8.0, 100.0})
    refuses("unknown storage or type", [&](Small& small) { small.field(small.output, tensorField::storage) = bad; });
  for (double bad : {-1.0, double{kElementTypes}, 1e9})
    refuses("unknown storage or type", [&](Small& small) { small.field(small.output, tensorField::type) = bad; });
  for (double bad : {0.0, -1.0})
    refuses("a tensor field out of range", [&](Small& small) { small.field(small.output, tensorField::columns) = bad; });
  refuses("a tensor field out of range", [](Small& small) { small.field(small.output, tensorField::rows) = -2; });
  for (int field : {tensorField::stride, tensorField::panel, tensorField::elements, tensorField::offset, tensorField::slot})
    refuses("a tensor field out of range", [&](Small& small) { small.field(small.output, field) = -1; });
}

TEST("a workspace tensor without a size is refused") {
  refuses("a workspace tensor without size", [](Small& small) {
    small.field(small.output, tensorField::columns) = 3;
    small.field(small.output, tensorField::stride) = 2;
  });
  refuses("a workspace tensor without size", [](Small& small) {
    small.field(small.output, tensorField::rows) = 1;
    small.field(small.output, tensorField::elements) = 0;
  });
}

TEST("an arena tensor without a size, or of another type than float32, is refused") {
  for (Storage storage : {Storage::Parameter, Storage::Gradient, Storage::State}) {
    const auto arena = [&](Small& small) {
      const int64_t added = small.record.like(small.record.parameter(2, 2, 0), storage);
      return added;
    };
    refuses("an arena tensor without size", [&](Small& small) { small.field(arena(small), tensorField::elements) = 0; });
    refuses("an arena tensor without size", [&](Small& small) { small.field(arena(small), tensorField::type) = 1; });
  }
}

TEST("unknown kernels and wrong numbers of arguments are refused") {
  for (double bad : {-1.0, static_cast<double>(kKernelCount), 1e6})
    refuses("unknown kernel", [&](Small& small) { small.record.calls[kGather] = bad; });
  for (double bad : {0.0, 2.0, 4.0, -1.0, 1e9})
    refuses("wrong number of arguments", [&](Small& small) { small.record.calls[kGather + 1] = bad; });
}

TEST("arguments of the wrong kind are refused") {
  refuses("a required tensor is absent", [](Small& small) { small.kind(kGather, 0) = static_cast<double>(ArgumentForm::Absent); });
  for (double kind : {2.0, 3.0, 4.0, -1.0})
    refuses("a tensor argument is not a tensor", [&](Small& small) { small.kind(kGather, 0) = kind; });
  for (double kind : {0.0, 1.0, 4.0, -1.0})
    refuses("a number argument is not a number", [&](Small& small) { small.kind(kAccumulate, 3) = kind; });
}

TEST("tensors and step numbers out of range are refused") {
  for (double bad : {-1.0, 5.0, 1e12})
    refuses("unknown tensor", [&](Small& small) { small.value(kGather, 0) = bad; });
  refuses("unknown step number", [](Small& small) {
    small.kind(kAccumulate, 3) = static_cast<double>(ArgumentForm::StepNumber);
    small.value(kAccumulate, 3) = -1;
  });
}

TEST("as many labels as calls") {
  refuses("a call without a label", [](Small& small) { small.record.labels.pop_back(); });
  refuses("more labels than calls", [](Small& small) { small.record.labels.push_back("third"); });
}

TEST("a table with any one number replaced throws or gives a program, and never anything else") {
  const double values[] = {-1e18, -2, -1, 0, 1, 2, 3, 7, 8, 18, 19, 1e6, 1e15, 0.5, std::nan("")};
  int refused = 0, taken = 0;
  const Small good;
  for (const bool calls : {false, true}) {
    const size_t count = calls ? good.record.calls.size() : good.record.tensors.size();
    for (size_t i = 0; i < count; ++i) {
      for (double value : values) {
        Small small;
        (calls ? small.record.calls : small.record.tensors)[i] = value;
        try {
          const auto program = small.record.program();
          CHECK_EQUAL(program->calls().size(), size_t{2});
          for (const CallSpec& call : program->calls()) {
            CHECK_EQUAL(static_cast<int>(call.arguments.size()), program->info(call).argumentCount);
            for (const ArgumentSpec& argument : call.arguments)
              CHECK(argument.form != ArgumentForm::Tensor ||
                    (argument.index >= 0 && argument.index < static_cast<int64_t>(program->tensors().size())));
          }
          ++taken;
        } catch (const Error& error) {
          const std::string code = error.code();
          CHECK(code == "ERR_DEEPBLAS_INTERNAL" || code == "ERR_DEEPBLAS_SHAPE" || code == "ERR_DEEPBLAS_ARGUMENT");
          ++refused;
        }
      }
    }
  }
  CHECK(refused > 0);
  CHECK(taken > 0);
}

}  // namespace test
}  // namespace deepblas
