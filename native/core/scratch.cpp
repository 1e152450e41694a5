#include "core/scratch.h"

#include "core/arena.h"

namespace deepblas {

void* threadScratch(size_t bytes) {
  static thread_local Arena memory;
  if (memory.bytes() < bytes) memory = Arena(bytes);
  return memory.at(0);
}

}  // namespace deepblas
