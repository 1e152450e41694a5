#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <type_traits>

#include "binding/arguments.h"
#include "binding/environment.h"
#include "binding/guarded.h"
#include "binding/handles.h"
#include "core/copy_past_caches.h"
#include "core/finite.h"
#include "core/thread_pool.h"

namespace deepblas {

namespace {

// By which a matrix is known whatever its prototype has become.
constexpr napi_type_tag kTag = {0x2c94d7a8e05b4d16, 0xa3f18c5b7d604e92};

// Rows of a wide float matrix start on cache lines, an odd number of lines apart: rows a power of two apart would all
// fall into the same few cache sets.
int64_t strideOf(Type type, int64_t columns) {
  if (type != Type::Float32 || columns <= 16) return columns;
  const int64_t lines = (columns + 15) / 16;
  return (lines | 1) * 16;
}

constexpr int64_t kBlockBytes = 4 << 20;
// Of rows that another thread waits for: small beside a batch of them.
constexpr int64_t kArrivingBytes = 256 << 10;

std::shared_ptr<StoredMatrix> makeMatrix(Type type, int64_t rows, int64_t columns, float scale) {
  const int64_t stride = strideOf(type, columns), bytes = checkedProduct(rows, stride, bytesOf(type));
  return std::make_shared<StoredMatrix>(
      StoredMatrix{Arena(static_cast<size_t>(bytes)), type, rows, columns, stride, scale});
}

// More than this leaves the caches before it is read again, wherever it is written.
constexpr int64_t kCachedBytes = 8 << 20;

// Rows of about this many elements are looked through for numbers that are not finite while they are in the first cache.
constexpr int64_t kPieceElements = 4096;

// As many whole rows as one piece has: one, where rows do not lie one after the other.
int64_t rowsOfPiece(const StoredMatrix& matrix) {
  return matrix.stride == matrix.columns ? std::max<int64_t>(1, kPieceElements / matrix.columns) : 1;
}

// Rows by blocks of some megabytes. `fill(begin, end)` makes rows and gives the first of them that has a number that is
// not finite, or `end`. On as many threads as are idle, since most of the time goes into pages of memory that are touched
// for the first time; but one after the other, on this thread, where others already read them.
template <typename Fill>
void fillRows(StoredMatrix& matrix, int64_t firstRow, int64_t rows, ArrivingRows* arriving, Fill fill) {
  const int64_t rowBytes = std::max<int64_t>(1, matrix.stride * bytesOf(matrix.type));
  const int64_t blockBytes = arriving == nullptr ? kBlockBytes : kArrivingBytes;
  const int64_t blockRows = std::max<int64_t>(1, blockBytes / rowBytes), endRow = firstRow + rows;
  std::atomic<int64_t> firstBadRow{endRow};
  const auto fillBlock = [&](int64_t block) {
    const int64_t begin = firstRow + block * blockRows, end = std::min(begin + blockRows, endRow);
    const int64_t bad = fill(begin, end);
    int64_t first = firstBadRow.load();
    while (bad < end && bad < first && !firstBadRow.compare_exchange_weak(first, bad)) continue;
    return end;
  };
  const int64_t blocks = (rows + blockRows - 1) / blockRows;
  ThreadPool& pool = ThreadPool::instance();
  const ThreadPool::JobScope scope(pool);
  if (arriving == nullptr) {
    pool.run(blocks, [&](int64_t block) { fillBlock(block); });
  } else {
    for (int64_t block = 0; block < blocks; ++block) arriving->arrived(fillBlock(block));
  }
  const int64_t row = firstBadRow.load();
  if (row == endRow || matrix.firstNotFinite >= 0) return;
  const float* values = matrix.memory.as<float>() + row * matrix.stride;
  int64_t column = 0;
  while (isFinite(values[column])) ++column;
  matrix.firstNotFinite = row * matrix.columns + column;
}

// Whether a number is one that an element of the type can hold. Fractions are cut off.
template <typename To, typename From>
bool holds(From value) {
  if constexpr (std::is_floating_point<To>::value) {
    return true;
  } else {
    // Doubles hold all numbers of up to 32 bits. Written so that NaN is refused.
    const double number = static_cast<double>(value);
    return number > static_cast<double>(std::numeric_limits<To>::min()) - 1 &&
           number < static_cast<double>(std::numeric_limits<To>::max()) + 1;
  }
}

// What does not fit is 0: the array may be in memory that another thread writes while it is read.
template <typename To, typename From>
To converted(From value) {
  return holds<To>(value) ? static_cast<To>(value) : To{0};
}

// Before anything is written.
template <typename To, typename From>
void requireHeld(const StoredMatrix& matrix, int64_t rows, const From* from) {
  if constexpr (std::is_floating_point<To>::value || std::is_same<To, From>::value) return;
  for (int64_t i = 0; i < rows * matrix.columns; ++i) {
    const From value = from[i];
    if (holds<To>(value)) continue;
    throw Error("ERR_DEEPBLAS_DATA",
                std::string("Expected whole numbers from ") + std::to_string(std::numeric_limits<To>::min()) + " to " +
                    std::to_string(std::numeric_limits<To>::max()) + " but row " + std::to_string(i / matrix.columns) +
                    ", column " + std::to_string(i % matrix.columns) + " of the rows given is " + std::to_string(value) +
                    ".");
  }
}

// Rows that lie one after the other, of `count` elements in all. Says whether all floats are finite: they are looked
// through while they are still in cache.
template <typename To, typename From>
bool convertRows(To* to, const From* from, int64_t count, float scale, bool pastCaches) {
  if constexpr (std::is_same<To, From>::value) {
    if constexpr (std::is_same<To, float>::value) {
      if (pastCaches && scale == 1.0f) return copyPastCaches(to, from, count);
    }
    std::memcpy(to, from, sizeof(To) * count);
  } else {
    for (int64_t i = 0; i < count; ++i) to[i] = converted<To>(from[i]);
  }
  if constexpr (std::is_same<To, float>::value) {
    if (scale != 1.0f)
      for (int64_t i = 0; i < count; ++i) to[i] *= scale;
    return allFinite(to, count);
  }
  return true;
}

template <typename To, typename From>
void convert(StoredMatrix& matrix, int64_t firstRow, int64_t rows, const From* from, ArrivingRows* arriving) {
  const int64_t columns = matrix.columns, piece = rowsOfPiece(matrix);
  const bool pastCaches = arriving != nullptr && rows * matrix.stride * bytesOf(matrix.type) > kCachedBytes;
  requireHeld<To>(matrix, rows, from);
  fillRows(matrix, firstRow, rows, arriving, [&](int64_t begin, int64_t end) {
    int64_t bad = end;
    for (int64_t row = begin; row < end; row += piece) {
      const int64_t count = std::min(piece, end - row) * columns;
      To* to = matrix.memory.as<To>() + row * matrix.stride;
      if (convertRows(to, from + (row - firstRow) * columns, count, matrix.scale, pastCaches) || bad < end) continue;
      if constexpr (std::is_same<To, float>::value) {
        bad = row;
        while (allFinite(to + (bad - row) * matrix.stride, columns)) ++bad;
      }
    }
    if (pastCaches) publishPastCaches();
    return bad;
  });
}

template <typename To>
void convertFrom(StoredMatrix& matrix, int64_t firstRow, const AnyElements& array, ArrivingRows* arriving) {
  const int64_t rows = array.length / matrix.columns;
  const auto from = [&](auto element) {
    convert<To>(matrix, firstRow, rows, static_cast<const decltype(element)*>(array.data), arriving);
  };
  switch (array.type) {
    case napi_float32_array: return from(float{});
    case napi_float64_array: return from(double{});
    case napi_int8_array: return from(int8_t{});
    case napi_uint8_array:
    case napi_uint8_clamped_array: return from(uint8_t{});
    case napi_int16_array: return from(int16_t{});
    case napi_uint16_array: return from(uint16_t{});
    case napi_int32_array: return from(int32_t{});
    case napi_uint32_array: return from(uint32_t{});
    default: require(false, "an array type that no matrix is made of");
  }
}

// The rows of the list, in its order, to those from `firstRow` on.
void gatherRows(StoredMatrix& to, int64_t firstRow, const StoredMatrix& from, const Elements<int32_t>& list) {
  // A copy: in shared memory another thread may change a row after it has been checked.
  const std::vector<int32_t> rows(list.data, list.data + list.length);
  const int64_t size = bytesOf(from.type) * from.stride;
  for (int64_t r = 0; r < list.length; ++r) require(rows[r] >= 0 && rows[r] < from.rows, "a row that the matrix lacks");
  fillRows(to, firstRow, list.length, nullptr, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row)
      std::memcpy(to.memory.at(row * size), from.memory.at(rows[static_cast<size_t>(row - firstRow)] * size), size);
    return end;
  });
}

