// The objects that JavaScript holds. Each keeps its native part by shared ownership, so a run outlives the handles of
// what it uses.
#pragma once

#include <napi.h>

#include <map>
#include <memory>

#include "binding/arguments.h"
#include "binding/memory_holder.h"
#include "core/arena.h"
#include "program/arriving_rows.h"
#include "program/executor.h"
#include "program/pass.h"
#include "program/planner.h"
#include "program/training.h"
#include "table/row_reader.h"

namespace deepblas {

struct Owned;
struct OwnedPass;

// Floats of one or many members, laid out alike: parameters, gradients, optimizer state.
struct FloatArena {
  Arena memory;
  int64_t length = 0;  // floats of one member
  int64_t members = 0;
  float* of(int64_t member) const { return memory.as<float>() + member * length; }
};

class ArenaHandle : public Napi::ObjectWrap<ArenaHandle>, private MemoryHolder {
 public:
  static Napi::Function define(Napi::Env env);
  explicit ArenaHandle(const Napi::CallbackInfo& info);
  const std::shared_ptr<FloatArena>& arena() const { return arena_; }

 private:
  // (member, offset, rows, columns, panel, kind, a, b, seed, index): kind 0 constant a, 1 uniform in [a, b), 2 normal
  // of mean a and standard deviation b. Values are drawn in logical order, whatever the storage.
  void fill(const Napi::CallbackInfo& info);
  Napi::Value read(const Napi::CallbackInfo& info);   // (member, offset, rows, columns, panel) -> Float32Array
  void write(const Napi::CallbackInfo& info);         // (member, offset, rows, columns, panel, Float32Array)
  void copyFrom(const Napi::CallbackInfo& info);      // (arena), or (arena, member, its member)
  Napi::Value isFinite(const Napi::CallbackInfo& info);  // (member) -> whether all of its numbers are
  void release(const Napi::CallbackInfo& info);       // gives up the memory; no place is inside it any more

  bool isCollected() const override { return Value().IsEmpty(); }
  void giveUp() override { arena_.reset(); }

  std::shared_ptr<FloatArena> arena_;
};

// A copy of an array that the caller may change or detach afterwards.
struct StoredMatrix {
  Arena memory;
  Type type;
  int64_t rows, columns, stride;
  float scale;
  int64_t firstNotFinite = -1;  // the element, of floats copied from an array
  Binding binding() const { return {memory.as<uint8_t>(), rows, stride, type, scale}; }
};

class MatrixHandle : public Napi::ObjectWrap<MatrixHandle>, private MemoryHolder {
 public:
  static Napi::Function define(Napi::Env env);
  // (typed array, rows, columns, type, scale), (matrix, Int32Array of rows), (matrix of bytes) for floats of it, or
  // (rows, columns, type) for zeros
  explicit MatrixHandle(const Napi::CallbackInfo& info);
  const std::shared_ptr<StoredMatrix>& matrix() const { return matrix_; }

 private:
  void makeEmpty(const Napi::CallbackInfo& info);
  StoredMatrix& stored() const;
  void copyArray(const Napi::CallbackInfo& info);
  void copyRows(const Napi::CallbackInfo& info);
  void copyAsFloats(const Napi::CallbackInfo& info);
  Napi::Value firstNotFinite(const Napi::CallbackInfo& info);  // element index, or -1
  Napi::Value bytes(const Napi::CallbackInfo& info);
  Napi::Value row(const Napi::CallbackInfo& info);             // (row) -> Float32Array
  void write(const Napi::CallbackInfo& info);                  // (typed array of whole rows, first row)
  void gather(const Napi::CallbackInfo& info);                 // (Matrix, Int32Array of its rows, first row)
  void release(const Napi::CallbackInfo& info);  // gives up the memory once what reads it has ended

  bool isCollected() const override { return Value().IsEmpty(); }
  void giveUp() override { matrix_.reset(); }

  std::shared_ptr<StoredMatrix> matrix_;
};

class ProgramHandle : public Napi::ObjectWrap<ProgramHandle> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit ProgramHandle(const Napi::CallbackInfo& info);  // (tensors, calls, labels, expressions)
  const std::shared_ptr<const Program>& program() const { return program_; }
  std::shared_ptr<const Plan> plan(int64_t rows, bool keepAll);

 private:
  Napi::Value describe(const Napi::CallbackInfo& info);  // (rows) -> { bytes, offsets }

  std::shared_ptr<const Program> program_;
  std::map<std::pair<int64_t, bool>, std::weak_ptr<const Plan>> plans_;
};

class TrainingHandle : public Napi::ObjectWrap<TrainingHandle>, private MemoryHolder {
 public:
  static Napi::Function define(Napi::Env env);
  explicit TrainingHandle(const Napi::CallbackInfo& info);

