// Rows that one thread writes while another already reads the first of them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace deepblas {

class ArrivingRows {
 public:
  // The first `rows` rows are there, and may be read.
  void arrived(int64_t rows) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      rows_ = rows;
    }
    change_.notify_all();
  }

  void waitFor(int64_t rows) {
    std::unique_lock<std::mutex> lock(mutex_);
    change_.wait(lock, [&] { return rows_ >= rows; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable change_;
  int64_t rows_ = 0;
};

}  // namespace deepblas
