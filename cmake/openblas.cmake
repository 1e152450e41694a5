# Finds OpenBLAS for the target deepblas_blas, which also tells the sources what was found (DEEPBLAS_BLAS_KIND, such as
# "static serial").
#
# The serial build comes first: OpenBLAS's own thread pool deadlocks with fork, slows small products down and would
# fight with ours. Static comes before shared, so that the addon needs nothing of the user's system.
#
# Each candidate is "kind|library|folder of cblas.h".

set(DEEPBLAS_OPENBLAS_CANDIDATES "")
set(DEEPBLAS_OPENBLAS_OWN TRUE)
if(NOT DEEPBLAS_OPENBLAS_ROOT OR DEEPBLAS_OPENBLAS_ROOT STREQUAL "system")
  set(DEEPBLAS_OPENBLAS_OWN FALSE)
endif()

if(DEEPBLAS_OPENBLAS_OWN)
  # A build of one's own, scripts/prebuild/openblas.mjs's or another: it says itself whether it has threads.
  set(DEEPBLAS_OPENBLAS_THREADING "serial")
  if(EXISTS "${DEEPBLAS_OPENBLAS_ROOT}/include/openblas_config.h")
    file(STRINGS "${DEEPBLAS_OPENBLAS_ROOT}/include/openblas_config.h" threaded REGEX "define OPENBLAS_SMP")
    if(threaded)
      set(DEEPBLAS_OPENBLAS_THREADING "threaded")
    endif()
  endif()
  foreach(folder lib lib64)
    list(APPEND DEEPBLAS_OPENBLAS_CANDIDATES
      "static ${DEEPBLAS_OPENBLAS_THREADING}|${DEEPBLAS_OPENBLAS_ROOT}/${folder}/libopenblas.a|${DEEPBLAS_OPENBLAS_ROOT}/include"
      "shared ${DEEPBLAS_OPENBLAS_THREADING}|${DEEPBLAS_OPENBLAS_ROOT}/${folder}/libopenblas${CMAKE_SHARED_LIBRARY_SUFFIX}|${DEEPBLAS_OPENBLAS_ROOT}/include")
  endforeach()
else()
  set(triplet "${CMAKE_LIBRARY_ARCHITECTURE}")
  foreach(linkage static shared)
    if(linkage STREQUAL "static")
      set(suffix .a)
    else()
      set(suffix "${CMAKE_SHARED_LIBRARY_SUFFIX}")
    endif()
    # Debian and Ubuntu: a folder per threading.
    foreach(threading serial pthread openmp)
      list(APPEND DEEPBLAS_OPENBLAS_CANDIDATES
        "${linkage} ${threading}|/usr/lib/${triplet}/openblas-${threading}/libopenblas${suffix}|/usr/include/${triplet}/openblas-${threading}")
    endforeach()
    # Fedora and its relatives: a letter per threading.
    foreach(letter_threading "=serial" "p=pthread" "o=openmp")
      string(REPLACE "=" ";" pair "${letter_threading}")
      list(GET pair 0 letter)
      list(GET pair 1 threading)
      list(APPEND DEEPBLAS_OPENBLAS_CANDIDATES
        "${linkage} ${threading}|/usr/lib64/libopenblas${letter}${suffix}|/usr/include/openblas")
    endforeach()
    # Homebrew, Arch, Alpine, and what was installed by hand: the threading is not known from the path.
    foreach(prefix /opt/homebrew/opt/openblas /usr/local/opt/openblas /opt/OpenBLAS /usr/local /usr)
      foreach(include "${prefix}/include" "${prefix}/include/openblas")
        list(APPEND DEEPBLAS_OPENBLAS_CANDIDATES "${linkage}|${prefix}/lib/libopenblas${suffix}|${include}")
      endforeach()
    endforeach()
  endforeach()
endif()

