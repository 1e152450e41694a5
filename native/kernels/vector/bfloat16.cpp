// Dense layers with products of bfloat16 operands, for fits of that precision (docs/math/bfloat16.md): by the processor's
// instruction where it has one, else by the same steps in float32, with the same bits.
#include "kernels/vector/bfloat16_products.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {

namespace {

template <typename Form>
void enterProducts(KernelSet& set) {
  set[KernelId::Bfloat16Forward] = {bfloat16ForwardAxes, bfloat16Forward<Form>, bfloat16ForwardCost};
  set[KernelId::Bfloat16BackwardInput] = {bfloat16InputAxes, bfloat16BackwardInput<Form>, bfloat16InputCost};
  set[KernelId::Bfloat16BackwardWeight] = {
      bfloat16WeightAxes, bfloat16BackwardWeight<Form>, bfloat16WeightCost,
      completesWeight<at::bfloat16BackwardWeight::weightGradient, at::bfloat16BackwardWeight::biasGradient>};
}

}  // namespace

void registerBfloat16(KernelSet& set) {
  set[KernelId::RoundRows] = {roundRowsAxes, roundRows, roundRowsCost};
  set[KernelId::RoundRowPairs] = {roundRowPairsAxes, roundRowPairs, roundRowPairsCost};
  set[KernelId::RoundWeight] = {roundWeightAxes, roundWeight, roundWeightCost};
  set[KernelId::RoundWeightTransposed] = {roundTransposedAxes, roundTransposed, roundTransposedCost};
#if defined(DEEPBLAS_BFLOAT16_INSTRUCTION)
  if (set.bfloat16ByInstruction) return enterProducts<ByInstruction>(set);
#endif
  set.bfloat16ByInstruction = false;
  enterProducts<Emulated>(set);
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
