#pragma once

#include "backend/operator.hpp"

namespace mercer {

/// A function of one backend. Refuses operands that are on another device: it would take their addresses for its own.
template <class Result, class... Operands>
class Selected {
 public:
  Selected(const char* op, Device device, Result (*function)(Operands...))
      : op_(op), device_(device), function_(function) {}

  Result operator()(Operands... operands) const {
    const auto check = [this](Device here, bool present) {
      if (present) expect_device(name(), here, device_);
    };
    (visit_devices(operands, check), ...);
    const UseDevice on(device_);
    return function_(std::forward<Operands>(operands)...);
  }

 private:
  /// A gradient is a lambda: its own name says nothing.
  const char* name() const {
    const bool nameless = std::string_view(op_).starts_with("operator()");
    return nameless && operator_going_back != nullptr ? operator_going_back : op_;
  }

  const char* op_;
  Device device_;
  Result (*function_)(Operands...);
};

/// The function of the device on which the operands are: select(x.device(), cpu::attend, cuda::attend)(x, y). What it
/// throws names the function that calls.
template <class Result, class... Operands>
Selected<Result, Operands...> select(Device device, Result (*on_cpu)(Operands...), Result (*on_cuda)(Operands...),
                                     const char* op = __builtin_FUNCTION()) {
  return {op, device, device.is_cpu() ? on_cpu : on_cuda};
}

}  // namespace mercer
