// What happens when the addon is loaded where Linux's linker does it all: Windows and macOS.

#if defined(_WIN32)

#include <windows.h>

#include <initializer_list>

// Each function of Node-API jumps to what stands in this table. Symbols, not calls: their arguments are no matter of ours.
extern "C" {
void* deepblas_host_functions[] = {
#define HOST_FUNCTION(index, name) nullptr,
#include "host_functions.inc"
#undef HOST_FUNCTION
};
}

asm(".text\n"
#define HOST_FUNCTION(index, name) ".globl " #name "\n" #name ": jmpq *deepblas_host_functions+8*" #index "(%rip)\n"
#include "host_functions.inc"
#undef HOST_FUNCTION
);

namespace {

const char* const hostNames[] = {
#define HOST_FUNCTION(index, name) #name,
#include "host_functions.inc"
#undef HOST_FUNCTION
};

// The program itself, or the library that Node is in where the program only starts it.
HMODULE host() {
  const HMODULE program = GetModuleHandleW(nullptr);
  if (GetProcAddress(program, "napi_create_function") != nullptr) return program;
  for (const wchar_t* name : {L"node.dll", L"libnode.dll", L"node.exe"}) {
    const HMODULE library = GetModuleHandleW(name);
    if (library != nullptr && GetProcAddress(library, "napi_create_function") != nullptr) return library;
  }
  return program;
}

__attribute__((constructor)) void findHostFunctions() {
  const HMODULE from = host();
  for (size_t i = 0; i < sizeof hostNames / sizeof hostNames[0]; ++i) {
    deepblas_host_functions[i] = reinterpret_cast<void*>(GetProcAddress(from, hostNames[i]));
  }
}

// Threads of ours may still run when Node unloads the addon with a worker: the code must stay mapped.
__attribute__((constructor)) void stayLoaded() {
  HMODULE ours;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                     reinterpret_cast<const wchar_t*>(&stayLoaded), &ours);
}

}  // namespace

#elif defined(__APPLE__)

#include <dlfcn.h>

namespace {

// As -z nodelete does on Linux.
__attribute__((constructor)) void stayLoaded() {
  Dl_info ours;
  if (dladdr(reinterpret_cast<const void*>(&stayLoaded), &ours) != 0) {
    dlopen(ours.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  }
}

}  // namespace

#endif
