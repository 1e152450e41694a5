// Rows from text: what is taken, what is left, and that nothing is read or written outside.
#include "table/row_reader.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "table/iso_date.h"
#include "table/line_ends.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

constexpr int64_t kCapacity = 8;

// A reader with room for a few rows, whose text lies in memory of exactly its size.
struct Reading {
  explicit Reading(const std::vector<FieldKind>& kinds, char quote = '"', const std::string& comment = "")
      : reader({',', quote, comment, static_cast<int64_t>(kinds.size()), false}, readings(kinds)),
        values(kinds.size() * kCapacity, -1),
        codes(kinds.size() * kCapacity, -1),
        cells(2 * kinds.size() * kCapacity, -1),
        lines(kCapacity),
        begins(kCapacity),
        events(16 * kEventFields) {
    for (size_t field = 0; field < kinds.size(); ++field) {
      reader.know(static_cast<int64_t>(field), "", 0);
      reader.know(static_cast<int64_t>(field), "NA", 2);
    }
  }

  RowsEnd read(const std::string& given, int64_t most = kCapacity) {
    text.assign(given.begin(), given.end());
    rows = {};
    rows.capacity = kCapacity;
    rows.values = values.data();
    rows.codes = codes.data();
    rows.cells = cells.data();
    rows.lines = lines.data();
    rows.begins = begins.data();
    rows.events = events.data();
    rows.mostEvents = static_cast<int64_t>(events.size()) / kEventFields;
    reader.read(text.data(), 0, static_cast<int64_t>(text.size()), 1, most, 1 << 20, rows);
    return rows.end;
  }

  double value(int64_t column, int64_t row) const { return values[static_cast<size_t>(column * kCapacity + row)]; }
  int32_t code(int64_t column, int64_t row) const { return codes[static_cast<size_t>(column * kCapacity + row)]; }

  static std::vector<FieldReading> readings(const std::vector<FieldKind>& kinds) {
    std::vector<FieldReading> all;
    for (FieldKind kind : kinds) {
      FieldReading one;
      one.kind = kind;
      one.strict = true;
      all.push_back(one);
    }
    return all;
  }

  RowReader reader;
  std::vector<double> values;
  std::vector<int32_t> codes, cells, lines, begins, events;
  std::vector<char> text;
  RowsRead rows;
};

}  // namespace

TEST("rows are read up to the last line end") {
  Reading read({FieldKind::Number, FieldKind::Level, FieldKind::Skip, FieldKind::Date, FieldKind::Boolean});
  CHECK(read.read("1.5,a,x,2024-02-29,true\n-2,\" b \",,1969-12-31T23:59:59.999Z,No\nNA,a,,,\n3,c") ==
             RowsEnd::Incomplete);
  CHECK_EQUAL(read.rows.rows, 3);
  CHECK_EQUAL(read.rows.line, 4);
  CHECK_EQUAL(read.value(0, 0), 1.5);
  CHECK_EQUAL(read.value(0, 1), -2);
  CHECK(std::isnan(read.value(0, 2)) && std::isnan(read.value(2, 2)) && std::isnan(read.value(3, 2)));
  // A field that is skipped is no column. Numbers of texts begin behind those that stand for nothing.
  CHECK_EQUAL(read.code(1, 0), 2);
  CHECK_EQUAL(read.code(1, 1), 3);
  CHECK_EQUAL(read.code(1, 2), 2);
  CHECK_EQUAL(read.value(2, 0), 1709164800000.0);
  CHECK_EQUAL(read.value(2, 1), -1);
  CHECK(read.value(3, 0) == 1 && read.value(3, 1) == 0);
  // Two new texts, and a mark.
  CHECK_EQUAL(read.rows.eventCount, 3);
}

