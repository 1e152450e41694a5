#include <limits>

#include "binding/arguments.h"
#include "binding/guarded.h"
#include "binding/handles.h"

namespace deepblas {

namespace {

// Of what a text's places may be: they are told as 32-bit numbers.
constexpr int64_t kLongestText = std::numeric_limits<int32_t>::max();
// Kind, point and strictness of a field.
constexpr int64_t kReadingNumbers = 3;

std::string text(const Napi::Value& value, const char* what) {
  require(value.IsString(), what);
  return value.As<Napi::String>().Utf8Value();
}

// A single character of ASCII; 0 where there is none.
char character(const Napi::Value& value, const char* what) {
  const std::string one = text(value, what);
  require(one.size() <= 1, what);
  return one.empty() ? '\0' : one[0];
}

FieldKind kindOf(int64_t value) {
  require(value >= 0 && value < kFieldKinds, "a kind of fields");
  return static_cast<FieldKind>(value);
}

}  // namespace

Napi::Function RowReaderHandle::define(Napi::Env env) {
  return DefineClass(env, "RowReader",
                     {InstanceMethod<&RowReaderHandle::know>("know"), InstanceMethod<&RowReaderHandle::setKind>("setKind"),
                      InstanceMethod<&RowReaderHandle::read>("read"), InstanceMethod<&RowReaderHandle::release>("release")});
}

RowReaderHandle::RowReaderHandle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<RowReaderHandle>(info) {
  guarded(info.Env(), [&] {
    RowSyntax syntax;
    syntax.delimiter = character(info[0], "a delimiter of one character");
    syntax.quote = character(info[1], "a quote of one character");
    syntax.comment = text(info[2], "how comments begin");
    syntax.trailing = boolean(info[3], "trailing");
    const Elements<int32_t> numbers = integers(info[4], "readings");
    require(syntax.delimiter != '\0' && syntax.delimiter != '\n' && syntax.delimiter != syntax.quote,
            "a delimiter that is neither the quote nor a line end");
    require(numbers.length > 0 && numbers.length % kReadingNumbers == 0, "readings of fields");
    fields_ = syntax.fields = numbers.length / kReadingNumbers;
    std::vector<FieldReading> readings(static_cast<size_t>(fields_));
    for (int64_t i = 0; i < fields_; ++i) {
      const int32_t* const of = numbers.data + i * kReadingNumbers;
      require(of[1] == '.' || of[1] == ',', "a decimal point or comma");
      readings[static_cast<size_t>(i)] = {kindOf(of[0]), static_cast<char>(of[1]), of[2] != 0, -1};
    }
    reader_ = std::make_unique<RowReader>(std::move(syntax), std::move(readings));
  });
}

RowReader& RowReaderHandle::reader() const {
  require(reader_ != nullptr, "a reader that was not given up");
  return *reader_;
}

int64_t RowReaderHandle::field(const Napi::Value& value) const { return wholeNumber(value, "field", 0, fields_ - 1); }

void RowReaderHandle::know(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const int64_t of = field(info[0]);
    const Napi::Array texts = list(info[1], "texts");
    for (uint32_t i = 0; i < texts.Length(); ++i) {
      const std::string one = text(texts.Get(i), "a text");
      reader().know(of, one.data(), static_cast<int64_t>(one.size()));
    }
  });
}

void RowReaderHandle::setKind(const Napi::CallbackInfo& info) {
  guarded(info.Env(),
          [&] { reader().setKind(field(info[0]), kindOf(wholeNumber(info[1], "kind", 0, kFieldKinds - 1))); });
}

void RowReaderHandle::read(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const Napi::Object room = object(info[6], "room");
    // Looked up before any array is asked where it lies: a getter may run JavaScript.
    const Napi::Value arrays[] = {room.Get("values"), room.Get("codes"),  room.Get("cells"), room.Get("lines"),
                                  room.Get("begins"), room.Get("events"), room.Get("told")};
    const int64_t line = wholeNumber(info[3], "line", 0, kLongestText);
    const AnyElements bytes = anyElements(info[0], "text");
    require(bytes.type == napi_uint8_array && bytes.length <= kLongestText, "bytes of a text");
    const int64_t to = wholeNumber(info[2], "end", 0, bytes.length), from = wholeNumber(info[1], "begin", 0, to);
    const Elements<double> values = doubles(arrays[0], "values"), told = doubles(arrays[6], "what is told");
    const Elements<int32_t> codes = integers(arrays[1], "codes"), cells = integers(arrays[2], "cells"),
                            lines = integers(arrays[3], "lines"), begins = integers(arrays[4], "begins"),
                            events = integers(arrays[5], "events");
    RowsRead rows;
    rows.capacity = lines.length;
    const int64_t most = wholeNumber(info[4], "rows", 0, rows.capacity), needed = checkedProduct(rows.capacity, reader().columns());
    require(values.length >= needed && codes.length >= needed && cells.length >= 2 * needed &&
                begins.length == rows.capacity && told.length == kRowsFields,
            "room for rows");
    rows.values = values.data;
    rows.codes = codes.data;
    rows.cells = cells.data;
    rows.lines = lines.data;
    rows.begins = begins.data;
    rows.events = events.data;
    rows.mostEvents = events.length / kEventFields;
    reader().read(static_cast<const char*>(bytes.data), from, to, line, most, wholeNumber(info[5], "bytes", 1), rows);
    told.data[rowsField::rows] = static_cast<double>(rows.rows);
    told.data[rowsField::next] = static_cast<double>(rows.next);
    told.data[rowsField::line] = static_cast<double>(rows.line);
    told.data[rowsField::end] = static_cast<double>(rows.end);
    told.data[rowsField::events] = static_cast<double>(rows.eventCount);
    told.data[rowsField::tried] = static_cast<double>(rows.tried);
    told.data[rowsField::field] = static_cast<double>(rows.field);
  });
}

void RowReaderHandle::release(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] { reader_.reset(); });
}

}  // namespace deepblas