// What a matrix can be of.
Type matrixType(const Napi::Value& value) {
  const Type type = static_cast<Type>(wholeNumber(value, "type", 0, kElementTypes - 1));
  require(type != Type::Float64 && type != Type::Bfloat16, "matrices are not kept as float64 or bfloat16");
  return type;
}

}  // namespace

void writeRows(StoredMatrix& matrix, int64_t firstRow, const AnyElements& array, ArrivingRows* arriving) {
  require(array.length % matrix.columns == 0 && checkedSum(firstRow, array.length / matrix.columns) <= matrix.rows,
          "rows that the matrix lacks");
  switch (matrix.type) {
    case Type::Float32: convertFrom<float>(matrix, firstRow, array, arriving); break;
    case Type::Int32: convertFrom<int32_t>(matrix, firstRow, array, arriving); break;
    case Type::Uint8: convertFrom<uint8_t>(matrix, firstRow, array, arriving); break;
    case Type::Float64:
    case Type::Bfloat16: require(false, "matrices are not kept as float64 or bfloat16");
  }
}

Napi::Function MatrixHandle::define(Napi::Env env) {
  return DefineClass(env, "Matrix",
                     {InstanceMethod<&MatrixHandle::firstNotFinite>("firstNotFinite"),
                      InstanceMethod<&MatrixHandle::bytes>("bytes"), InstanceMethod<&MatrixHandle::row>("row"),
                      InstanceMethod<&MatrixHandle::write>("write"),
                      InstanceMethod<&MatrixHandle::gather>("gather"),
                      InstanceMethod<&MatrixHandle::release>("release")});
}

