# Builds for arm64 Linux on another machine, with Debian's or Ubuntu's cross compiler:
#   dpkg --add-architecture arm64 && apt-get update
#   apt-get install g++-aarch64-linux-gnu libopenblas-serial-dev:arm64
#   PREBUILD_ARCH=arm64 PREBUILD_STRIP_BIN=aarch64-linux-gnu-strip \
#     CMAKE_TOOLCHAIN_FILE=$PWD/cmake/toolchains/aarch64-linux-gnu.cmake npm run prebuildify
# DEEPBLAS_ARM64_ROOT can name a folder with an arm64 system (a chroot) to take OpenBLAS from.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

if(DEFINED ENV{DEEPBLAS_ARM64_ROOT})
  list(APPEND CMAKE_FIND_ROOT_PATH "$ENV{DEEPBLAS_ARM64_ROOT}")
endif()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
