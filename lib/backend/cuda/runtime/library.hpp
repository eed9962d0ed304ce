#pragma once

#include <dlfcn.h>

#include <initializer_list>

namespace mercer::cuda {

/// An optional library. It is loaded at run time, or found in the process, and never linked, so that the program starts
/// without it. Never closed: at the end of the process the driver may be unloaded first.
class Library {
 public:
  /// `symbol` is one of its functions: if the process has it, nothing is loaded.
  Library(std::initializer_list<const char*> names, const char* symbol)
      : found_(dlsym(RTLD_DEFAULT, symbol) != nullptr), handle_(RTLD_DEFAULT) {
    for (const char* name : names) {
      if (found_) return;
      handle_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
      found_ = handle_ != nullptr;
    }
  }

  bool found() const { return found_; }

  /// Sets `function`; to null, and returns false, when the library has no such function.
  template <class Function>
  bool find(Function& function, const char* name) const {
    function = reinterpret_cast<Function>(dlsym(handle_, name));
    return function != nullptr;
  }

 private:
  bool found_;
  void* handle_;  // from dlopen, or dlsym's handle of the process
};

}  // namespace mercer::cuda
