#include "table/iso_date.h"

#include <cstdint>

namespace deepblas {

namespace {

constexpr int64_t kMillisecondsOfDay = 86400000;
constexpr int kMostFraction = 9;  // digits behind the seconds

bool isDigit(char character) { return static_cast<unsigned char>(character - '0') < 10; }

// A text that is taken from the left.
struct Rest {
  const char* at;
  const char* end;

  bool isEmpty() const { return at == end; }
  bool begins(char one) const { return at < end && *at == one; }
  bool take(char one) {
    if (!begins(one)) return false;
    ++at;
    return true;
  }
  // A number of so many digits.
  bool number(int count, int64_t& value) {
    if (end - at < count) return false;
    value = 0;
    for (int i = 0; i < count; ++i, ++at) {
      if (!isDigit(*at)) return false;
      value = value * 10 + (*at - '0');
    }
    return true;
  }
};

bool isLeap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int64_t daysOfMonth(int64_t year, int64_t month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && isLeap(year) ? 29 : kDays[month - 1];
}

// Days from 1970-01-01 on, in the Gregorian calendar also before it was made. Years that begin with March have their leap
// day at the end.
int64_t daysSince1970(int64_t year, int64_t month, int64_t day) {
  const int64_t shifted = year + 400 - (month <= 2 ? 1 : 0);  // not negative for the year 0
  const int64_t era = shifted / 400, yearOfEra = shifted % 400;
  const int64_t dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return (era - 1) * 146097 + dayOfEra - 719468;
}

// ".123", or nothing; of up to nine digits the first three count.
bool takeFraction(Rest& rest, int64_t& thousandths) {
  if (!rest.begins('.') && !rest.begins(',')) return true;
  ++rest.at;
  int count = 0;
  for (; count < kMostFraction && !rest.isEmpty() && isDigit(*rest.at); ++count, ++rest.at)
    if (count < 3) thousandths = thousandths * 10 + (*rest.at - '0');
  for (int missing = count; missing < 3; ++missing) thousandths *= 10;
  return count > 0;
}

// "Z", "+01", "+0130" or "+01:30", with a blank before it or without; or nothing.
bool takeZone(Rest& rest, int64_t& minutes) {
  if (rest.isEmpty()) return true;
  rest.take(' ');
  if (rest.take('Z')) return true;
  const bool west = rest.begins('-');
  if (!west && !rest.begins('+')) return false;
  ++rest.at;
  int64_t hours = 0, more = 0;
  if (!rest.number(2, hours)) return false;
  if (!rest.isEmpty()) {
    rest.take(':');
    if (!rest.number(2, more)) return false;
  }
  minutes = (west ? -1 : 1) * (hours * 60 + more);
  return true;
}

}  // namespace

bool readIsoDate(const char* begin, const char* end, double& milliseconds) {
  Rest rest = {begin, end};
  int64_t year, month, day, hour = 0, minute = 0, second = 0, thousandths = 0, zone = 0;
  if (!rest.number(4, year) || !rest.take('-') || !rest.number(2, month) || !rest.take('-') || !rest.number(2, day))
    return false;
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) return false;
  if (!rest.isEmpty()) {
    if (!rest.take('T') && !rest.take(' ')) return false;
    if (!rest.number(2, hour) || !rest.take(':') || !rest.number(2, minute)) return false;
    if (rest.take(':') && (!rest.number(2, second) || !takeFraction(rest, thousandths))) return false;
    if (hour > 23 || minute > 59 || second > 59 || !takeZone(rest, zone)) return false;
  }
  if (!rest.isEmpty()) return false;
  const int64_t ofDay = ((hour * 60 + minute - zone) * 60 + second) * 1000 + thousandths;
  milliseconds = static_cast<double>(daysSince1970(year, month, day) * kMillisecondsOfDay + ofDay);
  return true;
}

}  // namespace deepblas
