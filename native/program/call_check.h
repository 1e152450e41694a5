// Holds a recorded call against the kernel table, once per program: a kernel trusts its arguments, and a call that a user's
// layer has recorded may have any.
#pragma once

#include "program/program.h"

namespace deepblas {

// Throws ERR_DEEPBLAS_SHAPE for a tensor, ERR_DEEPBLAS_ARGUMENT for a number with which the kernel would leave its memory,
// or write what it still has to read. The message names the call's label, the kernel and the argument.
void checkCall(const Program& program, const CallSpec& call);

}  // namespace deepblas
