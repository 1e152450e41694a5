// What the generated kernel table says of each kernel: its arguments, how it may be cut, and what every argument must be
// for the kernel to stay within its memory (program/call_check.cpp holds recorded calls against that).
#pragma once

#include <stdint.h>

#include "kernels/kernel.h"

namespace deepblas {

enum class ArgumentKind : int32_t { Tensor, Number, Expression };
enum class Access : int32_t { Read, Write, Update };

// Rows: every output row depends on the same row of its inputs only, so calls may be chained over row blocks.
// Tiles: may be cut along the axes that the kernel names. Elements: may be cut anywhere along the stored elements that
// all its tensors have in common, and so may follow, range by range, the call that completes them. Whole: one piece.
enum class Cut : int32_t { Rows, Tiles, Elements, Whole };

// A number of rows or columns: given, or by a name that means the same number wherever a call has it, or by a number
// argument; as many times as another number argument says, which counts as 1 where it is left out.
struct Size {
  enum Kind : int32_t { None, Given, Named, Argument };
  Kind kind;
  int32_t value;  // the number, the name's place in KernelInfo::names, or the argument's position
  int32_t times;  // the position of that other argument, or -1
};

enum class Extent : int32_t {
  None,     // not a tensor
  Batch,    // rows of the batch
  Ordered,  // rows of the batch, or, where the call has an order, a whole matrix
  Order,    // the batch's row numbers
  Fixed,    // `rows` rows
  Stored,   // `rows` stored elements, whatever the shape
};

struct Shape {
  Extent extent;
  Size rows, columns;
  uint32_t types;  // a bit for each that will do
};

// How a tensor of fixed size is stored: row by row, or in panels of a width that its shape decides.
enum class Layout : int32_t {
  Rows,
  Weight,      // of weightPanel's width
  Tiles,       // of weightPanel's width, each of several outputs
  Transposed,  // of registerPanel's width
  Panels,      // of any width
};

struct ArgumentInfo {
  const char* name;
  ArgumentKind kind;
  Access access;
  bool optional;
  Shape shape;
  Shape other;         // will do too; extent None where there is none
  int32_t otherUnless;  // position of a number that must be 0 for that, or -1
  Layout layout;
  bool broadcast;  // one row, one column or one element will do too
  int32_t typeOf;  // position of the tensor whose type this one must have, bytes being read as float32; or -1
  int32_t bytesWith;  // position of the weight that must be kept row by row where this tensor holds bytes, or -1
  Size covers[2];  // columns that there must be: the sum of both
  Size parts[2];   // the columns are so many parts, all alike; of so many columns, where that is said
  // Of a number: whether it must be a constant whole number from `least` to `most`.
  bool whole;
  int32_t least, most;
};

constexpr int kMaximumArguments = 22;
constexpr int kMaximumNames = 4;

struct KernelInfo {
  const char* name;
  Cut cut;
  bool inPlace;  // a tensor that is written may be one that is read
  int argumentCount;
  ArgumentInfo arguments[kMaximumArguments];
  const char* names[kMaximumNames];
};

}  // namespace deepblas
