#pragma once

#include <dlfcn.h>

#include <initializer_list>

namespace mercer::cuda {

/// A library that is used where there is one: found in the process or by the loader, and never linked, so that the
/// program starts without it. Never closed: at the end of the process the driver may be gone first.
class Library {
 public:
  /// `symbol` tells whether it is in the process already.
  Library(std::initializer_list<const char*> names, const char* symbol)
      : found_(dlsym(RTLD_DEFAULT, symbol) != nullptr), handle_(RTLD_DEFAULT) {
    for (const char* name : names) {
      if (found_) return;
      handle_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
      found_ = handle_ != nullptr;
    }
  }

  bool found() const { return found_; }

  /// False, and null, when it has no such function.
  template <class Function>
  bool find(Function& function, const char* name) const {
    function = reinterpret_cast<Function>(dlsym(handle_, name));
    return function != nullptr;
  }

 private:
  bool found_;
  void* handle_;  // dlopen's, or dlsym's name for the process
};

}  // namespace mercer::cuda
