#include "core/thread_start.h"

#include <atomic>
#include <cstdlib>
#include <exception>
#include <thread>
#include <utility>

namespace deepblas {

namespace {

std::atomic<int>& threadsLeft() {
  static std::atomic<int> left{[] {
    const char* text = std::getenv("DEEPBLAS_TEST_THREAD_LIMIT");
    return text == nullptr || *text == '\0' ? -1 : std::atoi(text);
  }()};
  return left;
}

bool mayStart() {
  std::atomic<int>& left = threadsLeft();
  int seen = left.load();
  while (seen > 0 && !left.compare_exchange_weak(seen, seen - 1)) continue;
  return seen != 0;
}

}  // namespace

bool startThread(std::function<void()> body) noexcept {
  if (!mayStart()) return false;
  try {
    std::thread(std::move(body)).detach();
    return true;
  } catch (const std::exception&) {
    // std::system_error where the limit is reached, std::bad_alloc where there is no memory for one.
    return false;
  }
}

void limitThreads(int most) { threadsLeft().store(most); }

}  // namespace deepblas