# A cross build's libraries lie under the toolchain's root, or beside the host's own by their triplet.
set(DEEPBLAS_OPENBLAS_PREFIXES ${CMAKE_FIND_ROOT_PATH} ${CMAKE_SYSROOT})
if(NOT CMAKE_SYSROOT OR NOT CMAKE_CROSSCOMPILING)
  list(APPEND DEEPBLAS_OPENBLAS_PREFIXES "/")
endif()
if(DEEPBLAS_OPENBLAS_OWN)
  set(DEEPBLAS_OPENBLAS_PREFIXES "/")
endif()

set(DEEPBLAS_OPENBLAS_KIND "")
foreach(prefix ${DEEPBLAS_OPENBLAS_PREFIXES})
  foreach(candidate ${DEEPBLAS_OPENBLAS_CANDIDATES})
    string(REPLACE "|" ";" parts "${candidate}")
    list(GET parts 0 kind)
    list(GET parts 1 library)
    list(GET parts 2 include)
    if(NOT prefix STREQUAL "/")
      string(PREPEND library "${prefix}")
      string(PREPEND include "${prefix}")
    endif()
    # An archive for another processor can lie in a folder that names none.
    if(CMAKE_CROSSCOMPILING AND prefix STREQUAL "/" AND NOT DEEPBLAS_OPENBLAS_OWN AND NOT library MATCHES "/${CMAKE_LIBRARY_ARCHITECTURE}/")
      continue()
    endif()
    if(EXISTS "${library}" AND EXISTS "${include}/cblas.h")
      set(DEEPBLAS_OPENBLAS_KIND "${kind}")
      set(DEEPBLAS_OPENBLAS_LIBRARY "${library}")
      set(DEEPBLAS_OPENBLAS_INCLUDE "${include}")
      break()
    endif()
  endforeach()
  if(DEEPBLAS_OPENBLAS_KIND)
    break()
  endif()
endforeach()

if(NOT DEEPBLAS_OPENBLAS_KIND)
  message(FATAL_ERROR
    "OpenBLAS was not found. Install it with your system's package manager (Debian, Ubuntu: libopenblas-serial-dev; "
    "Fedora: openblas-devel openblas-static; Arch: openblas; Homebrew: openblas), or build it and pass "
    "-DDEEPBLAS_OPENBLAS_ROOT=<folder with lib/libopenblas.a and include/cblas.h>.")
endif()
message(STATUS "OpenBLAS: ${DEEPBLAS_OPENBLAS_KIND}, ${DEEPBLAS_OPENBLAS_LIBRARY}")

target_include_directories(deepblas_blas SYSTEM INTERFACE "${DEEPBLAS_OPENBLAS_INCLUDE}")
target_compile_definitions(deepblas_blas INTERFACE "DEEPBLAS_BLAS_KIND=\"${DEEPBLAS_OPENBLAS_KIND}\"")
target_link_libraries(deepblas_blas INTERFACE "${DEEPBLAS_OPENBLAS_LIBRARY}")
# An archive's calls of its buffer table go through native/blas/buffers.cpp, which says why, unless it has a lock itself. A
# shared library's cannot: native/blas/gemm.cpp lets only one thread at a time into a serial one.
if(DEEPBLAS_OPENBLAS_LOCKED)
  target_compile_definitions(deepblas_blas INTERFACE DEEPBLAS_OPENBLAS_GUARDED)
elseif(DEEPBLAS_OPENBLAS_KIND MATCHES "^static" AND NOT APPLE)
  target_compile_definitions(deepblas_blas INTERFACE DEEPBLAS_OPENBLAS_GUARDED DEEPBLAS_OPENBLAS_WRAPPED)
  target_link_options(deepblas_blas INTERFACE
    -Wl,--wrap=blas_memory_alloc
    -Wl,--wrap=blas_memory_free)
endif()
if(DEEPBLAS_OPENBLAS_KIND MATCHES "openmp")
  find_package(OpenMP REQUIRED)
  target_link_libraries(deepblas_blas INTERFACE OpenMP::OpenMP_CXX)
endif()
