// Texts that come again and again, and their numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace deepblas {

class TextNumbers {
 public:
  static constexpr int32_t kNoRoom = -1;

  // The number of a text: its place in the order in which texts came; kNoRoom where it is a new one and there are too many
  // already, or too many alike.
  int32_t add(const char* text, int64_t length);
  // The same; -1 for a text that is not there.
  int32_t find(const char* text, int64_t length) const;
  int32_t count() const { return static_cast<int32_t>(begins_.size()); }
  int64_t bytes() const;
  // Gives up the memory; no text is known any more.
  void clear();

 private:
  static constexpr int32_t kEmpty = -1;

  bool is(int32_t number, const char* text, int64_t length) const;
  // The place of a text, or of the gap where it belongs; -1 where neither is near.
  int64_t place(const char* text, int64_t length) const;
  void grow();
  int64_t lengthOf(int32_t number) const;

  std::string texts_;              // all of them, one after the other
  std::vector<int64_t> begins_;    // in texts_, by number
  std::vector<int32_t> places_;    // numbers, by hash; kEmpty
};

}  // namespace deepblas
