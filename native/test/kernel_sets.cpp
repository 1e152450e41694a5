#include "kernel_sets.h"

namespace deepblas {
namespace test {

const std::vector<const KernelSet*>& testedSets() {
  static const std::vector<const KernelSet*> sets = [] {
    std::vector<const KernelSet*> found;
    for (Isa isa : runnableIsas()) found.push_back(&kernelSet(isa));
    if (emulatedAvx512()) found.push_back(emulatedAvx512());
    return found;
  }();
  return sets;
}

}  // namespace test
}  // namespace deepblas
