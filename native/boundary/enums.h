// Made from native/boundary/enums.json by scripts/generate-boundary.mjs: change the table, not this file.
#pragma once

#include <stdint.h>

namespace deepblas {

// Instruction sets that kernels are compiled for, best last of those of a processor.
enum class Isa : int32_t {
  Baseline = 0,
  Avx2 = 1,
  Avx512 = 2,
  Neon = 3,
};
constexpr int kInstructionSets = 4;
constexpr const char* kIsaNames[] = {"baseline", "avx2", "avx512", "neon"};

// Element types of tensors and matrices.
enum class Type : int32_t {
  Float32 = 0,
  Float64 = 1,
  Int32 = 2,
  Uint8 = 3,
  Bfloat16 = 4,
};
constexpr int kElementTypes = 5;
constexpr const char* kTypeNames[] = {"float32", "float64", "int32", "uint8", "bfloat16"};

// Element-wise activations that dense layers fuse with their product; softmax is a kernel of its own.
enum class Activation : int32_t {
  Linear = 0,
  Sigmoid = 1,
  Tanh = 2,
  Relu = 3,
  Gelu = 4,
};
constexpr int kActivationKernels = 5;

// Where a tensor's bytes live while a run executes.
enum class Storage : int32_t {
  Workspace = 0,  // placed by the planner
  Parameter = 1,  // the model's arena, at `offset` elements
  Gradient = 2,  // an arena laid out like the parameters'
  State = 3,  // optimizer state number `slot`, laid out like the parameters'
  Data = 4,  // a bound matrix, from the batch's first row on
  WholeData = 5,  // a bound matrix from its own first row on, to be read through an order
  Order = 6,  // row numbers of this batch
  Accumulator = 7,  // two doubles (sum, weight) at `offset`, kept from step to step
};
constexpr int kStorages = 8;

// In which form a recorded call gives an argument.
enum class ArgumentForm : int32_t {
  Absent = 0,  // left out
  Tensor = 1,  // its position in the tensor table
  Constant = 2,  // the number itself
  StepNumber = 3,  // a column of the step table
  Expression = 4,  // its position among the expressions
};
constexpr int kArgumentForms = 5;

// Operations of element-wise rules, on the results a, b and c of earlier ones.
enum class Operation : int32_t {
  Input = 0,  // a: which input tensor, broadcast along rows or columns where it has one of them
  Number = 1,  // a: which number argument
  Constant = 2,  // value
  Rows = 3,  // rows of the batch
  Column = 4,  // the element's column
  Add = 5,  // a + b
  Subtract = 6,  // a - b
  Multiply = 7,  // a * b
  Divide = 8,  // a / b
  Minimum = 9,  // the smaller; NaN if a is
  Maximum = 10,  // the larger; NaN if a is
  Negate = 11,
  Absolute = 12,
  SquareRoot = 13,
  Exponential = 14,
  Logarithm = 15,  // of numbers above 0; minus infinity at 0
  Tanh = 16,
  Sigmoid = 17,
  Softplus = 18,  // log(1 + e^a)
  NormalDistribution = 19,
  NormalDensity = 20,
  Sine = 21,  // of an angle in radians
  Cosine = 22,  // of an angle in radians
  Sign = 23,  // -1, 0, 1
  Less = 24,  // 1 where a < b, else 0
  Equal = 25,  // 1 where a = b, else 0
  Select = 26,  // b where a is not 0, else c
  Store = 27,  // value a to output tensor b
};
constexpr int kOperations = 28;

// Kinds of reduceRows; reduceColumns has the first two.
enum class Reduction : int32_t {
  Sum = 0,
  Mean = 1,
  Largest = 2,
};
constexpr int kReductions = 3;

// What the kernel memberMean averages.
enum class MemberMean : int32_t {
  Values = 0,  // the columns themselves
  Sigmoid = 1,  // the probabilities of logits, each by itself
  Softmax = 2,  // the probabilities of rows of logits
};
constexpr int kMemberMeans = 3;

// Kinds of the kernel random.
enum class Distribution : int32_t {
  Uniform = 0,  // in [0, 1)
  Normal = 1,  // of mean 0 and standard deviation 1
};
constexpr int kDistributions = 2;

// What an arena is filled with, by two numbers a and b.
enum class Filling : int32_t {
  Constant = 0,  // a
  Uniform = 1,  // in [a, b)
  Normal = 2,  // of mean a and standard deviation b
};
constexpr int kFillings = 3;

// How threads share the calls of a region.
enum class RegionKind : int32_t {
  Rows = 0,  // every block of rows goes through all calls, one after the other
  Tiles = 1,  // the calls do not depend on each other: all their tiles at once
  Whole = 2,  // one call in one piece
};
constexpr int kRegionKinds = 3;
constexpr const char* kRegionKindNames[] = {"rows", "tiles", "whole"};

// How the fields of a column are read from the text of a table's rows.
enum class FieldKind : int32_t {
  Skip = 0,  // not at all
  Number = 1,  // as a decimal number
  Boolean = 2,  // as true or false, yes or no, 1 or 0
  Date = 3,  // as ISO 8601 has it, into milliseconds since 1970
  Level = 4,  // as a text that comes again, into its number
  Text = 5,  // not here: its place in the text is told
};
constexpr int kFieldKinds = 6;

// Why reading rows from a text ended.
enum class RowsEnd : int32_t {
  Full = 0,  // as many as were asked for, or as there is room for
  Incomplete = 1,  // the next row is not there whole
  Unusual = 2,  // the next row is not written plainly, or is bad
  Texts = 3,  // a column has too many different texts for numbers of them
};
constexpr int kRowsEnds = 4;

// What is told of a single field beside its value.
enum class FieldEvent : int32_t {
  Mark = 0,  // it stands for a missing value: begin is the number of its text
  Text = 1,  // a text of a column of levels that comes for the first time, with the next number
  Number = 2,  // a decimal number that must be rounded elsewhere
};
constexpr int kFieldEvents = 3;

// Why a chunk of training steps has ended.
enum class ChunkEnd : int32_t {
  Budget = 0,  // its steps or milliseconds are used up
  EpochEnd = 1,  // an epoch has ended, and it was asked to stop there
  Cancelled = 2,  // the training was cancelled
  NotFinite = 3,  // no member is left whose loss is finite
};
constexpr int kChunkEnds = 4;

// A tensor in the tensor table.
namespace tensorField {
enum : int {
  storage,  // of Storage
  type,  // of Type
  rows,  // -1: as many as the batch has
  columns,
  stride,  // elements from one row to the next
  panel,  // of a weight: the width of the panels it is stored in
  elements,  // stored by a tensor of fixed rows
  offset,  // elements from the arena's start on
  slot,  // which matrix or state
};
}
constexpr int kTensorFields = 9;

// Places of what is told of rows that were read.
namespace rowsField {
enum : int {
  rows,  // that were read
  next,  // where the next row begins
  line,  // the line in which it does
  end,  // of RowsEnd
  events,  // that were told
  tried,  // up to where the next row was looked at
  field,  // whose column has too many texts
};
}
constexpr int kRowsFields = 7;

// A field of which something is told, number by number.
namespace eventField {
enum : int {
  event,  // of FieldEvent
  row,  // from 0; at or above the rows that were read: of a row that was not
  field,  // of the row, from 0
  begin,  // of the field in the text
  end,  // of the field in the text; -1 less that where quotes in it are doubled
};
}
constexpr int kEventFields = 5;

// An operation of an expression; the number of operations stands before the first.
namespace instructionField {
enum : int {
  operation,  // of Operation
  a,
  b,
  c,
  value,
};
}
constexpr int kInstructionFields = 5;

constexpr int kMostOperations = 96;  // Operations of one expression.
constexpr int kMostThreads = 1024;  // Threads that may be asked for.

}  // namespace deepblas
