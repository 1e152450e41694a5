#include "table/text_numbers.h"

#include <cstring>

namespace deepblas {

namespace {

// Columns of more texts hold names or remarks rather than categories: numbers of them would cost memory twice.
constexpr int32_t kMostTexts = 1 << 15;
constexpr int64_t kMostBytes = 1 << 21;
constexpr int64_t kFirstPlaces = 64;
// Texts that lie in one another's way; a file that was made to have many is read in another way.
constexpr int kMostTried = 64;

uint64_t mixed(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t hashOf(const char* text, int64_t length) {
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15, kOther = 0xe7037ed1a0b428db;
  uint64_t hash = static_cast<uint64_t>(length) ^ kOdd;
  uint64_t word;
  for (; length >= 8; text += 8, length -= 8) {
    std::memcpy(&word, text, 8);
    hash = mixed(hash ^ word, kOther);
  }
  if (length > 0) {
    word = 0;
    std::memcpy(&word, text, static_cast<size_t>(length));
    hash = mixed(hash ^ word, kOther);
  }
  return mixed(hash, kOdd);
}

}  // namespace

int64_t TextNumbers::lengthOf(int32_t number) const {
  const size_t next = static_cast<size_t>(number) + 1;
  const int64_t end = next < begins_.size() ? begins_[next] : static_cast<int64_t>(texts_.size());
  return end - begins_[static_cast<size_t>(number)];
}

bool TextNumbers::is(int32_t number, const char* text, int64_t length) const {
  return lengthOf(number) == length &&
         std::memcmp(texts_.data() + begins_[static_cast<size_t>(number)], text, static_cast<size_t>(length)) == 0;
}

int64_t TextNumbers::place(const char* text, int64_t length) const {
  const uint64_t mask = places_.size() - 1;
  uint64_t at = hashOf(text, length) & mask;
  for (int tried = 0; tried < kMostTried; ++tried, at = (at + 1) & mask) {
    const int32_t number = places_[at];
    if (number == kEmpty || is(number, text, length)) return static_cast<int64_t>(at);
  }
  return -1;
}

int32_t TextNumbers::find(const char* text, int64_t length) const {
  if (places_.empty()) return -1;
  const int64_t at = place(text, length);
  return at < 0 ? -1 : places_[static_cast<size_t>(at)];
}

int32_t TextNumbers::add(const char* text, int64_t length) {
  if (2 * begins_.size() >= places_.size()) grow();
  const int64_t at = place(text, length);
  if (at < 0) return kNoRoom;
  int32_t& number = places_[static_cast<size_t>(at)];
  if (number != kEmpty) return number;
  if (count() == kMostTexts || static_cast<int64_t>(texts_.size()) + length > kMostBytes) return kNoRoom;
  begins_.push_back(static_cast<int64_t>(texts_.size()));
  texts_.append(text, static_cast<size_t>(length));
  number = count() - 1;
  return number;
}

void TextNumbers::grow() {
  const size_t places = places_.empty() ? static_cast<size_t>(kFirstPlaces) : 2 * places_.size();
  places_.assign(places, kEmpty);
  for (int32_t number = 0; number < count(); ++number) {
    const uint64_t mask = places_.size() - 1;
    const char* const text = texts_.data() + begins_[static_cast<size_t>(number)];
    uint64_t at = hashOf(text, lengthOf(number)) & mask;
    while (places_[at] != kEmpty) at = (at + 1) & mask;
    places_[at] = number;
  }
}

int64_t TextNumbers::bytes() const {
  return static_cast<int64_t>(texts_.capacity() + begins_.capacity() * sizeof(int64_t) +
                              places_.capacity() * sizeof(int32_t));
}

void TextNumbers::clear() {
  std::string().swap(texts_);
  std::vector<int64_t>().swap(begins_);
  std::vector<int32_t>().swap(places_);
}

}  // namespace deepblas
