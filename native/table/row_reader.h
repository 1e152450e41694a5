// Rows of a table from text, as files of comma-separated values have them: fields between delimiters, in quotes or without.
// Rows that are written plainly are read here, many at once; any other is left to the caller, who knows all dialects and
// what is wrong with a row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "boundary/enums.h"
#include "table/text_numbers.h"

namespace deepblas {

// How rows are written.
struct RowSyntax {
  char delimiter;
  char quote;           // 0 for none
  std::string comment;  // how lines begin that are no rows; empty for none
  int64_t fields;       // of a row
  bool trailing;        // whether an empty field more may stand at the end
};

struct FieldReading {
  FieldKind kind = FieldKind::Skip;
  char point = '.';     // of decimal numbers
  bool strict = false;  // whether zeros before a number and whole numbers beyond 2^53 are left to the caller
  int64_t place = -1;   // among the columns that are read
};

// Where what is read goes: column by column, `capacity` rows each, but for cells.
struct RowsRead {
  int64_t capacity = 0;
  double* values = nullptr;   // numbers, booleans, dates; NaN where they are missing
  int32_t* codes = nullptr;   // numbers of the texts of columns of levels
  int32_t* cells = nullptr;   // row by row: begin and end of every column of texts, as an event has them
  int32_t* lines = nullptr;   // in which a row begins
  int32_t* begins = nullptr;  // where it does
  int32_t* events = nullptr;  // of kEventFields numbers each
  int64_t mostEvents = 0;

  int64_t rows = 0, next = 0, line = 0, eventCount = 0, tried = 0, field = 0;
  RowsEnd end = RowsEnd::Full;
};

class RowReader {
 public:
  RowReader(RowSyntax syntax, std::vector<FieldReading> fields);

  // The next of a field's known texts, whose numbers begin at 0. The first is the empty one. In columns of values those
  // that stand for a missing value.
  void know(int64_t field, const char* text, int64_t length);
  void setKind(int64_t field, FieldKind kind);
  int64_t columns() const { return columns_; }
  int64_t bytes() const;

  // Reads up to `mostRows` rows of UTF-8 text between `from` and `to`, and no more than about `mostBytes`. A row ends with
  // a line feed.
  void read(const char* text, int64_t from, int64_t to, int64_t line, int64_t mostRows, int64_t mostBytes, RowsRead& read);

 private:
  struct Row;

  const char* readRow(Row& row);
  const char* readField(Row& row, int64_t field, const char* at);
  const char* readQuoted(Row& row, int64_t field, const char* at);
  bool takeField(Row& row, int64_t field, const char* begin, const char* end, bool doubled);
  bool takeValue(Row& row, int64_t field, const char* begin, const char* end, const char* raw, const char* rawEnd);
  bool tell(Row& row, FieldEvent event, int64_t field, int64_t begin, int64_t end);
  bool isTrailing(const char* at) const;
  const char* behindBlanks(const char* at) const;

  RowSyntax syntax_;
  std::vector<FieldReading> fields_;
  std::vector<TextNumbers> texts_;  // by field
  int64_t columns_ = 0;
  bool endsField_[256] = {};
  std::string scratch_;  // a quoted field without its doubled quotes
};

}  // namespace deepblas
