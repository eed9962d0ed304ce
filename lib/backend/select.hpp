#pragma once

#include <ranges>
#include <string>
#include <string_view>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// The operator whose gradient this thread works out, null otherwise.
inline thread_local const char* operator_going_back = nullptr;

/// While alive, this thread works out the gradient of `op`.
class GoingBack {
 public:
  explicit GoingBack(const char* op) : before_(std::exchange(operator_going_back, op)) {}
  ~GoingBack() { operator_going_back = before_; }
  GoingBack(const GoingBack&) = delete;
  GoingBack& operator=(const GoingBack&) = delete;

 private:
  const char* before_;
};

/// Throws ValueError unless an operand is where the others are.
inline void expect_device(const char* op, Device got, Device want) {
  if (got == want) return;
  const auto name = [](Device device) { return std::string(device == Device::cpu ? "cpu" : "cuda"); };
  // a gradient is a lambda: its own name says nothing
  const bool nameless = std::string_view(op).starts_with("operator()") && operator_going_back != nullptr;
  throw ValueError("[" + std::string(nameless ? operator_going_back : op) + "] operands on different devices: got " +
                   name(got) + ", want " + name(want));
}

/// A function of one backend. Refuses operands that are on another device: it would take their addresses for its own.
template <class Result, class... Operands>
class Selected {
 public:
  Selected(const char* op, Device device, Result (*function)(Operands...))
      : op_(op), device_(device), function_(function) {}

  Result operator()(Operands... operands) const {
    (check(operands), ...);
    return function_(std::forward<Operands>(operands)...);
  }

 private:
  template <class T>
  void check(const T& x) const {
    if constexpr (requires { x.each_view([](const auto&) {}); }) {
      x.each_view([this](const auto& view) { this->check(view); });
    } else if constexpr (std::ranges::range<const T>) {
      for (const auto& each : x)
        check(each);
    } else if constexpr (requires { x.data; }) {
      if (x.data != nullptr) expect_device(op_, x.device, device_);  // no data: an operand that is absent
    } else if constexpr (requires { x.device(); }) {
      expect_device(op_, x.device(), device_);
    } else if constexpr (requires { x.device; }) {
      expect_device(op_, x.device, device_);
    }
  }

  const char* op_;
  Device device_;
  Result (*function_)(Operands...);
};

/// The function of the device on which the operands are: select(x.device(), cpu::elu, cuda::elu)(x, y). What it throws
/// names the function that calls.
template <class Result, class... Operands>
Selected<Result, Operands...> select(Device device, Result (*on_cpu)(Operands...), Result (*on_cuda)(Operands...),
                                     const char* op = __builtin_FUNCTION()) {
  return {op, device, device == Device::cpu ? on_cpu : on_cuda};
}

}  // namespace mercer
