// Dense layers that several members share: a row holds the columns of one member after the other, and the columns of each
// are multiplied by the same weight. Member by member that is a product like any other, on tensors whose rows lie as far
// apart as before.
#pragma once

#include "kernels/vector/dense_layout.h"

namespace deepblas {
namespace DEEPBLAS_ISA {
namespace {

// A number that is left out is 0.
DEEPBLAS_INLINE int64_t membersOf(const Call& call, int position) {
  return larger(1, static_cast<int64_t>(call.numbers[position]));
}

// A call of so many arguments as one member has it: of each tensor that `wide` has a bit for, the member's columns.
template <int kArguments>
struct MemberCall {
  View narrow[kArguments];
  const View* views[kArguments];
  Call call;
  MemberCall(const Call& whole, unsigned wide, int64_t member, int64_t members) : call(whole) {
    for (int i = 0; i < kArguments; ++i) {
      views[i] = whole.views[i];
      if (!views[i] || !(wide >> i & 1)) continue;
      narrow[i] = *views[i];
      narrow[i].columns /= members;
      // The planner asks for costs on views without memory, of the first member only.
      const int64_t bytes = narrow[i].type == Type::Uint8 ? 1 : 4;
      if (member > 0) narrow[i].data = data<uint8_t>(views[i]) + member * narrow[i].columns * bytes;
      views[i] = &narrow[i];
    }
    call.views = views;
  }
  MemberCall(const MemberCall&) = delete;
};

// The second axis holds the columns of every member, each member's from a multiple of `span` on: `columns`, rounded up to
// whole panels, so that a tile ends where a panel does.
struct MemberAxis {
  int64_t members, columns, span;
  MemberAxis(int64_t members, int64_t columns, int64_t unit)
      : members(members), columns(columns), span(roundUp(columns, unit)) {}
  Axes of(const Axes& one) const { return {one.first, members * span, one.firstTile, one.secondTile}; }
};

// Calls body(member, tile) for the part of every member that a tile holds.
template <typename Body>
DEEPBLAS_INLINE void forMembers(const MemberAxis& axis, const Tile& tile, Body body) {
  for (int64_t member = tile.secondBegin / axis.span; member * axis.span < tile.secondEnd; ++member) {
    const int64_t begin = larger(tile.secondBegin - member * axis.span, 0);
    const int64_t end = smaller(tile.secondEnd - member * axis.span, axis.columns);
    if (begin < end) body(member, Tile{tile.firstBegin, tile.firstEnd, begin, end});
  }
}

}  // namespace
}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
