#include "core/arena.h"

#include <algorithm>
#include <utility>

#include "test.h"

namespace deepblas {
namespace test {

TEST("an arena is aligned, whole cache lines and zero, small and large") {
  for (size_t bytes : {size_t{1}, size_t{63}, size_t{64}, size_t{65}, size_t{4097}, (size_t{4} << 20) + 1}) {
    CONTEXT(bytes, " bytes");
    Arena arena(bytes);
    CHECK_EQUAL(reinterpret_cast<uintptr_t>(arena.at(0)) % Arena::kAlignment, uintptr_t{0});
    CHECK(arena.bytes() >= bytes && arena.bytes() % Arena::kAlignment == 0 && arena.bytes() < bytes + 64);
    CHECK(std::all_of(arena.at(0), arena.at(arena.bytes()), [](uint8_t byte) { return byte == 0; }));
    *arena.at(arena.bytes() - 1) = 1;  // the last byte is ours
  }
}

TEST("an empty arena holds nothing") {
  const Arena none, zero(0);
  CHECK_EQUAL(none.bytes(), size_t{0});
  CHECK_EQUAL(zero.bytes(), size_t{0});
}

TEST("bytes in use are those of the arenas there are") {
  const size_t before = Arena::bytesInUse();
  {
    Arena small(100), large((size_t{4} << 20) + 1), none;
    CHECK_EQUAL(Arena::bytesInUse(), before + small.bytes() + large.bytes());
    const Arena moved(std::move(large));
    CHECK_EQUAL(Arena::bytesInUse(), before + small.bytes() + moved.bytes());
    small = Arena();
    CHECK_EQUAL(Arena::bytesInUse(), before + moved.bytes());
  }
  CHECK_EQUAL(Arena::bytesInUse(), before);
}

TEST("a moved arena keeps its memory and leaves nothing behind") {
  Arena first(100);
  first.as<float>()[3] = 2;
  uint8_t* memory = first.at(0);
  Arena second(std::move(first));
  CHECK(second.at(0) == memory);
  CHECK_EQUAL(first.bytes(), size_t{0});
  Arena third(10);
  third = std::move(second);
  CHECK(third.at(0) == memory);
  CHECK_EQUAL(third.as<float>()[3], 2.0f);
}

TEST("an arena that cannot be had is an error, not a crash") {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK_THROWS(Arena(size_t{1} << 60), "ERR_DEEPBLAS_MEMORY", "could not be allocated");
#endif
}

}  // namespace test
}  // namespace deepblas
