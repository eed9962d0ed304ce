#pragma once

#include <ranges>
#include <string>
#include <string_view>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// Throws ValueError unless an operand is where the others are.
inline void expect_device(const char* op, Device got, Device want) {
  if (got == want) return;
  const auto name = [](Device device) { return std::string(device == Device::cpu ? "cpu" : "cuda"); };
  // the way back is a lambda: its own name says nothing
  const char* in_words = std::string_view(op).starts_with("operator()") ? "backward" : op;
  throw ValueError("[" + std::string(in_words) + "] operands on different devices: got " + name(got) + ", want " +
                   name(want));
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
