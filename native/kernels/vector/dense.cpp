// Dense layers: x · weightᵀ + bias with the activation in the epilogue, and both products of the way back.
//
// In GEMM's words (Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008; BLIS):
// depth = K, depth block = KC (kDepthBlock), row block = MC (kRowBlock), tile rows = MR (tileRows), panel = NR.
//
// A small or middling layer runs on our register tiles, which read what they multiply in place; a large one on those too, on
// register tiles that read packed rows (dense_blocked.h), or on OpenBLAS; a layer of few outputs runs on
// dot products, with the lanes along the inputs. The layer's shape and the instruction set alone choose (weightPanel), so
// neither the members of a population nor the threads change the order of arithmetic; on our tiles, neither does the batch
// size.
#include "kernels/vector/dense_forward.h"
#include "kernels/vector/dense_input_gradient.h"
#include "kernels/vector/dense_layout.h"
#include "kernels/vector/dense_weight_gradient.h"
#include "kernels/vector/register.h"

namespace deepblas {
namespace DEEPBLAS_ISA {

void registerDense(KernelSet& set) {
  set.weightPanel = weightPanel;
  set.registerPanel = registerPanel;
  set.turnsWeight = [](int64_t inputs, int64_t outputs) {
    const int64_t panel = weightPanel(inputs, outputs);
    return !byBlas(panel) && !byRows(panel) && !isLarge(inputs, outputs);
  };
  set.usesBlas = [](int64_t panel) { return byBlas(panel); };
  set[KernelId::DenseForward] = {memberForwardAxes, memberForward, memberForwardCost};
  set[KernelId::TransposeWeight] = {transposeAxes, transpose, transposeCost};
  set[KernelId::DenseBackwardInput] = {memberInputAxes, memberBackwardInput, memberInputCost};
  set[KernelId::DenseBackwardWeight] = {
      weightAxes, backwardWeight, weightCost,
      completesWeight<at::denseBackwardWeight::weightGradient, at::denseBackwardWeight::biasGradient>};
}

}  // namespace DEEPBLAS_ISA
}  // namespace deepblas
