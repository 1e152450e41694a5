// A native error carries the code that TypeScript gives to the user's error object.
#pragma once

#include <stdexcept>
#include <string>

namespace deepblas {

class Error : public std::runtime_error {
 public:
  Error(const char* code, const std::string& message) : std::runtime_error(message), code_(code) {}
  const char* code() const { return code_; }

 private:
  const char* code_;
};

// What TypeScript has promised; broken, it is a defect of ours and must not become a crash.
inline void require(bool promise, const char* message) {
  if (!promise) throw Error("ERR_DEEPBLAS_INTERNAL", std::string("native contract broken: ") + message);
}

}  // namespace deepblas