MatrixHandle::MatrixHandle(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<MatrixHandle>(info) {
  guarded(info.Env(), [&] {
    if (info[0].IsNumber()) {
      makeEmpty(info);
    } else if (info[0].IsTypedArray()) {
      copyArray(info);
    } else {
      info.Length() == 1 ? copyAsFloats(info) : copyRows(info);
    }
    info.This().As<Napi::Object>().TypeTag(&kTag);
    hold(info.Env(), static_cast<int64_t>(matrix_->memory.bytes()));
  });
}

void MatrixHandle::copyArray(const Napi::CallbackInfo& info) {
  const AnyElements array = anyElements(info[0], "a matrix");
  const int64_t rows = wholeNumber(info[1], "rows", 1), columns = wholeNumber(info[2], "columns", 1);
  const Type type = matrixType(info[3]);
  require(array.length == checkedProduct(rows, columns), "a matrix of another size than its array");
  matrix_ = makeMatrix(type, rows, columns, static_cast<float>(number(info[4], "scale")));
  writeRows(*matrix_, 0, array);
  // Floats are kept scaled.
  if (matrix_->type == Type::Float32) matrix_->scale = 1.0f;
}

void MatrixHandle::makeEmpty(const Napi::CallbackInfo& info) {
  const int64_t rows = wholeNumber(info[0], "rows", 1), columns = wholeNumber(info[1], "columns", 1);
  matrix_ = makeMatrix(matrixType(info[2]), rows, columns, 1.0f);
}

void MatrixHandle::write(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const int64_t firstRow = wholeNumber(info[1], "first row");
    writeRows(stored(), firstRow, anyElements(info[0], "rows"));
  });
}

