#include "binding/memory_holder.h"

#include <algorithm>
#include <vector>

#include "binding/environment.h"

namespace deepblas {

namespace {

// All holders are looked at when this much, and this part of what they hold, was added since the last look: the time for
// it stays small beside that for the memory.
constexpr int64_t kLeastBetweenLooks = int64_t{16} << 20, kPartBetweenLooks = 8;

// Also from destructors that a finalizer runs, which nothing may leave.
void tellCollector(napi_env env, int64_t bytes) noexcept {
  int64_t inAll = 0;
  napi_adjust_external_memory(env, bytes, &inAll);
}

}  // namespace

void HeldMemory::add(Napi::Env env, MemoryHolder* holder) {
  holders_.insert(holder);
  held_ += holder->bytes();
  addedSinceLook_ += holder->bytes();
  if (addedSinceLook_ < std::max(kLeastBetweenLooks, held_ / kPartBetweenLooks)) return;
  addedSinceLook_ = 0;
  giveUpCollected(env);
}

void HeldMemory::remove(MemoryHolder* holder) noexcept {
  if (holders_.erase(holder) > 0) held_ -= holder->bytes();
}

void HeldMemory::giveUpCollected(Napi::Env env) {
  std::vector<MemoryHolder*> collected;
  for (MemoryHolder* holder : holders_) {
    const Napi::HandleScope scope(env);
    if (holder->isCollected()) collected.push_back(holder);
  }
  for (MemoryHolder* holder : collected) {
    holder->letGo(env);
    holder->giveUp();
  }
}

MemoryHolder::~MemoryHolder() { letGo(env_); }

void MemoryHolder::hold(Napi::Env env, int64_t bytes) {
  env_ = env;
  bytes_ = bytes;
  all_ = Environment::of(env).heldMemory;
  tellCollector(env, bytes);
  all_->add(env, this);
}

void MemoryHolder::letGo(napi_env env) noexcept {
  if (!all_) return;
  all_->remove(this);
  all_.reset();
  tellCollector(env, -bytes_);
  bytes_ = 0;
}

}  // namespace deepblas
