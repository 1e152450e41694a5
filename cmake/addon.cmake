# The Node addon: deepblas.node, a module that Node loads.

# Headers: cmake-js names them, scripts/build-native.mjs names them, or they are the devDependencies'.
set(DEEPBLAS_NODE_HEADERS ${DEEPBLAS_NODE_INCLUDES} ${CMAKE_JS_INC})
if(NOT DEEPBLAS_NODE_HEADERS)
  foreach(package node-api-headers node-addon-api)
    execute_process(
      COMMAND node -p "require('${package}').include_dir"
      WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
      OUTPUT_VARIABLE folder
      RESULT_VARIABLE failed
      OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(failed)
      message(FATAL_ERROR "No headers of ${package}: run `npm ci --ignore-scripts` in ${CMAKE_CURRENT_SOURCE_DIR}, "
        "or pass -DDEEPBLAS_ADDON=OFF to build without the addon.")
    endif()
    get_filename_component(folder "${folder}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
    list(APPEND DEEPBLAS_NODE_HEADERS "${folder}")
  endforeach()
endif()

file(GLOB DEEPBLAS_BINDING_SOURCES CONFIGURE_DEPENDS native/binding/*.cpp)
add_library(deepblas MODULE ${DEEPBLAS_BINDING_SOURCES} ${CMAKE_JS_SRC})
set_target_properties(deepblas PROPERTIES PREFIX "" SUFFIX ".node")
target_include_directories(deepblas SYSTEM PRIVATE ${DEEPBLAS_NODE_HEADERS})
# While a worker ends nothing can be thrown into it any more: an error of then is let go, not the end of the process.
target_compile_definitions(deepblas PRIVATE NAPI_VERSION=8 NODE_ADDON_API_CPP_EXCEPTIONS_ALL NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS)
deepblas_use_core(deepblas)
target_link_libraries(deepblas PRIVATE ${CMAKE_JS_LIB})

if(APPLE)
  target_link_options(deepblas PRIVATE
    -undefined dynamic_lookup
    -Wl,-dead_strip
    -Wl,-exported_symbol,_napi_register_module_*
    -Wl,-exported_symbol,_node_api_module_get_api_version_*
    $<$<CONFIG:Release>:-Wl,-x>)
else()
  include(CheckLinkerFlag)
  # One binary for many systems: the C++ runtime comes along, where the system has it as an archive. A sanitizer wants the
  # runtime that it has seen start.
  foreach(library libstdc++ libgcc)
    check_linker_flag(CXX "-static-${library}" DEEPBLAS_HAS_STATIC_${library})
    if(DEEPBLAS_HAS_STATIC_${library} AND NOT DEEPBLAS_SANITIZE)
      target_link_options(deepblas PRIVATE "-static-${library}")
    endif()
  endforeach()
  set(DEEPBLAS_EXPORTS "${CMAKE_CURRENT_SOURCE_DIR}/cmake/addon.map")
  set_target_properties(deepblas PROPERTIES LINK_DEPENDS "${DEEPBLAS_EXPORTS}")
  target_link_options(deepblas PRIVATE
    -Wl,--gc-sections
    "-Wl,--version-script=${DEEPBLAS_EXPORTS}"
    # Neither OpenBLAS nor the C++ runtime may meet another addon's copy in the same process.
    -Wl,--exclude-libs,ALL
    -Wl,-Bsymbolic
    # Threads of ours may still run when Node unloads the addon with a worker: the code must stay mapped.
    -Wl,-z,nodelete
    $<$<CONFIG:Release>:-Wl,-s>)
endif()
