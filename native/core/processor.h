// What is known of the processor beside its instruction sets. Plain, for the sources of every instruction set.
#pragma once

namespace deepblas {

// Whether it is one of AMD's. Those take one 512-bit multiply-add a cycle, where others take two, and what the second-level
// cache gives keeps up with that. No bit of a product may depend on it.
bool isAmd();

}  // namespace deepblas
