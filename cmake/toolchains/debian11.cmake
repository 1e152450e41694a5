# Compiles with Debian 11's g++ 10 and C library on a newer Debian, so that the addon runs on systems as old as
# glibc 2.31 (2020). DEEPBLAS_SYSROOT names the folder that scripts/build-sysroot.mjs made.
set(CMAKE_SYSROOT "$ENV{DEEPBLAS_SYSROOT}")
if(NOT CMAKE_SYSROOT)
  message(FATAL_ERROR "DEEPBLAS_SYSROOT is not set: it must name the folder that scripts/build-sysroot.mjs prints.")
endif()
set(CMAKE_C_COMPILER "${CMAKE_SYSROOT}/usr/bin/gcc-10")
set(CMAKE_CXX_COMPILER "${CMAKE_SYSROOT}/usr/bin/g++-10")
