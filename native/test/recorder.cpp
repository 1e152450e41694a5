#include "recorder.h"

namespace deepblas {
namespace test {

int64_t Recorder::add(const TensorSpec& spec) {
  double fields[kTensorFields];
  fields[tensorField::storage] = static_cast<double>(spec.storage);
  fields[tensorField::type] = static_cast<double>(spec.type);
  fields[tensorField::rows] = static_cast<double>(spec.rows);
  fields[tensorField::columns] = static_cast<double>(spec.columns);
  fields[tensorField::stride] = static_cast<double>(spec.stride);
  fields[tensorField::panel] = static_cast<double>(spec.panel);
  fields[tensorField::elements] = static_cast<double>(spec.elements);
  fields[tensorField::offset] = static_cast<double>(spec.offset);
  fields[tensorField::slot] = static_cast<double>(spec.slot);
  tensors.insert(tensors.end(), fields, fields + kTensorFields);
  specs_.push_back(spec);
  return static_cast<int64_t>(specs_.size()) - 1;
}

int64_t Recorder::batchRows(int64_t columns, Type type) {
  // Rows of more than a vector start on a vector's boundary, as the recorder of lib lays them out.
  const int64_t stride = columns > 16 ? (columns + 15) / 16 * 16 : columns;
  return add({Storage::Workspace, type, -1, columns, stride, 0, 0, 0, 0});
}

int64_t Recorder::scalar() { return add({Storage::Workspace, Type::Float64, 1, 1, 1, 0, 1, 0, 0}); }

int64_t Recorder::panels(int64_t rows, int64_t columns, int64_t panel) {
  const int64_t elements = (rows + panel - 1) / panel * panel * columns;
  return add({Storage::Workspace, Type::Float32, rows, columns, columns, panel, elements, 0, 0});
}

int64_t Recorder::parameter(int64_t rows, int64_t columns, int64_t panel) {
  const int64_t elements = panel > 0 ? (rows + panel - 1) / panel * panel * columns : rows * columns;
  const int64_t offset = arenaElements_;
  arenaElements_ += (elements + 15) / 16 * 16;
  return add({Storage::Parameter, Type::Float32, rows, columns, columns, panel, elements, offset, 0});
}

int64_t Recorder::like(int64_t parameter, Storage storage, int64_t slot) {
  TensorSpec spec = specs_[parameter];
  spec.storage = storage;
  spec.slot = slot;
  return add(spec);
}

int64_t Recorder::wholeArena(Storage storage, int64_t slot) {
  return add({storage, Type::Float32, 1, arenaElements_, arenaElements_, 0, arenaElements_, 0, slot});
}

int64_t Recorder::data(int64_t slot, int64_t columns, Type type, bool whole) {
  return add({whole ? Storage::WholeData : Storage::Data, type, -1, columns, columns, 0, 0, 0, slot});
}

int64_t Recorder::order() { return add({Storage::Order, Type::Int32, -1, 1, 1, 0, 0, 0, 0}); }

int64_t Recorder::accumulator() {
  const int64_t offset = accumulators_;
  accumulators_ += 2;
  return add({Storage::Accumulator, Type::Float64, 1, 2, 2, 0, 2, offset, 0});
}

void Recorder::call(KernelId kernel, const std::vector<Argument>& arguments, const std::string& label) {
  calls.push_back(static_cast<double>(kernel));
  calls.push_back(static_cast<double>(arguments.size()));
  for (const Argument& argument : arguments) {
    calls.push_back(static_cast<double>(argument.form));
    calls.push_back(argument.value);
  }
  labels.push_back(label);
}

std::shared_ptr<const Program> Recorder::program(Program::Calls check) const {
  return std::make_shared<const Program>(tensors.data(), static_cast<int64_t>(tensors.size()), calls.data(),
                                         static_cast<int64_t>(calls.size()), labels, expressions.data(),
                                         static_cast<int64_t>(expressions.size()), check);
}

}  // namespace test
}  // namespace deepblas
