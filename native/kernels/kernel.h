// The interface of every kernel, and all that the program, planner and run know of one.
// Also included by the instruction-set sources, therefore plain data only.
#pragma once

#include <stdint.h>

#include "boundary/enums.h"

namespace deepblas {

// A tensor as one member's kernel call sees it: row r starts at data + r * stride elements.
// A weight has `panel` > 0 and is stored as [panel of outputs][input][panel], outputs padded with zeros;
// rows and columns stay the logical (outputs, inputs).
struct View {
  void* data;
  int64_t rows;
  int64_t columns;
  int64_t stride;
  int64_t panel;
  Type type;
  float scale;  // a uint8 element means element * scale
};

struct Expression;  // kernels/expression.h

struct Call {
  const View* const* views;  // by argument position; null where an optional tensor was left out
  const double* numbers;     // by argument position
  int64_t rows;              // rows of this member's batch in this step
  int32_t* notFinite;        // set to 1 by the kernel that closes the loss region
  const Expression* expression = nullptr;  // the rule of a kernel that takes one
};

// The two axes along which a call may be cut, and the tile that the problem (never the number of threads) asks for.
// Every cut gives the same bits.
struct Axes {
  int64_t first, second;
  int64_t firstTile, secondTile;
};

struct Tile {
  int64_t firstBegin, firstEnd, secondBegin, secondEnd;
};

// Takes the elements [begin, end) of the storage of an argument.
using RangeSink = void (*)(void* context, int argument, int64_t begin, int64_t end);

struct Kernel {
  Axes (*axes)(const Call&);
  void (*execute)(const Call&, const Tile&);
  double (*nanoseconds)(const Call&);  // a rough cost of the whole call on one core
  // Which elements a tile completes, for kernels that others may follow tile by tile; null where none may.
  void (*completes)(const Call&, const Tile&, RangeSink, void* context) = nullptr;
};

template <typename Element>
inline Element* data(const View* view) {
  return static_cast<Element*>(view->data);
}

}  // namespace deepblas
