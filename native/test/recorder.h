// Records programs for the tests as lib's recorder does for models: tensors and calls as tables of numbers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "program/program.h"

namespace deepblas {
namespace test {

struct Argument {
  ArgumentForm form;
  double value;
};
inline Argument absent() { return {ArgumentForm::Absent, 0}; }
inline Argument tensor(int64_t index) { return {ArgumentForm::Tensor, static_cast<double>(index)}; }
inline Argument constant(double value) { return {ArgumentForm::Constant, value}; }
inline Argument expression(int64_t index) { return {ArgumentForm::Expression, static_cast<double>(index)}; }
inline Argument stepNumber(int64_t column) { return {ArgumentForm::StepNumber, static_cast<double>(column)}; }

class Recorder {
 public:
  // Each gives the tensor's number.
  int64_t add(const TensorSpec& spec);
  int64_t batchRows(int64_t columns, Type type = Type::Float32);
  int64_t scalar();  // one double in the workspace
  int64_t panels(int64_t rows, int64_t columns, int64_t panel);
  int64_t parameter(int64_t rows, int64_t columns, int64_t panel);
  // The gradient or state of the same place as a parameter.
  int64_t like(int64_t parameter, Storage storage, int64_t slot = 0);
  // All of an arena as one row.
  int64_t wholeArena(Storage storage, int64_t slot = 0);
  int64_t data(int64_t slot, int64_t columns, Type type, bool whole = false);
  int64_t order();
  int64_t accumulator();

  void call(KernelId kernel, const std::vector<Argument>& arguments, const std::string& label);

  std::shared_ptr<const Program> program(Program::Calls check = Program::Calls::Checked) const;
  int64_t arenaElements() const { return arenaElements_; }

  // The tables as they go to Program, open to tests that break them.
  std::vector<double> tensors, calls, expressions;
  std::vector<std::string> labels;

 private:
  int64_t arenaElements_ = 0, accumulators_ = 0;
  std::vector<TensorSpec> specs_;
};

}  // namespace test
}  // namespace deepblas
