// What differs between the libraries that can multiply: one of openblas.cpp, blis.cpp, mkl.cpp and accelerate.cpp is
// compiled, as cmake/blas.cmake says. Their products are all called by the names of CBLAS.
#pragma once

#if defined(DEEPBLAS_BLAS_ACCELERATE)
#include <Accelerate/Accelerate.h>
#elif defined(DEEPBLAS_BLAS_MKL)
#include <mkl_cblas.h>
#else
#include <cblas.h>
#endif

namespace deepblas {
namespace blas {

// Called before every product: the first time it tells the library to use no threads of its own, which hang when the
// process forks, and ours are many already. Returns whether only one thread at a time may be in the library.
bool prepareLibrary();

}  // namespace blas
}  // namespace deepblas
