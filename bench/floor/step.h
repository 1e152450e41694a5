// The least that a training step of a fully connected net can cost with OpenBLAS: its matrix products and one pass of the
// optimizer over all parameters. No activation, no loss, no bias, no gather.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace deepblas {
namespace floor {

struct StepOptions {
  std::vector<int64_t> sizes;  // inputs, units of each layer
  int64_t batch = 1;
  bool adam = true;
  int64_t members = 1;  // nets of this architecture, each with its own parameters and batch
  int threads = 1;
};

// Chooses for each product the layout of the weight, the number of threads and the axis to split.
class Step {
 public:
  explicit Step(const StepOptions& options);
  ~Step();
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

  // Seconds of all products and the optimizer in a row, measured for about so long.
  double measure(double seconds) const;
  // What was chosen and what each part took by itself, as JSON.
  std::string description() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace floor
}  // namespace deepblas
