// A small test harness. TEST(name) { ... } enters a test; a failed CHECK is printed with the rows of CONTEXT around it
// and the test goes on. CHECK belongs to the test's own thread.
#pragma once

#include <cstdint>
#include <functional>
#include <sstream>
#include <string>

#include "core/error.h"

namespace deepblas {
namespace test {

struct Registration {
  Registration(const char* file, const char* name, void (*body)());
};

// A line that explains where a failure happened, for as long as the object lives.
class Context {
 public:
  explicit Context(std::string text);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

void fail(const char* file, int line, const std::string& message);
void checkClose(const char* file, int line, const char* what, double actual, double expected, double tolerance);
void checkThrows(const char* file, int line, const std::function<void()>& body, const std::string& code,
                 const std::string& part);

// Printed after all tests: what was measured rather than judged.
void report(const std::string& line);

template <typename... Parts>
std::string text(const Parts&... parts) {
  std::ostringstream stream;
  (stream << ... << parts);
  return stream.str();
}

template <typename Actual, typename Expected>
void checkEqual(const char* file, int line, const char* what, const Actual& actual, const Expected& expected) {
  if (!(actual == expected)) fail(file, line, text(what, ": ", actual, " is not ", expected));
}

}  // namespace test
}  // namespace deepblas

#define DEEPBLAS_JOIN_(a, b) a##b
#define DEEPBLAS_JOIN(a, b) DEEPBLAS_JOIN_(a, b)

#define TEST(name)                                                                                            \
  static void DEEPBLAS_JOIN(testBody, __LINE__)();                                                            \
  static const ::deepblas::test::Registration DEEPBLAS_JOIN(testEntry, __LINE__)(__FILE__, name,              \
                                                                                 DEEPBLAS_JOIN(testBody, __LINE__)); \
  static void DEEPBLAS_JOIN(testBody, __LINE__)()

#define CONTEXT(...) const ::deepblas::test::Context DEEPBLAS_JOIN(context, __LINE__)(::deepblas::test::text(__VA_ARGS__))

#define CHECK(condition)                                                          \
  do {                                                                            \
    if (!(condition)) ::deepblas::test::fail(__FILE__, __LINE__, #condition);     \
  } while (false)
#define CHECK_EQUAL(actual, expected) ::deepblas::test::checkEqual(__FILE__, __LINE__, #actual, actual, expected)
// |actual - expected| <= tolerance, and NaN only where NaN is expected.
#define CHECK_CLOSE(actual, expected, tolerance) \
  ::deepblas::test::checkClose(__FILE__, __LINE__, #actual, actual, expected, tolerance)
// The body throws deepblas::Error with this code and a message that contains this part.
#define CHECK_THROWS(body, code, part) ::deepblas::test::checkThrows(__FILE__, __LINE__, [&] { body; }, code, part)
