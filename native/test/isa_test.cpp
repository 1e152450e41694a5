#include "core/isa.h"

#include <cstdlib>

#include "kernels/kernels.h"
#include "test.h"

namespace deepblas {
namespace test {

namespace {

// DEEPBLAS_ISA for as long as the object lives.
class Wanted {
 public:
  explicit Wanted(const char* name) : before_(std::getenv("DEEPBLAS_ISA") ? std::getenv("DEEPBLAS_ISA") : "") {
    setenv("DEEPBLAS_ISA", name, 1);
  }
  ~Wanted() { setenv("DEEPBLAS_ISA", before_.c_str(), 1); }

 private:
  std::string before_;
};

}  // namespace

TEST("the best instruction set is chosen unless one is named") {
  CHECK(!runnableIsas().empty());
  {
    const Wanted none("");
    CHECK(chosenIsa() == runnableIsas().back());
  }
  for (Isa isa : runnableIsas()) {
    const Wanted wanted(isaName(isa));
    CHECK(chosenIsa() == isa);
    CHECK_EQUAL(std::string(kernelSet(isa).name), isaName(isa));
  }
}

TEST("an instruction set that cannot run is an error that lists those that can") {
  const Wanted wanted("mmx");
  CHECK_THROWS(chosenIsa(), "ERR_DEEPBLAS_ARGUMENT", isaName(runnableIsas().back()));
  CHECK_THROWS(chosenIsa(), "ERR_DEEPBLAS_ARGUMENT", "mmx");
}

TEST("every kernel of every set is there") {
  for (Isa isa : runnableIsas()) {
    for (int id = 0; id < kKernelCount; ++id) {
      CONTEXT(isaName(isa), " ", kKernelInfo[id].name);
      const Kernel& kernel = kernelSet(isa).kernels[id];
      CHECK(kernel.axes && kernel.execute && kernel.nanoseconds);
    }
  }
}

}  // namespace test
}  // namespace deepblas
