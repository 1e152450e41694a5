# The library that multiplies large matrices: the target deepblas_blas, with the definitions DEEPBLAS_BLAS_<NAME>, which
# chooses a source in native/blas, and DEEPBLAS_BLAS_KIND, which says how it was found.

set(names openblas blis mkl accelerate)
if(NOT DEEPBLAS_BLAS IN_LIST names)
  message(FATAL_ERROR "DEEPBLAS_BLAS: expected one of openblas, blis, mkl, accelerate but received \"${DEEPBLAS_BLAS}\".")
endif()
string(TOUPPER "${DEEPBLAS_BLAS}" name)
add_library(deepblas_blas INTERFACE)
target_compile_definitions(deepblas_blas INTERFACE "DEEPBLAS_BLAS_${name}")

# `library` is what to link, `include` the folder of the header, both found; otherwise `advice` says what to install.
function(deepblas_use_blas library include advice)
  if(NOT library OR NOT include)
    message(FATAL_ERROR "${DEEPBLAS_BLAS} was not found. ${advice}")
  endif()
  set(kind "shared")
  if(library MATCHES "\\${CMAKE_STATIC_LIBRARY_SUFFIX}$")
    set(kind "static")
  endif()
  message(STATUS "BLAS: ${DEEPBLAS_BLAS}, ${kind}, ${library}")
  target_include_directories(deepblas_blas SYSTEM INTERFACE "${include}")
  target_compile_definitions(deepblas_blas INTERFACE "DEEPBLAS_BLAS_KIND=\"${kind}\"")
  target_link_libraries(deepblas_blas INTERFACE "${library}")
endfunction()

if(DEEPBLAS_BLAS STREQUAL "openblas")
  include(cmake/openblas.cmake)
elseif(DEEPBLAS_BLAS STREQUAL "blis")
  # The serial build first: our own threads are many already. Static before shared: nothing is needed of a user's system.
  set(folders "${DEEPBLAS_BLIS_ROOT}" "$ENV{DEEPBLAS_BLIS_ROOT}")
  find_library(DEEPBLAS_BLIS_LIBRARY NAMES libblis.a blis HINTS ${folders}
    PATH_SUFFIXES lib lib64 blis-serial blis-pthread blis-openmp)
  find_path(DEEPBLAS_BLIS_INCLUDE NAMES blis.h HINTS ${folders}
    PATH_SUFFIXES include include/blis blis blis-serial blis-pthread blis-openmp)
  deepblas_use_blas("${DEEPBLAS_BLIS_LIBRARY}" "${DEEPBLAS_BLIS_INCLUDE}"
    "Install it (Debian, Ubuntu: libblis-serial-dev; Fedora: blis-devel), or pass -DDEEPBLAS_BLIS_ROOT=<folder with lib and include>.")
elseif(DEEPBLAS_BLAS STREQUAL "mkl")
  set(folders "$ENV{MKLROOT}" /opt/intel/oneapi/mkl/latest)
  find_library(DEEPBLAS_MKL_LIBRARY NAMES mkl_rt HINTS ${folders} PATH_SUFFIXES lib lib/intel64)
  find_path(DEEPBLAS_MKL_INCLUDE NAMES mkl_cblas.h HINTS ${folders} PATH_SUFFIXES include mkl)
  deepblas_use_blas("${DEEPBLAS_MKL_LIBRARY}" "${DEEPBLAS_MKL_INCLUDE}"
    "Install it (Debian non-free, Ubuntu: intel-mkl; Intel's own: intel-oneapi-mkl-devel), or set MKLROOT to its folder.")
else()
  if(NOT APPLE)
    message(FATAL_ERROR "DEEPBLAS_BLAS=accelerate: Accelerate is a part of macOS; this is ${CMAKE_SYSTEM_NAME}.")
  endif()
  target_compile_definitions(deepblas_blas INTERFACE DEEPBLAS_BLAS_KIND="framework" ACCELERATE_NEW_LAPACK)
  target_link_libraries(deepblas_blas INTERFACE "-framework Accelerate")
endif()
if(NOT WIN32)
  target_link_libraries(deepblas_blas INTERFACE m)
endif()
