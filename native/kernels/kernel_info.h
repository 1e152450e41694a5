// What the generated kernel table says of each kernel.
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

struct ArgumentInfo {
  const char* name;
  ArgumentKind kind;
  Access access;
  bool optional;
};

constexpr int kMaximumArguments = 21;

struct KernelInfo {
  const char* name;
  Cut cut;
  int argumentCount;
  ArgumentInfo arguments[kMaximumArguments];
};

}  // namespace deepblas
