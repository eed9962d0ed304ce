#pragma once
// cudaLaunchKernelEx: the arguments are copied, checked and handed to the stream with the kernel.

#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "simt/runtime/driver_types.hpp"

namespace simt {

/// The bytes of one kernel argument in the parameter space.
struct Argument {
  const void* bytes;
  std::size_t size, alignment;
  bool is_pointer;   // if false, it may still contain pointers, for example in a struct of views
  bool has_garbage;  // has padding between its members
};

struct Launch {
  const void* kernel = nullptr;
  cudaLaunchConfig_t config{};
  void (*body)(const void*) = nullptr;    // runs one thread
  std::shared_ptr<const void> arguments;  // the argument of body
};

/// Throws Fault for a configuration that no GPU runs, and for a pointer that its device can't follow.
/// The caller keeps no share of the arguments: another thread may run the kernel and free them, in code that
/// ThreadSanitizer doesn't see.
cudaError_t launch(Launch launch, std::span<const Argument> arguments);

/// Sets the padding between the members to zero, if the compiler can.
template <class T>
Argument describe(T& argument) {
  static_assert(std::is_trivially_copyable_v<T>, "a kernel's argument is copied as bytes");
#if __has_builtin(__builtin_clear_padding)
  __builtin_clear_padding(&argument);
  constexpr bool has_garbage = false;
#else
  constexpr bool has_garbage = !std::has_unique_object_representations_v<T>;
#endif
  return {&argument, sizeof argument, alignof(T), std::is_pointer_v<T>, has_garbage};
}

template <class Call>
void run_call(const void* call) {
  (*static_cast<const Call*>(call))();
}

}  // namespace simt

template <class... Parameters, class... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                               Arguments&&... arguments) {
  static_assert((!std::is_reference_v<Parameters> && ...), "a kernel takes its arguments by value");
  return [&](Parameters... coerced) {
    const std::vector<simt::Argument> described{simt::describe(coerced)...};
    // not a tuple: g++ 12 treats a lambda inside a tuple as not trivially copyable
    const auto call = [kernel, coerced...] { kernel(coerced...); };
    using Call = std::remove_cv_t<decltype(call)>;
    return simt::launch(
        {reinterpret_cast<const void*>(kernel), *config, &simt::run_call<Call>, std::make_shared<const Call>(call)},
        described);
  }(std::forward<Arguments>(arguments)...);
}
