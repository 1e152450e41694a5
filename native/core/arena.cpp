#include "core/arena.h"

#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "core/error.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace deepblas {

Arena::Arena(size_t bytes) : bytes_(alignUp(bytes)) {
  if (bytes == 0) return;
  constexpr size_t kHugePage = size_t{2} << 20;
  void* memory = nullptr;
  const bool large = bytes_ >= 2 * kHugePage;
  if (posix_memalign(&memory, large ? kHugePage : kAlignment, bytes_) != 0 || memory == nullptr) {
    throw Error("ERR_DEEPBLAS_MEMORY",
                "Out of memory: " + std::to_string(bytes_ >> 20) + " MiB could not be allocated");
  }
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  if (large) madvise(memory, bytes_, MADV_HUGEPAGE);
#endif
  std::memset(memory, 0, bytes_);
  memory_ = static_cast<uint8_t*>(memory);
}

Arena::~Arena() { std::free(memory_); }

Arena::Arena(Arena&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

Arena& Arena::operator=(Arena&& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

}  // namespace deepblas
