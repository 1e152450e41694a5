# Instruction sets: each source in native/kernels/vector and native/kernels/lanes is compiled once per set, with
# DEEPBLAS_ISA as its namespace; the core chooses one set when the addon is loaded. Nothing else may be compiled with these
# flags, or the addon would crash on a machine without the instructions.

set(DEEPBLAS_TARGET_PROCESSOR "${CMAKE_SYSTEM_PROCESSOR}")
if(APPLE AND CMAKE_OSX_ARCHITECTURES)
  list(GET CMAKE_OSX_ARCHITECTURES 0 DEEPBLAS_TARGET_PROCESSOR)
endif()

# The object library deepblas_vector_<name>: the sources once more, in a namespace of that name.
macro(deepblas_add_vector_sources settings name)
  add_library(deepblas_vector_${name} OBJECT ${DEEPBLAS_VECTOR_SOURCES})
  target_link_libraries(deepblas_vector_${name} PRIVATE ${settings})
  target_compile_definitions(deepblas_vector_${name} PRIVATE DEEPBLAS_ISA=${name})
  target_compile_options(deepblas_vector_${name} PRIVATE ${ARGN})
endmacro()

# Names the sets in DEEPBLAS_ISA_TARGETS (their object libraries) and DEEPBLAS_ISA_DEFINITIONS (DEEPBLAS_HAS_AVX2 ...).
macro(deepblas_add_instruction_set settings name)
  string(TOUPPER "${name}" DEEPBLAS_ISA_UPPER)
  deepblas_add_vector_sources(${settings} ${name} ${ARGN})
  list(APPEND DEEPBLAS_ISA_TARGETS deepblas_vector_${name})
  list(APPEND DEEPBLAS_ISA_DEFINITIONS DEEPBLAS_HAS_${DEEPBLAS_ISA_UPPER}=1)
endmacro()

macro(deepblas_add_instruction_sets settings)
  file(GLOB DEEPBLAS_VECTOR_SOURCES CONFIGURE_DEPENDS native/kernels/vector/*.cpp native/kernels/lanes/*.cpp)
  if(DEEPBLAS_TARGET_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    deepblas_add_instruction_set(${settings} baseline -march=x86-64)
    if(NOT DEEPBLAS_BASELINE_ONLY)
      deepblas_add_instruction_set(${settings} avx2 -march=x86-64 -mavx2 -mfma)
      deepblas_add_instruction_set(${settings} avx512
        -march=x86-64 -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma -mprefer-vector-width=512)
    endif()
  elseif(DEEPBLAS_TARGET_PROCESSOR MATCHES "^(aarch64|arm64)$")
    deepblas_add_instruction_set(${settings} neon)
  else()
    message(FATAL_ERROR "deepblas knows x86-64 and arm64, not ${DEEPBLAS_TARGET_PROCESSOR}.")
  endif()
endmacro()
