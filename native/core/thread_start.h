// Starts threads where the system gives some: a container's limit on processes, or on memory, may give none.
#pragma once

#include <functional>

namespace deepblas {

// Runs `body` on a thread of its own that nobody waits for. False where the system gives no thread, and never throws:
// the caller does the work itself then.
bool startThread(std::function<void()> body) noexcept;

// For tests: how many threads startThread gives from now on before it gives no more; -1 for as many as the system does.
// DEEPBLAS_TEST_THREAD_LIMIT sets it when the process starts.
void limitThreads(int most);

}  // namespace deepblas
