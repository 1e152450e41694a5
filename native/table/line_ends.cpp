#include "table/line_ends.h"

#include <cstring>

namespace deepblas {

int64_t plainLineEnds(const char* from, int64_t length, char* to) {
  const char *at = from, *const end = from + length;
  char* out = to;
  while (at < end) {
    const void* const found = std::memchr(at, '\r', static_cast<size_t>(end - at));
    const char* const mark = found == nullptr ? end : static_cast<const char*>(found);
    std::memcpy(out, at, static_cast<size_t>(mark - at));
    out += mark - at;
    if (mark == end) break;
    *out++ = '\n';
    at = mark + 1;
    if (at + 1 < end && at[0] == '\r' && at[1] == '\n') {
      at += 2;
    } else if (at < end && *at == '\n') {
      ++at;
    }
  }
  return out - to;
}

int64_t countLineFeeds(const char* text, int64_t length) {
  int64_t count = 0;
  for (int64_t i = 0; i < length; ++i) count += text[i] == '\n';
  return count;
}

}  // namespace deepblas
