#pragma once

#include "backend/operator.hpp"

namespace mercer {

/// A function of one backend. Refuses operands on other devices, whose addresses are invalid there.
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
    const TimedOperator timed(name(), device_);
    return function_(std::forward<Operands>(operands)...);
  }

 private:
  /// The name in errors. A gradient is a lambda, so the operator is named instead.
  const char* name() const {
    const bool nameless = std::string_view(op_).starts_with("operator()");
    return nameless && operator_in_backward != nullptr ? operator_in_backward : op_;
  }

  const char* op_;
  Device device_;
  Result (*function_)(Operands...);
};

/// The function for the operands' device: select(x.device(), cpu::attend, cuda::attend)(x, y). Errors name the calling
/// function.
template <class Result, class... Operands>
Selected<Result, Operands...> select(Device device, Result (*on_cpu)(Operands...), Result (*on_cuda)(Operands...),
                                     const char* op = __builtin_FUNCTION()) {
  return {op, device, device.is_cpu() ? on_cpu : on_cuda};
}

}  // namespace mercer
