// Zeroed memory on 64-byte boundaries, freed with its owner.
#pragma once

#include <cstddef>
#include <cstdint>

namespace deepblas {

class Arena {
 public:
  static constexpr size_t kAlignment = 64;

  Arena() = default;
  explicit Arena(size_t bytes);
  ~Arena();
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // What all arenas of the process hold, in bytes.
  static size_t bytesInUse();

  size_t bytes() const { return bytes_; }
  uint8_t* at(size_t offset) const { return memory_ + offset; }
  template <typename Element>
  Element* as() const {
    return reinterpret_cast<Element*>(memory_);
  }

 private:
  uint8_t* memory_ = nullptr;
  size_t bytes_ = 0;
};

// Bytes that tensors may take from an arena: whole cache lines.
inline size_t alignUp(size_t bytes) { return (bytes + Arena::kAlignment - 1) / Arena::kAlignment * Arena::kAlignment; }

}  // namespace deepblas