TEST("a row that is not plain ends the reading before it") {
  for (const char* row : {"x,a\n", "1\n", "1,a,b\n", "1,\"a\"b\n", "1, \"a\"\n", "007,a\n", "9007199254740993,a\n", "#1,a\n"}) {
    CONTEXT(row);
    Reading read({FieldKind::Number, FieldKind::Level}, '"', "#");
    CHECK(read.read("1,a\n" + std::string(row) + "2,b\n") == RowsEnd::Unusual);
    CHECK_EQUAL(read.rows.rows, 1);
    CHECK_EQUAL(read.rows.next, 4);
  }
  Reading read({FieldKind::Number, FieldKind::Level});
  CHECK(read.read(std::string("1,a\0\n", 5)) == RowsEnd::Unusual);
  CHECK(read.read("1,\"a\n\"\"b\"\n2,c\n") == RowsEnd::Incomplete);
  CHECK_EQUAL(read.rows.rows, 2);
  CHECK_EQUAL(read.lines[1], 3);
  CHECK(read.read("1,\"a\n2,b\n") == RowsEnd::Incomplete);
  CHECK_EQUAL(read.rows.rows, 0);
}

TEST("what has no room is read the next time") {
  Reading read({FieldKind::Level});
  std::string text;
  for (int i = 0; i < 20; ++i) text += std::to_string(i) + "\n";
  CHECK(read.read(text) == RowsEnd::Full);
  CHECK_EQUAL(read.rows.rows, kCapacity);
  CHECK(read.read(text, 3) == RowsEnd::Full);
  CHECK_EQUAL(read.rows.rows, 3);
  CHECK_EQUAL(read.rows.eventCount, 0);
}

TEST("a column of too many texts is told") {
  Reading read({FieldKind::Level});
  bool told = false;
  for (int i = 0; i < 40000 && !told; ++i) told = read.read(std::to_string(i) + "\n") == RowsEnd::Texts;
  CHECK(told);
  read.reader.setKind(0, FieldKind::Text);
  CHECK(read.read("39999\n") == RowsEnd::Incomplete);
  CHECK_EQUAL(read.cells[0], 0);
  CHECK_EQUAL(read.cells[1], 5);
}

TEST("text of every length is read within its bounds") {
  const std::string all = "1e5,\"a\"\"\xe3\x80\x80\",\xc2\xa0x\xe2\x80\x89,2024-01-01T01:02:03.5+01:30,yes\n\n \t\n-.5e-3,\xe3,\xef\xbb\xbf,2024-01-01,\xe2\x80\n";
  for (size_t length = 0; length <= all.size(); ++length) {
    Reading read({FieldKind::Number, FieldKind::Level, FieldKind::Level, FieldKind::Date, FieldKind::Boolean});
    read.read(all.substr(0, length));
    CHECK(read.rows.next <= static_cast<int64_t>(length));
  }
}

TEST("dates are those of the calendar") {
  const auto date = [](const std::string& text) {
    double milliseconds = std::numeric_limits<double>::quiet_NaN();
    return readIsoDate(text.data(), text.data() + text.size(), milliseconds) ? milliseconds : -0.5;
  };
  CHECK_EQUAL(date("1970-01-01"), 0);
  CHECK_EQUAL(date("0000-01-01"), -62167219200000.0);
  CHECK_EQUAL(date("9999-12-31T23:59:59.999Z"), 253402300799999.0);
  CHECK_EQUAL(date("2000-02-29 00:00 +00:01"), 951782340000.0);
  for (const char* none : {"1900-02-29", "2024-00-01", "2024-01-00", "2024-01-32", "2024-1-01", "2024-01-01T", "2024-01-01T1:00",
                           "2024-01-01T24:00", "2024-01-01Z", "2024-01-01T12:00:00.", "2024-01-01T12:00 ", "2024-01-01x", ""}) {
    CONTEXT(none);
    CHECK_EQUAL(date(none), -0.5);
  }
}

TEST("every kind of line end becomes a line feed") {
  const std::string from = "a\rb\r\nc\r\r\nd\r\r\re\n\r";
  std::string to(from.size(), 'x');
  to.resize(static_cast<size_t>(plainLineEnds(from.data(), static_cast<int64_t>(from.size()), &to[0])));
  CHECK(to == "a\nb\nc\nd\n\n\ne\n\n");
  CHECK_EQUAL(countLineFeeds(to.data(), static_cast<int64_t>(to.size())), 8);
}

}  // namespace test
}  // namespace deepblas
