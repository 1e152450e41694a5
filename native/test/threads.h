// The pool's number of threads, for as long as the object lives.
#pragma once

#include "core/thread_pool.h"

namespace deepblas {
namespace test {

class Threads {
 public:
  explicit Threads(int count) : before_(ThreadPool::instance().threads()) { ThreadPool::instance().setThreads(count); }
  ~Threads() { ThreadPool::instance().setThreads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};

}  // namespace test
}  // namespace deepblas
