// Memory that a kernel writes and reads while it runs one tile: every thread has its own, and keeps it.
#pragma once

#include <cstddef>

namespace deepblas {

// At least so many bytes, on a boundary of 64, of this thread's own. What the tile before has left there is of no value.
// Allocates only where the thread has not asked for as many before. Throws where there is no memory.
void* threadScratch(size_t bytes);

}  // namespace deepblas