 private:
  Napi::Value advance(const Napi::CallbackInfo& info);  // (numbers, steps, milliseconds, endAtEpoch, plainly)
  Napi::Value advanceSync(const Napi::CallbackInfo& info);
  void cancel(const Napi::CallbackInfo& info);
  void setActive(const Napi::CallbackInfo& info);
  void rebind(const Napi::CallbackInfo& info);  // (slots, rows), between chunks
  void measure(const Napi::CallbackInfo& info);
  Napi::Value microseconds(const Napi::CallbackInfo& info);
  Napi::Value readTensor(const Napi::CallbackInfo& info);  // (tensor, member, rows) -> Float64Array
  Napi::Value bytes(const Napi::CallbackInfo& info);
  void release(const Napi::CallbackInfo& info);  // gives up the memory once a chunk under way has ended
  Training& training() const;
  Training& idleTraining() const;  // while no chunk runs on another thread
  bool isCollected() const override { return Value().IsEmpty(); }
  void giveUp() override { training_.reset(); }

  std::shared_ptr<Training> training_;
  Owned* owned_ = nullptr;  // lives with training_
  std::shared_ptr<std::atomic<bool>> cancelled_;
  std::shared_ptr<bool> running_;
};

class PassHandle : public Napi::ObjectWrap<PassHandle>, private MemoryHolder {
 public:
  static Napi::Function define(Napi::Env env);
  explicit PassHandle(const Napi::CallbackInfo& info);

 private:
  Napi::Value run(const Napi::CallbackInfo& info);      // () -> Promise<Float64Array> of all accumulators
  Napi::Value runSync(const Napi::CallbackInfo& info);
  Napi::Value runOnArray(const Napi::CallbackInfo& info);  // (Matrix, typed array of its rows) -> as run
  Napi::Value start(const Napi::CallbackInfo& info, std::function<void()> work);
  Napi::Value readTensor(const Napi::CallbackInfo& info);  // (tensor, member, rows) -> Float64Array
  void release(const Napi::CallbackInfo& info);  // gives up the memory once a run under way has ended
  Pass& idlePass() const;  // while it does not run on another thread
  bool isCollected() const override { return Value().IsEmpty(); }
  void giveUp() override { owned_.reset(); }

  std::shared_ptr<OwnedPass> owned_;
  std::shared_ptr<std::atomic<bool>> cancelled_;
  std::shared_ptr<bool> running_;
  std::shared_ptr<Napi::ObjectReference> output_;  // the JavaScript array that takes the outputs
};

// The short way for a few rows: reads the caller's array and writes the answer on the calling thread.
class PredictorHandle : public Napi::ObjectWrap<PredictorHandle>, private MemoryHolder {
 public:
  static Napi::Function define(Napi::Env env);
  explicit PredictorHandle(const Napi::CallbackInfo& info);  // (program, capacity, arena, inputs, outputs, members)

 private:
  void predictSync(const Napi::CallbackInfo& info);  // (Float32Array in, rows, Float32Array out)
  bool isCollected() const override { return Value().IsEmpty(); }
  void giveUp() override;

  std::shared_ptr<FloatArena> arena_;
  std::unique_ptr<Executor> executor_;
  int64_t capacity_, inputs_, outputs_, members_;
  std::vector<MemberStep> steps_;
};

// Rows of a table from text. What it holds is given up when the file has been read: it has no finalizer that matters.
class RowReaderHandle : public Napi::ObjectWrap<RowReaderHandle> {
 public:
  static Napi::Function define(Napi::Env env);
  // (delimiter, quote, comment, trailing, Int32Array of the kind, point and strictness of every field)
  explicit RowReaderHandle(const Napi::CallbackInfo& info);

 private:
  void know(const Napi::CallbackInfo& info);     // (field, texts)
  void setKind(const Napi::CallbackInfo& info);  // (field, kind)
  // (text, from, to, line, most rows, most bytes, { values, codes, cells, lines, begins, events, told })
  void read(const Napi::CallbackInfo& info);
  void release(const Napi::CallbackInfo& info);
  RowReader& reader() const;
  int64_t field(const Napi::Value& value) const;

  std::unique_ptr<RowReader> reader_;
  int64_t fields_ = 0;
};

// Shared by the handles' constructors.
std::shared_ptr<FloatArena> arenaOf(const Napi::Value& value);
std::shared_ptr<StoredMatrix> matrixOf(const Napi::Value& value);
// Writes an array's whole rows, from `firstRow` on; tells others of every part of them that has arrived.
void writeRows(StoredMatrix& matrix, int64_t firstRow, const AnyElements& array, ArrivingRows* arriving = nullptr);
ProgramHandle* programOf(const Napi::Value& value);
Napi::Value tensorValues(Napi::Env env, const Executor& executor, int64_t tensor, int64_t member, int64_t rows);

}  // namespace deepblas