void MatrixHandle::gather(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const auto from = matrixOf(info[0]);
    const Elements<int32_t> list = integers(info[1], "rows");
    const int64_t firstRow = wholeNumber(info[2], "first row");
    StoredMatrix& to = stored();
    require(from.get() != &to && from->type == to.type && from->columns == to.columns, "a matrix of other columns");
    require(checkedSum(firstRow, list.length) <= to.rows, "rows that the matrix lacks");
    to.scale = from->scale;
    gatherRows(to, firstRow, *from, list);
  });
}

void MatrixHandle::copyRows(const Napi::CallbackInfo& info) {
  const auto from = matrixOf(info[0]);
  const Elements<int32_t> list = integers(info[1], "rows");
  matrix_ = makeMatrix(from->type, list.length, from->columns, from->scale);
  gatherRows(*matrix_, 0, *from, list);
}

void MatrixHandle::copyAsFloats(const Napi::CallbackInfo& info) {
  const auto from = matrixOf(info[0]);
  require(from->type == Type::Uint8, "a matrix of bytes was expected");
  matrix_ = makeMatrix(Type::Float32, from->rows, from->columns, 1.0f);
  fillRows(*matrix_, 0, matrix_->rows, nullptr, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const uint8_t* bytes = from->memory.at(row * from->stride);
      float* to = matrix_->memory.as<float>() + row * matrix_->stride;
      for (int64_t c = 0; c < from->columns; ++c) to[c] = static_cast<float>(bytes[c]) * from->scale;
    }
    return end;
  });
}

void MatrixHandle::release(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    letGo(info.Env());
    matrix_.reset();
  });
}

StoredMatrix& MatrixHandle::stored() const {
  require(matrix_ != nullptr, "a matrix that was released");
  return *matrix_;
}

Napi::Value MatrixHandle::firstNotFinite(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    return Napi::Number::New(info.Env(), static_cast<double>(stored().firstNotFinite));
  });
}

Napi::Value MatrixHandle::bytes(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    return Napi::Number::New(info.Env(), matrix_ ? static_cast<double>(matrix_->memory.bytes()) : 0);
  });
}

Napi::Value MatrixHandle::row(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const int64_t row = wholeNumber(info[0], "row");
    require(row < stored().rows, "a row that the matrix lacks");
    Napi::Float32Array result = newFloats(info.Env(), matrix_->columns);
    float* values = result.Data();
    for (int64_t c = 0; c < matrix_->columns; ++c) {
      const int64_t at = row * matrix_->stride + c;
      values[c] = matrix_->type == Type::Float32 ? matrix_->memory.as<float>()[at]
                  : matrix_->type == Type::Int32 ? static_cast<float>(matrix_->memory.as<int32_t>()[at])
                                                 : matrix_->memory.as<uint8_t>()[at] * matrix_->scale;
    }
    return result;
  });
}

std::shared_ptr<StoredMatrix> matrixOf(const Napi::Value& value) {
  require(value.IsObject() && value.As<Napi::Object>().CheckTypeTag(&kTag), "a matrix was expected");
  const auto& matrix = MatrixHandle::Unwrap(value.As<Napi::Object>())->matrix();
  require(matrix != nullptr, "a matrix that was released");
  return matrix;
}

}  // namespace deepblas
