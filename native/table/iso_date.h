// Dates as ISO 8601 has them, with a time and a zone or without.
#pragma once

namespace deepblas {

// 2024-12-31, 2024-12-31T23:59:59.123Z, 2024-12-31 23:59 +01:00: milliseconds since 1970; a time without a zone is UTC.
// False for anything else, such as the 30th of February.
bool readIsoDate(const char* begin, const char* end, double& milliseconds);

}  // namespace deepblas
