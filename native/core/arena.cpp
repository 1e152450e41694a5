#include "core/arena.h"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "core/error.h"

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace deepblas {

namespace {

#if defined(__linux__)
constexpr size_t kHugePage = size_t{2} << 20;

// Large memory comes from the system, where it is zero already: nobody waits for pages before they are used, and the
// thread that first uses a page gets it.
bool fromSystem(size_t bytes) { return bytes >= 2 * kHugePage; }
#endif

void* allocate(size_t bytes) {
#if defined(__linux__)
  if (fromSystem(bytes)) {
    // One huge page more than asked for, then the ends are given back: the block starts on a huge page.
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t pages = (bytes + page - 1) / page * page;
    void* whole = mmap(nullptr, pages + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (whole == MAP_FAILED) return nullptr;
    uint8_t* begin = static_cast<uint8_t*>(whole);
    const size_t before = (kHugePage - reinterpret_cast<uintptr_t>(whole) % kHugePage) % kHugePage;
    if (before > 0) munmap(begin, before);
    munmap(begin + before + pages, kHugePage - before);
    madvise(begin + before, pages, MADV_HUGEPAGE);
    return begin + before;
  }
#endif
#if defined(__SANITIZE_ADDRESS__)
  // Ends where it is asked to end: the sanitizer sees what reaches over it.
  void* memory = nullptr;
  if (posix_memalign(&memory, Arena::kAlignment, bytes) != 0) return nullptr;
  std::memset(memory, 0, bytes);
  return memory;
#else
  // Not posix_memalign: glibc's does not take what was freed before, and a loop that trains grows without end.
  void* whole = std::calloc(1, bytes + Arena::kAlignment);
  if (whole == nullptr) return nullptr;
  // calloc aligns to 16 bytes, so that there is room for its pointer.
  const uintptr_t aligned = reinterpret_cast<uintptr_t>(whole) / Arena::kAlignment * Arena::kAlignment + Arena::kAlignment;
  reinterpret_cast<void**>(aligned)[-1] = whole;
  return reinterpret_cast<void*>(aligned);
#endif
}

void release(void* memory, [[maybe_unused]] size_t bytes) {
#if defined(__linux__)
  if (fromSystem(bytes)) {
    munmap(memory, bytes);
    return;
  }
#endif
#if defined(__SANITIZE_ADDRESS__)
  std::free(memory);
#else
  std::free(static_cast<void**>(memory)[-1]);
#endif
}

std::atomic<size_t> inUse = 0;

}  // namespace

size_t Arena::bytesInUse() { return inUse.load(std::memory_order_relaxed); }

Arena::Arena(size_t bytes) : bytes_(alignUp(bytes)) {
  if (bytes == 0) return;
  memory_ = static_cast<uint8_t*>(allocate(bytes_));
  if (memory_ == nullptr) {
    throw Error("ERR_DEEPBLAS_MEMORY",
                "Out of memory: " + std::to_string(bytes_ >> 20) + " MiB could not be allocated");
  }
  inUse.fetch_add(bytes_, std::memory_order_relaxed);
}

Arena::~Arena() {
  if (memory_ == nullptr) return;
  release(memory_, bytes_);
  inUse.fetch_sub(bytes_, std::memory_order_relaxed);
}

Arena::Arena(Arena&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

Arena& Arena::operator=(Arena&& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

}  // namespace deepblas
