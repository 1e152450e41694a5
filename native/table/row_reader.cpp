#include "table/row_reader.h"

#include <cstring>
#include <limits>
#include <utility>

#include "core/error.h"
#include "table/decimal.h"
#include "table/iso_date.h"

namespace deepblas {

namespace {

constexpr uint64_t kLargestWhole = (uint64_t{1} << 53) - 1;  // that no other falls together with

bool isBlank(char character) {
  return character == ' ' || (character >= '\t' && character <= '\r');
}

unsigned char byteAt(const char* at) { return static_cast<unsigned char>(*at); }

// Bytes of the white space that a text begins with, as JavaScript's trim knows it; 0 for none.
int64_t spaceAt(const char* at, const char* end) {
  if (at == end) return 0;
  if (isBlank(*at)) return 1;
  const unsigned char first = byteAt(at);
  if (first < 0x80) return 0;
  if (first == 0xc2) return end - at >= 2 && byteAt(at + 1) == 0xa0 ? 2 : 0;
  if (end - at < 3) return 0;
  const unsigned second = byteAt(at + 1), third = byteAt(at + 2);
  const bool is = (first == 0xe1 && second == 0x9a && third == 0x80) ||
                  (first == 0xe2 && second == 0x80 && (third <= 0x8a || third == 0xa8 || third == 0xa9 || third == 0xaf)) ||
                  (first == 0xe2 && second == 0x81 && third == 0x9f) ||
                  (first == 0xe3 && second == 0x80 && third == 0x80) || (first == 0xef && second == 0xbb && third == 0xbf);
  return is ? 3 : 0;
}

void trim(const char*& begin, const char*& end) {
  while (const int64_t space = spaceAt(begin, end)) begin += space;
  while (begin < end) {
    if (isBlank(end[-1])) {
      --end;
    } else if (byteAt(end - 1) >= 0x80 && end - begin >= 2 && spaceAt(end - 2, end) == 2) {
      end -= 2;
    } else if (byteAt(end - 1) >= 0x80 && end - begin >= 3 && spaceAt(end - 3, end) == 3) {
      end -= 3;
    } else {
      break;
    }
  }
}

// Zeros before a number may make a name of it, and a whole number beyond 2^53 falls together with others.
bool isStrange(const Decimal& number) {
  const bool large = number.state == Decimal::Inexact || number.digits > kLargestWhole;
  return number.padded || (number.whole && large);
}

// 1 or 0; -1 for any other word.
int booleanOf(const char* begin, const char* end) {
  constexpr int64_t kLongest = 5;
  char word[kLongest + 1] = {};
  if (end - begin > kLongest) return -1;
  for (const char* at = begin; at < end; ++at) word[at - begin] = *at >= 'A' && *at <= 'Z' ? *at + ('a' - 'A') : *at;
  for (const char* yes : {"true", "t", "yes", "y", "1"})
    if (std::strcmp(word, yes) == 0) return 1;
  for (const char* no : {"false", "f", "no", "n", "0"})
    if (std::strcmp(word, no) == 0) return 0;
  return -1;
}

}  // namespace

struct RowReader::Row {
  const char* text;   // where places count from
  const char* begin;
  const char* limit;  // behind the last line feed
  const char* at;     // how far it was looked at
  RowsRead& read;
  int64_t line;
  int64_t firstEvent;  // of this row
  RowsEnd end = RowsEnd::Unusual;  // of a row that is not taken
};

RowReader::RowReader(RowSyntax syntax, std::vector<FieldReading> fields)
    : syntax_(std::move(syntax)), fields_(std::move(fields)), texts_(fields_.size()) {
  require(syntax_.fields > 0 && syntax_.fields == static_cast<int64_t>(fields_.size()), "a reading for every field");
  for (FieldReading& field : fields_) field.place = field.kind == FieldKind::Skip ? -1 : columns_++;
  endsField_[byteAt(&syntax_.delimiter)] = true;
  endsField_[static_cast<unsigned char>('\n')] = true;
  endsField_[0] = true;  // no text: it is the caller's to say so
}

void RowReader::know(int64_t field, const char* text, int64_t length) {
  const int32_t number = texts_[static_cast<size_t>(field)].add(text, length);
  require(number != TextNumbers::kNoRoom, "fewer texts to know");
}

void RowReader::setKind(int64_t field, FieldKind kind) {
  require(fields_[static_cast<size_t>(field)].place >= 0 && kind != FieldKind::Skip, "a field that is not skipped");
  fields_[static_cast<size_t>(field)].kind = kind;
  if (kind == FieldKind::Text) texts_[static_cast<size_t>(field)].clear();
}

int64_t RowReader::bytes() const {
  int64_t sum = static_cast<int64_t>(fields_.capacity() * (sizeof(FieldReading) + sizeof(TextNumbers)));
  for (const TextNumbers& texts : texts_) sum += texts.bytes();
  return sum;
}

void RowReader::read(const char* text, int64_t from, int64_t to, int64_t line, int64_t mostRows, int64_t mostBytes,
                     RowsRead& read) {
  read.rows = read.eventCount = read.field = 0;
  read.next = read.tried = from;
  read.line = line;
  read.end = RowsEnd::Full;
  const char* limit = text + to;
  while (limit > text + from && limit[-1] != '\n') --limit;
  while (read.rows < mostRows && read.next - from < mostBytes) {
    Row row = {text, text + read.next, limit, text + read.next, read, read.line, read.eventCount};
    if (row.begin == limit) {
      read.tried = to;
      read.end = RowsEnd::Incomplete;
      return;
    }
    // A blank line is no row, unless rows have one field.
    const char* const behind = syntax_.fields == 1 ? row.begin : behindBlanks(row.begin);
    if (syntax_.fields > 1 && *behind == '\n') {
      read.next = behind + 1 - text;
      ++read.line;
      continue;
    }
    const char* const next = readRow(row);
    if (next == nullptr) {
      // Texts that were new keep their numbers.
      int64_t kept = row.firstEvent;
      for (int64_t i = row.firstEvent; i < read.eventCount; ++i) {
        int32_t* const event = read.events + i * kEventFields;
        if (event[eventField::event] != static_cast<int32_t>(FieldEvent::Text)) continue;
        std::memmove(read.events + kept++ * kEventFields, event, kEventFields * sizeof(int32_t));
      }
      read.eventCount = kept;
      read.tried = row.at - text;
      read.end = row.end;
      return;
    }
    read.lines[read.rows] = static_cast<int32_t>(read.line);
    read.begins[read.rows] = static_cast<int32_t>(read.next);
    ++read.rows;
    read.line = row.line + 1;
    read.next = read.tried = next - text;
  }
}

// Blanks that are no delimiters.
const char* RowReader::behindBlanks(const char* at) const {
  while ((*at == ' ' || *at == '\t') && *at != syntax_.delimiter) ++at;
  return at;
}

// Where the next row begins; null for a row that is not taken.
const char* RowReader::readRow(Row& row) {
  const std::string& comment = syntax_.comment;
  const size_t length = comment.size();
  if (length > 0 && static_cast<size_t>(row.limit - row.begin) >= length &&
      std::memcmp(row.begin, comment.data(), length) == 0)
    return nullptr;
  const char* at = row.begin;
  for (int64_t field = 0; field < syntax_.fields; ++field) {
    const char* const end = readField(row, field, at);
    if (end == nullptr) return nullptr;
    row.at = at = end + 1;
    const bool isLast = field == syntax_.fields - 1;
    if ((*end == '\n') != isLast) {
      if (*end == '\n' || !isTrailing(at)) return nullptr;
      while (*at != '\n') ++at;
      ++at;
    }
  }
  return at;
}

// Whether nothing but blanks stands up to the end of the line, where that is allowed.
bool RowReader::isTrailing(const char* at) const { return syntax_.trailing && *behindBlanks(at) == '\n'; }

// Where the field ends, at a delimiter or a line feed; null for a field, and so a row, that is not taken.
const char* RowReader::readField(Row& row, int64_t field, const char* at) {
  const FieldReading& reading = fields_[static_cast<size_t>(field)];
  const char* const begin = behindBlanks(at);
  if (syntax_.quote != 0 && *begin == syntax_.quote) return begin == at ? readQuoted(row, field, at) : nullptr;
  if (reading.kind == FieldKind::Number) {
    const Decimal number = readDecimal(begin, row.limit, reading.point);
    if (number.state == Decimal::Exact && !(reading.strict && isStrange(number))) {
      const char* const end = behindBlanks(number.end);
      if (*end == syntax_.delimiter || *end == '\n') {
        row.read.values[reading.place * row.read.capacity + row.read.rows] = number.value;
        return end;
      }
    }
  }
  const char* end = begin;
  while (!endsField_[byteAt(end)]) ++end;
  row.at = end;
  if (*end == 0) return nullptr;
  return takeField(row, field, at, end, false) ? end : nullptr;
}

const char* RowReader::readQuoted(Row& row, int64_t field, const char* at) {
  const char quote = syntax_.quote;
  const char* const begin = at + 1;
  const char* end = begin;
  bool doubled = false;
  for (;; ++end) {
    if (end == row.limit) {
      row.at = end;
      row.end = RowsEnd::Incomplete;
      return nullptr;
    }
    if (*end == quote) {
      // What stands at the limit is no quote of this row: a line feed stands before it.
      if (end + 1 == row.limit || end[1] != quote) break;
      doubled = true;
      ++end;
    } else if (*end == '\n') {
      ++row.line;
    } else if (*end == 0) {
      row.at = end;
      return nullptr;
    }
  }
  row.at = end;
  if (end + 1 == row.limit || (end[1] != syntax_.delimiter && end[1] != '\n')) return nullptr;
  return takeField(row, field, begin, end, doubled) ? end + 1 : nullptr;
}

bool RowReader::tell(Row& row, FieldEvent event, int64_t field, int64_t begin, int64_t end) {
  RowsRead& read = row.read;
  if (read.eventCount == read.mostEvents) {
    // Of the first row too there were too many: it is one for the caller.
    if (read.rows > 0) row.end = RowsEnd::Full;
    return false;
  }
  int32_t* const told = read.events + read.eventCount++ * kEventFields;
  told[eventField::event] = static_cast<int32_t>(event);
  told[eventField::row] = static_cast<int32_t>(read.rows);
  told[eventField::field] = static_cast<int32_t>(field);
  told[eventField::begin] = static_cast<int32_t>(begin);
  told[eventField::end] = static_cast<int32_t>(end);
  return true;
}

// Takes what stands between `begin` and `end`.
bool RowReader::takeField(Row& row, int64_t field, const char* begin, const char* end, bool doubled) {
  const FieldReading& reading = fields_[static_cast<size_t>(field)];
  if (reading.kind == FieldKind::Skip) return true;
  const char *first = begin, *last = end;
  if (doubled && reading.kind != FieldKind::Text) {
    scratch_.clear();
    for (const char* at = begin; at < end; ++at) {
      scratch_.push_back(*at);
      if (*at == syntax_.quote) ++at;
    }
    first = scratch_.data();
    last = first + scratch_.size();
  }
  trim(first, last);
  // A row of nothing is a blank line, if rows have one field.
  if (first == last && syntax_.fields == 1) return false;
  const int64_t place = begin - row.text, placeEnd = doubled ? -1 - (end - row.text) : end - row.text;
  const int64_t row0 = row.read.rows;
  if (reading.kind == FieldKind::Text) {
    int32_t* const cell = row.read.cells + 2 * (row0 * columns_ + reading.place);
    cell[0] = static_cast<int32_t>(place);
    cell[1] = static_cast<int32_t>(placeEnd);
    return true;
  }
  if (reading.kind != FieldKind::Level) return takeValue(row, field, first, last, begin, end);
  TextNumbers& texts = texts_[static_cast<size_t>(field)];
  // Room for what is told of a new text comes before the text.
  if (row.read.eventCount == row.read.mostEvents) return tell(row, FieldEvent::Text, field, 0, 0);
  const int32_t before = texts.count();
  const int32_t number = first == last ? 0 : texts.add(first, last - first);
  if (number == TextNumbers::kNoRoom) {
    row.end = RowsEnd::Texts;
    row.read.field = field;
    return false;
  }
  row.read.codes[reading.place * row.read.capacity + row0] = number;
  return number < before || tell(row, FieldEvent::Text, field, place, placeEnd);
}

// Takes a value of a column of numbers, booleans or dates, trimmed, or what stands for a missing one.
bool RowReader::takeValue(Row& row, int64_t field, const char* begin, const char* end, const char* raw,
                          const char* rawEnd) {
  const FieldReading& reading = fields_[static_cast<size_t>(field)];
  double& value = row.read.values[reading.place * row.read.capacity + row.read.rows];
  value = std::numeric_limits<double>::quiet_NaN();
  if (begin == end) return true;
  if (reading.kind == FieldKind::Number) {
    // Of a text in another place: no number ends with what stands behind it there.
    const Decimal number = readDecimal(begin, end, reading.point);
    if (number.state != Decimal::None && number.end == end) {
      const bool known = number.state == Decimal::Exact;
      if (reading.strict && isStrange(number)) return false;
      value = number.value;
      return known || tell(row, FieldEvent::Number, field, raw - row.text, rawEnd - row.text);
    }
  } else if (reading.kind == FieldKind::Boolean) {
    const int truth = booleanOf(begin, end);
    if (truth >= 0) {
      value = truth;
      return true;
    }
  } else if (readIsoDate(begin, end, value)) {
    return true;
  }
  const int32_t mark = texts_[static_cast<size_t>(field)].find(begin, end - begin);
  return mark >= 0 && tell(row, FieldEvent::Mark, field, mark, mark);
}

}  // namespace deepblas
