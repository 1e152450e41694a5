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

# The functions of Node-API for Windows, where a module cannot leave names open: loaded.cpp looks each one up when the addon
# is loaded. Their names are those of the .def files that come with Node's headers.
function(deepblas_add_host_functions target)
  set(functions "")
  foreach(folder ${DEEPBLAS_NODE_HEADERS})
    foreach(file js_native_api.def node_api.def)
      foreach(path "${folder}/${file}" "${folder}/../def/${file}")
        if(EXISTS "${path}")
          file(STRINGS "${path}" names REGEX "^(napi|node_api)_")
          list(APPEND functions ${names})
        endif()
      endforeach()
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES functions)
  if(NOT functions)
    message(FATAL_ERROR "No js_native_api.def and node_api.def of the package node-api-headers: they name Node's functions.")
  endif()
  set(text "")
  set(index 0)
  foreach(name ${functions})
    string(APPEND text "HOST_FUNCTION(${index}, ${name})\n")
    math(EXPR index "${index} + 1")
  endforeach()
  file(GENERATE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/generated/host_functions.inc" CONTENT "${text}")
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/generated")
  # Not from another DLL: calls need no table of imports.
  target_compile_definitions(${target} PRIVATE NAPI_EXTERN=)
endfunction()

file(GLOB DEEPBLAS_BINDING_SOURCES CONFIGURE_DEPENDS native/binding/*.cpp)
add_library(deepblas MODULE ${DEEPBLAS_BINDING_SOURCES} ${CMAKE_JS_SRC})
set_target_properties(deepblas PROPERTIES PREFIX "" SUFFIX ".node")
target_include_directories(deepblas SYSTEM PRIVATE ${DEEPBLAS_NODE_HEADERS})
# While a worker ends nothing can be thrown into it any more: an error of then is let go, not the end of the process.
target_compile_definitions(deepblas PRIVATE NAPI_VERSION=8 NODE_ADDON_API_CPP_EXCEPTIONS_ALL NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS)
# Called once a chunk, and not once a row: smaller code rather than faster. Of a file, since the settings' -O3 comes behind
# the target's own options.
set_source_files_properties(${DEEPBLAS_BINDING_SOURCES} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:-Os>")
deepblas_use_core(deepblas)
target_link_libraries(deepblas PRIVATE ${CMAKE_JS_LIB})

include(CheckLinkerFlag)
if(APPLE)
  target_link_options(deepblas PRIVATE -undefined dynamic_lookup)
  # Linkers other than Apple's may lack these; what we compile is hidden without them.
  foreach(option -dead_strip -x "-exported_symbol,_napi_register_module_*"
      "-exported_symbol,_node_api_module_get_api_version_*")
    string(MAKE_C_IDENTIFIER "DEEPBLAS_LINKS_WITH${option}" known)
    check_linker_flag(CXX "-Wl,${option}" ${known})
    if(${known})
      target_link_options(deepblas PRIVATE "$<$<CONFIG:Release>:-Wl,${option}>")
    endif()
  endforeach()
elseif(WIN32)
  # The functions of Node are those of the program that loads the addon, whatever its name: node.exe, electron.exe, bun.exe.
  deepblas_add_host_functions(deepblas)
  target_link_options(deepblas PRIVATE -Wl,--gc-sections $<$<CONFIG:Release>:-s>)
else()
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
    # Neither OpenBLAS nor the C++ runtime may meet another addon's copy in the same process.
    "-Wl,--version-script=${DEEPBLAS_EXPORTS}"
    -Wl,-Bsymbolic
    # Threads of ours may still run when Node unloads the addon with a worker: the code must stay mapped.
    -Wl,-z,nodelete
    $<$<CONFIG:Release>:-Wl,-s>)
  # What an archive has, whatever it says of its symbols; zig's linker lacks it, and needs none beside the script above.
  check_linker_flag(CXX "-Wl,--exclude-libs,ALL" DEEPBLAS_LINKS_WITH_EXCLUDE_LIBS)
  if(DEEPBLAS_LINKS_WITH_EXCLUDE_LIBS)
    target_link_options(deepblas PRIVATE -Wl,--exclude-libs,ALL)
  endif()
endif()
