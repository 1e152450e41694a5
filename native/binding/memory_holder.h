// Native memory that stands behind JavaScript objects. The garbage collector is told of it. It collects the objects at
// any time, but Node runs their finalizers only between turns of the event loop: a loop that makes data sets or models
// without such a turn would keep the memory of all of them. So what collected objects held is given up here, whenever
// more is taken.
#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <unordered_set>

namespace deepblas {

class MemoryHolder;

// Those of one environment: used on its thread only.
class HeldMemory {
 public:
  void add(Napi::Env env, MemoryHolder* holder);
  void remove(MemoryHolder* holder) noexcept;

 private:
  void giveUpCollected(Napi::Env env);

  std::unordered_set<MemoryHolder*> holders_;
  int64_t held_ = 0, addedSinceLook_ = 0;  // bytes
};

// What a handle derives from beside Napi::ObjectWrap.
class MemoryHolder {
 public:
  virtual ~MemoryHolder();
  int64_t bytes() const { return bytes_; }

 protected:
  // Once the memory is there.
  void hold(Napi::Env env, int64_t bytes);
  // Before the memory goes; nothing where none is held. The destructor does so too, also while the environment ends: the
  // handles have no finalizers of their own, which Node would call with nobody to catch what they throw.
  void letGo(napi_env env) noexcept;

 private:
  friend class HeldMemory;
  virtual bool isCollected() const = 0;  // whether the JavaScript object is gone
  virtual void giveUp() = 0;             // frees the memory of an object that is gone, before its finalizer

  std::shared_ptr<HeldMemory> all_;  // null while nothing is held; outlives the environment
  napi_env env_ = nullptr;
  int64_t bytes_ = 0;
};

}  // namespace deepblas
