// Runs the tests: deepblas_test [part of a test's or file's name, or -part of one to leave out ...]
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>
#include <vector>

#include "test.h"

namespace deepblas {
namespace test {

namespace {

struct Entry {
  std::string file, name;
  void (*body)();
};

std::vector<Entry>& entries() {
  static std::vector<Entry> all;
  return all;
}

std::vector<std::string>& contexts() {
  static std::vector<std::string> all;
  return all;
}

std::vector<std::string>& reports() {
  static std::vector<std::string> all;
  return all;
}

int failures = 0;  // of the running test

std::string baseName(const char* path) {
  const char* slash = std::strrchr(path, '/');
  return slash ? slash + 1 : path;
}

bool wanted(const Entry& entry, int argumentCount, char** arguments) {
  const std::string name = entry.file + " " + entry.name;
  bool named = false, anyNamed = false;
  for (int i = 1; i < argumentCount; ++i) {
    const bool leavesOut = arguments[i][0] == '-';
    const bool matches = name.find(arguments[i] + leavesOut) != std::string::npos;
    if (leavesOut && matches) return false;
    anyNamed = anyNamed || !leavesOut;
    named = named || (!leavesOut && matches);
  }
  return named || !anyNamed;
}

void runOne(const Entry& entry) {
  try {
    entry.body();
  } catch (const Error& error) {
    fail(entry.file.c_str(), 0, text("threw ", error.code(), ": ", error.what()));
  } catch (const std::exception& error) {
    fail(entry.file.c_str(), 0, text("threw ", error.what()));
  }
}

}  // namespace

Registration::Registration(const char* file, const char* name, void (*body)()) {
  entries().push_back({baseName(file), name, body});
}

Context::Context(std::string line) { contexts().push_back(std::move(line)); }
Context::~Context() { contexts().pop_back(); }

void fail(const char* file, int line, const std::string& message) {
  constexpr int kShown = 6;
  if (++failures > kShown) return;
  std::printf("  %s:%d: %s\n", baseName(file).c_str(), line, message.c_str());
  for (const std::string& context : contexts()) std::printf("    in %s\n", context.c_str());
  if (failures == kShown) std::printf("  (further failures of this test are not shown)\n");
}

void checkClose(const char* file, int line, const char* what, double actual, double expected, double tolerance) {
  if (std::isnan(expected) ? std::isnan(actual) : actual == expected || std::fabs(actual - expected) <= tolerance)
    return;
  char message[320];
  const float asFloat = std::fabs(static_cast<float>(expected));
  const double ulp = static_cast<double>(std::nextafter(asFloat, INFINITY)) - asFloat;
  std::snprintf(message, sizeof message, "%s: %.9g is not %.9g: off by %.3g (%.3g relative, %.3g float32 ulp), at most %.3g",
                what, actual, expected, std::fabs(actual - expected), std::fabs(actual / expected - 1),
                std::fabs(actual - expected) / ulp, tolerance);
  fail(file, line, message);
}

void checkThrows(const char* file, int line, const std::function<void()>& body, const std::string& code,
                 const std::string& part) {
  try {
    body();
  } catch (const Error& error) {
    if (code != error.code() || std::string(error.what()).find(part) == std::string::npos)
      fail(file, line, text("threw ", error.code(), " \"", error.what(), "\", not ", code, " with \"", part, "\""));
    return;
  }
  fail(file, line, text("did not throw ", code, " with \"", part, "\""));
}

void report(const std::string& line) { reports().push_back(line); }

}  // namespace test
}  // namespace deepblas

int main(int argumentCount, char** arguments) {
  using namespace deepblas::test;
  struct PerFile {
    int passed = 0, failed = 0;
    double seconds = 0;
  };
  std::map<std::string, PerFile> files;
  int passed = 0, failed = 0;
  for (const Entry& entry : entries()) {
    if (!wanted(entry, argumentCount, arguments)) continue;
    const auto start = std::chrono::steady_clock::now();
    failures = 0;
    runOne(entry);
    PerFile& file = files[entry.file];
    file.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    ++(failures == 0 ? file.passed : file.failed);
    ++(failures == 0 ? passed : failed);
    if (failures > 0) std::printf("FAILED %s: %s (%d checks)\n", entry.file.c_str(), entry.name.c_str(), failures);
    std::fflush(stdout);
  }
  for (const std::string& line : reports()) std::printf("%s\n", line.c_str());
  for (const auto& [name, file] : files)
    std::printf("%-28s %3d passed %3d failed %7.2f s\n", name.c_str(), file.passed, file.failed, file.seconds);
  std::printf("cpp: %d passed, %d failed\n", passed, failed);
  // A filter that matches nothing has tested nothing.
  return failed == 0 && passed > 0 ? 0 : 1;
}
