#include "program/call_check.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "kernels/kernels.h"

namespace deepblas {

namespace {

constexpr int64_t kUnknown = -1;
// What the names of a kernel's sizes mean in this call.
using Sizes = std::array<int64_t, kMaximumNames>;

int64_t roundUp(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

// Elements that a tensor of fixed size stores for its shape.
int64_t storedElements(const TensorSpec& spec) {
  return (spec.panel > 0 ? roundUp(spec.rows, spec.panel) : spec.rows) * spec.columns;
}

bool isRange(const TensorSpec& spec) {
  return spec.storage == Storage::Parameter || spec.storage == Storage::Gradient || spec.storage == Storage::State;
}

bool isMatrix(const TensorSpec& spec) { return spec.storage == Storage::Data || spec.storage == Storage::WholeData; }

class CallCheck {
 public:
  CallCheck(const Program& program, const CallSpec& call)
      : program_(program), call_(call), info_(program.info(call)) {
    sizes_.fill(kUnknown);
  }

  void run() {
    for (int i = 0; i < info_.argumentCount; ++i) checkNumber(i);
    // Last, as its names have their meaning from the others: what has been turned says no rows of its own.
    for (const bool transposed : {false, true})
      for (int i = 0; i < info_.argumentCount; ++i)
        if (info_.arguments[i].kind == ArgumentKind::Tensor &&
            (info_.arguments[i].layout == Layout::Transposed) == transposed)
          checkTensor(i);
    for (int i = 0; i < info_.argumentCount; ++i) checkCovers(i);
    for (int i = 0; i < info_.argumentCount; ++i) checkParts(i);
    checkOverlaps();
  }

 private:
  const ArgumentSpec& given(int i) const { return call_.arguments[i]; }
  bool isTensor(int i) const { return given(i).form == ArgumentForm::Tensor; }
  const TensorSpec& specOf(int i) const { return program_.tensors()[given(i).index]; }

  void checkNumber(int i) const {
    const ArgumentInfo& expected = info_.arguments[i];
    if (!expected.whole) return;
    const ArgumentSpec& number = given(i);
    if (number.form == ArgumentForm::Absent) return;
    // Written so that NaN is refused.
    const bool within = number.form == ArgumentForm::Constant && number.constant >= expected.least &&
                        number.constant <= expected.most && std::floor(number.constant) == number.constant;
    if (within) return;
    fail("ERR_DEEPBLAS_ARGUMENT", i,
         "a constant whole number from " + std::to_string(expected.least) + " to " + std::to_string(expected.most),
         number.form == ArgumentForm::Constant ? std::to_string(number.constant) : "a number that changes from step to step");
  }

  void checkTensor(int i) {
    const ArgumentInfo& expected = info_.arguments[i];
    if (!isTensor(i)) {
      if (expected.layout == Layout::Transposed) requireTurned(i);
      return;
    }
    if (expected.access != Access::Read) requireWritable(i);
    if (fits(i, expected.shape, sizes_)) return;
    const bool other = expected.other.extent != Extent::None &&
                       (expected.otherUnless < 0 || (given(expected.otherUnless).form == ArgumentForm::Constant &&
                                                     given(expected.otherUnless).constant == 0));
    if (other && fits(i, expected.other, sizes_)) return;
    std::string wanted = describe(i, expected.shape);
    if (other) wanted += ", or " + describe(i, expected.other);
    fail("ERR_DEEPBLAS_SHAPE", i, wanted, describe(specOf(i)));
  }

  // A weight of some shapes is read by way of its turned copy only.
  void requireTurned(int i) const {
    for (int w = 0; w < info_.argumentCount; ++w) {
      if (info_.arguments[w].layout != Layout::Weight || !isTensor(w)) continue;
      if (activeKernels().turnsWeight(specOf(w).columns, specOf(w).rows))
        fail("ERR_DEEPBLAS_SHAPE", i, "the weight as transposeWeight turns it", "none");
    }
  }

  void requireWritable(int i) const {
    const Storage storage = specOf(i).storage;
    if (storage == Storage::Order || storage == Storage::WholeData)
      fail("ERR_DEEPBLAS_SHAPE", i, "a tensor that may be written", describe(specOf(i)));
  }

  // Gives names that have no meaning yet the one that they have here.
  bool fits(int i, const Shape& shape, Sizes& sizes) const {
    const ArgumentInfo& expected = info_.arguments[i];
    const TensorSpec& spec = specOf(i);
    if ((shape.types >> static_cast<int>(spec.type) & 1) == 0) return false;
    const int weight = expected.bytesWith;
    if (spec.type == Type::Uint8 && weight >= 0 && !(isTensor(weight) && specOf(weight).panel == 1)) return false;
    if (expected.typeOf >= 0 && isTensor(expected.typeOf)) {
      const Type read = spec.type == Type::Uint8 ? Type::Float32 : spec.type;
      if (specOf(expected.typeOf).type != read) return false;
    }
    Sizes known = sizes;
    if (!hasExtent(i, shape, known)) return false;
    sizes = known;
    return true;
  }

  bool hasExtent(int i, const Shape& shape, Sizes& known) const {
    const ArgumentInfo& expected = info_.arguments[i];
    const TensorSpec& spec = specOf(i);
    const bool ofBatch = spec.perBatchRow() && (spec.storage == Storage::Workspace || spec.storage == Storage::Data);
    const auto columns = [&] { return is(shape.columns, spec.columns, known) || (expected.broadcast && spec.columns == 1); };
    switch (shape.extent) {
      case Extent::None: return false;
      case Extent::Batch: {
        const bool oneRow = expected.broadcast && !spec.perBatchRow() && spec.rows == 1;
        return (ofBatch || oneRow) && columns();
      }
      case Extent::Ordered: return (ordered() ? spec.storage == Storage::WholeData : ofBatch) && columns();
      case Extent::Order: return spec.storage == Storage::Order && columns();
      case Extent::Stored: {
        if (spec.perBatchRow() || (expected.layout != Layout::Rows && !hasLayout(expected.layout, spec))) return false;
        const int64_t stored = storedElements(spec);
        return is(shape.rows, stored, known) || (expected.broadcast && stored == 1);
      }
      case Extent::Fixed: {
        if (spec.perBatchRow()) return false;
        // Of what has been turned, its elements tell whether all of its rows are there.
        if (expected.layout != Layout::Transposed && !is(shape.rows, spec.rows, known)) return false;
        if (!columns() || !hasLayout(expected.layout, spec)) return false;
        if (expected.layout != Layout::Transposed) return true;
        const int64_t rows = valueOf(shape.rows, known), panel = spec.panel;
        return rows > 0 && panel == activeKernels().registerPanel(rows) &&
               spec.elements / spec.columns >= roundUp(rows, panel);
      }
    }
    return false;
  }

  bool ordered() const {
    for (int i = 0; i < info_.argumentCount; ++i)
      if (info_.arguments[i].shape.extent == Extent::Order) return isTensor(i);
    return false;
  }

  static bool hasLayout(Layout layout, const TensorSpec& spec) {
    switch (layout) {
      // A vector is the same in panels of one.
      case Layout::Rows: return spec.panel <= 1;
      case Layout::Panels: return spec.panel > 0;
      case Layout::Transposed: return spec.panel > 1;
      case Layout::Weight:
      case Layout::Tiles:
        return spec.panel == activeKernels().weightPanel(spec.columns, spec.rows) &&
               (layout == Layout::Weight || spec.panel > 1);
    }
    return false;
  }

  // The argument has been checked: a constant from 1 on, or left out.
  int64_t timesOf(const Size& size) const {
    const bool once = size.times < 0 || given(size.times).form == ArgumentForm::Absent;
    return once ? 1 : static_cast<int64_t>(given(size.times).constant);
  }

  bool is(const Size& size, int64_t value, Sizes& known) const {
    const int64_t times = timesOf(size), part = value / times;
    if (part * times != value) return false;
    if (size.kind == Size::Given) return part == size.value;
    if (size.kind == Size::Argument) return part == static_cast<int64_t>(given(size.value).constant);
    int64_t& meaning = known[static_cast<size_t>(size.value)];
    if (meaning == kUnknown) meaning = part;
    return meaning == part;
  }

  int64_t valueOf(const Size& size, const Sizes& known) const {
    switch (size.kind) {
      case Size::Given: return size.value * timesOf(size);
      case Size::Named: return known[static_cast<size_t>(size.value)] * timesOf(size);
      case Size::Argument: return static_cast<int64_t>(given(size.value).constant) * timesOf(size);
      case Size::None: break;
    }
    return 0;
  }

  void checkCovers(int i) const {
    const Size(&covers)[2] = info_.arguments[i].covers;
    if (!isTensor(i) || covers[0].kind == Size::None) return;
    const int64_t needed = valueOf(covers[0], sizes_) + valueOf(covers[1], sizes_);
    if (specOf(i).columns >= needed) return;
    fail("ERR_DEEPBLAS_SHAPE", i, "at least " + std::to_string(needed) + " columns", describe(specOf(i)));
  }

  void checkParts(int i) const {
    const Size(&parts)[2] = info_.arguments[i].parts;
    if (!isTensor(i) || parts[0].kind == Size::None) return;
    const int64_t count = valueOf(parts[0], sizes_), columns = specOf(i).columns;
    if (parts[1].kind == Size::None) {
      if (columns % count != 0)
        fail("ERR_DEEPBLAS_SHAPE", i, "a multiple of " + std::to_string(count) + " columns", describe(specOf(i)));
      return;
    }
    const int64_t each = valueOf(parts[1], sizes_);
    if (columns % count == 0 && columns / count == each) return;
    fail("ERR_DEEPBLAS_SHAPE", i, std::to_string(count) + " times " + std::to_string(each) + " columns",
         describe(specOf(i)));
  }

  // What is written is nothing that another argument reads or writes; in place, it may be what another one reads.
  void checkOverlaps() const {
    for (int i = 0; i < info_.argumentCount; ++i) {
      if (!isTensor(i) || info_.arguments[i].access == Access::Read) continue;
      for (int j = 0; j < info_.argumentCount; ++j) {
        if (j == i || !isTensor(j) || !overlap(given(i).index, given(j).index)) continue;
        if (info_.inPlace && info_.arguments[j].access == Access::Read && same(specOf(i), specOf(j))) continue;
        fail("ERR_DEEPBLAS_SHAPE", i, std::string("memory that ") + info_.arguments[j].name + " has no part of",
             info_.inPlace ? "a tensor that overlaps it" : "the same tensor, or one that overlaps it");
      }
    }
  }

  bool overlap(int64_t first, int64_t second) const {
    const TensorSpec &a = program_.tensors()[first], &b = program_.tensors()[second];
    if (isMatrix(a) && isMatrix(b)) return a.slot == b.slot;
    if (a.storage != b.storage) return false;
    if (a.storage == Storage::Workspace || a.storage == Storage::Order) return first == second;
    return a.slot == b.slot && a.offset < b.offset + b.elements && b.offset < a.offset + a.elements;
  }

  // Whether element e of the one is element e of the other.
  static bool same(const TensorSpec& a, const TensorSpec& b) {
    if (isRange(a)) return a.offset == b.offset && storedElements(a) == storedElements(b);
    return a.offset == b.offset && a.type == b.type && a.columns == b.columns && a.rows == b.rows;
  }

  static std::string describe(const TensorSpec& spec) {
    static const char* const kStorages[] = {"", "a parameter ", "a gradient ", "an optimizer state ", "a matrix of data ",
                                            "a whole matrix of data ", "the order of the rows ", "an accumulator "};
    const std::string rows = spec.perBatchRow() ? "batch" : std::to_string(spec.rows);
    std::string told = kStorages[static_cast<int>(spec.storage)];
    told += "(" + rows + ", " + std::to_string(spec.columns) + ") of " + kTypeNames[static_cast<int>(spec.type)];
    if (spec.panel > 1) told += " in panels of " + std::to_string(spec.panel);
    return told;
  }

  std::string describe(const Size& size) const {
    const int64_t times = timesOf(size);
    const std::string product = times == 1 ? "" : std::to_string(times) + " * ";
    if (size.kind == Size::Argument) return product + std::to_string(static_cast<int64_t>(given(size.value).constant));
    if (size.kind != Size::Named) return product + std::to_string(size.value);
    const std::string name = info_.names[size.value];
    const int64_t known = sizes_[static_cast<size_t>(size.value)];
    return product + (known == kUnknown ? name : name + " = " + std::to_string(known));
  }

  std::string describe(int i, const Shape& shape) const {
    const ArgumentInfo& expected = info_.arguments[i];
    std::string told;
    switch (shape.extent) {
      case Extent::None: break;
      case Extent::Batch: told = "(batch, " + describe(shape.columns) + ")"; break;
      case Extent::Ordered:
        told = std::string(ordered() ? "a whole matrix of data" : "(batch") + ", " + describe(shape.columns) + (ordered() ? " columns" : ")");
        break;
      case Extent::Order: told = "the order of the rows"; break;
      case Extent::Stored: told = "a tensor of fixed size, elements: " + describe(shape.rows) + ","; break;
      case Extent::Fixed: told = "(" + describe(shape.rows) + ", " + describe(shape.columns) + ") of fixed size"; break;
    }
    if (expected.broadcast) told += " or one for all";
    static const char* const kLayouts[] = {"", ", stored as Parameter.weight does", ", stored as Parameter.weight does, not row by row",
                                           ", as transposeWeight turns it", ", in panels"};
    told += kLayouts[static_cast<int>(expected.layout)];
    std::string types;
    const auto take = [&](Type type) {
      if ((shape.types >> static_cast<int>(type) & 1) == 0) return;
      types += (types.empty() ? "" : " or ") + std::string(kTypeNames[static_cast<int>(type)]);
    };
    for (Type type : {Type::Float32, Type::Float64, Type::Int32, Type::Uint8, Type::Bfloat16}) take(type);
    told += " of " + types;
    if (expected.bytesWith >= 0)
      told += std::string(" (uint8 beside a ") + info_.arguments[expected.bytesWith].name + " that is kept row by row)";
    if (expected.typeOf >= 0) told += std::string(" that is read as the type of ") + info_.arguments[expected.typeOf].name;
    return told;
  }

  [[noreturn]] void fail(const char* code, int i, const std::string& expected, const std::string& received) const {
    const std::string label = call_.label.empty() ? "a call without a label" : call_.label;
    throw Error(code, label + ": expected " + expected + " for '" + info_.arguments[i].name + "' of the kernel " +
                          info_.name + " but received " + received + ".");
  }

  const Program& program_;
  const CallSpec& call_;
  const KernelInfo& info_;
  Sizes sizes_;
};

}  // namespace

void checkCall(const Program& program, const CallSpec& call) { CallCheck(program, call).run(); }

}  // namespace deepblas
