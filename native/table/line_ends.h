// Line ends of text files.
#pragma once

#include <cstdint>

namespace deepblas {

// Writes the text with a line feed for every "\r\n", "\r" and "\r\r\n"; `to` has room for as much. Returns its length.
int64_t plainLineEnds(const char* from, int64_t length, char* to);

int64_t countLineFeeds(const char* text, int64_t length);

}  // namespace deepblas
