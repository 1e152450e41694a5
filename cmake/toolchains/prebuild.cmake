# Compiles for one target of scripts/prebuildify.mjs: DEEPBLAS_TOOLS names a folder with cc, c++, ar and ranlib for it,
# DEEPBLAS_TARGET_SYSTEM and DEEPBLAS_TARGET_ARCH what they compile for, in CMake's words.
foreach(name DEEPBLAS_TOOLS DEEPBLAS_TARGET_SYSTEM DEEPBLAS_TARGET_ARCH)
  if(NOT DEFINED ENV{${name}})
    message(FATAL_ERROR "${name} is not set: scripts/prebuildify.mjs sets it.")
  endif()
endforeach()
set(CMAKE_SYSTEM_NAME "$ENV{DEEPBLAS_TARGET_SYSTEM}")
set(CMAKE_SYSTEM_PROCESSOR "$ENV{DEEPBLAS_TARGET_ARCH}")
foreach(language C CXX)
  set(CMAKE_${language}_COMPILER_AR "$ENV{DEEPBLAS_TOOLS}/ar")
  set(CMAKE_${language}_COMPILER_RANLIB "$ENV{DEEPBLAS_TOOLS}/ranlib")
endforeach()
set(CMAKE_C_COMPILER "$ENV{DEEPBLAS_TOOLS}/cc")
set(CMAKE_CXX_COMPILER "$ENV{DEEPBLAS_TOOLS}/c++")
set(CMAKE_AR "$ENV{DEEPBLAS_TOOLS}/ar")
set(CMAKE_RANLIB "$ENV{DEEPBLAS_TOOLS}/ranlib")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)

# Threads are part of every C library here, or of Windows; CMake would look for them by running what it cannot link.
set(CMAKE_HAVE_LIBC_PTHREAD TRUE)

if(CMAKE_SYSTEM_NAME STREQUAL "Darwin")
  # Where there is no Xcode; nothing is installed, so nothing is renamed.
  set(CMAKE_INSTALL_NAME_TOOL true)
  set(CMAKE_OSX_SYSROOT "")
  set(CMAKE_SHARED_MODULE_CREATE_CXX_FLAGS "-shared")
endif()
