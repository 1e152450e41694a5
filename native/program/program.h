// A program: kernel calls on tensors as a recorder described them. Immutable, knows nothing of memory, batch size,
// population or threads, and knows kernels only by the table.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "boundary/kernel_table.h"
#include "kernels/expression.h"

namespace deepblas {

// A row of the tensor table, as TensorField has it.
struct TensorSpec {
  Storage storage;
  Type type;
  int64_t rows;  // -1: as many as the batch has
  int64_t columns;
  int64_t stride;
  int64_t panel;     // of a weight
  int64_t elements;  // stored by a tensor of fixed rows
  int64_t offset;
  int64_t slot;
  bool perBatchRow() const { return rows < 0; }
};

struct ArgumentSpec {
  ArgumentForm form;
  int64_t index;   // of the tensor or expression, or the column of the step table
  double constant;
};

struct CallSpec {
  KernelId kernel;
  std::string label;
  std::vector<ArgumentSpec> arguments;
};

class Program {
 public:
  // Unchecked: calls that no kernel could run, for tests of what only looks at them.
  enum class Calls { Checked, Unchecked };

  // The recorder's encoding: a tensor is its tensorField numbers; a call is kernel, number of arguments, then form and
  // value of each. Throws when it does not describe a valid program.
  // An expression is its number of instructions, then the instructionField numbers of each.
  Program(const double* tensors, int64_t tensorNumbers, const double* calls, int64_t callNumbers,
          std::vector<std::string> labels, const double* expressions = nullptr, int64_t expressionNumbers = 0,
          Calls check = Calls::Checked);

  const std::vector<TensorSpec>& tensors() const { return tensors_; }
  const std::vector<CallSpec>& calls() const { return calls_; }
  int64_t expressions() const { return static_cast<int64_t>(expressions_.size()); }
  const Expression& expression(int64_t index) const { return *expressions_[index]; }
  const KernelInfo& info(const CallSpec& call) const { return kKernelInfo[static_cast<int>(call.kernel)]; }
  int64_t stepNumbers() const { return stepNumbers_; }    // columns of the step table
  int64_t accumulators() const { return accumulators_; }  // doubles
  int64_t slots() const { return slots_; }                // bound matrices
  int64_t states() const { return states_; }              // optimizer state arenas
  int64_t arenaElements() const { return arenaElements_; }
  // Label of the first call that uses a tensor, that reads a number of the step table, that writes the matrix of a slot;
  // empty where none does.
  std::string userOf(int64_t tensor) const;
  std::string stepNumberReader() const;
  std::string writerOf(int64_t slot) const;
  bool usesOrder() const { return usesOrder_; }

 private:
  template <typename Wanted>
  std::string labelWhere(Wanted wanted) const;
  void decodeTensors(const double* numbers, int64_t count);
  void decodeExpressions(const double* numbers, int64_t count);
  void checkExpression(const CallSpec& call) const;
  void decodeCalls(const double* numbers, int64_t count, const std::vector<std::string>& labels, Calls check);

  std::vector<TensorSpec> tensors_;
  std::vector<CallSpec> calls_;
  std::vector<std::shared_ptr<const Expression>> expressions_;
  int64_t stepNumbers_ = 0, accumulators_ = 0, slots_ = 0, states_ = 0, arenaElements_ = 0;
  bool usesOrder_ = false;
};

int64_t bytesOf(Type type);

}  // namespace deepblas
