// OpenBLAS packs its operands into buffers from a table that all threads share. Its serial build, Debian's among them,
// searches that table without a lock: two threads that multiply at the same time can be given the same buffer, and both
// products are garbage (seen in about one of ten thousand small ones). The linker turns OpenBLAS's own calls of the two
// functions into calls of these (cmake/openblas.cmake), which take turns.
#if defined(DEEPBLAS_OPENBLAS_WRAPPED)

#include <mutex>

namespace {

std::mutex& turn() {
  static std::mutex* mutex = new std::mutex();  // outlives threads that still multiply at exit
  return *mutex;
}

}  // namespace

extern "C" {

void* __real_blas_memory_alloc(int position);
void __real_blas_memory_free(void* buffer);

void* __wrap_blas_memory_alloc(int position) {
  const std::lock_guard<std::mutex> lock(turn());
  return __real_blas_memory_alloc(position);
}

void __wrap_blas_memory_free(void* buffer) {
  const std::lock_guard<std::mutex> lock(turn());
  __real_blas_memory_free(buffer);
}

}  // extern "C"

#endif
