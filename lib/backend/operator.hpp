#pragma once

#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>

#include "backend/capture.hpp"
#include "base/device_memory.hpp"
#include "base/timed.hpp"
#include "mercer/base/buffer.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/types.hpp"

namespace mercer {

/// The operator whose gradient this thread computes, null otherwise.
inline thread_local const char* operator_in_backward = nullptr;

/// While an object exists, this thread computes the gradient of `op`.
class InBackward {
 public:
  explicit InBackward(const char* op) : before_(std::exchange(operator_in_backward, op)) {}
  ~InBackward() { operator_in_backward = before_; }
  InBackward(const InBackward&) = delete;
  InBackward& operator=(const InBackward&) = delete;

 private:
  const char* before_;
};

/// Throws ValueError unless an operand is on the device of the others.
inline void expect_device(const char* op, Device got, Device want) {
  if (numbered(got) == numbered(want)) return;
  throw ValueError("[" + std::string(op) + "] operands on different devices: got " + name_of(got) + ", want " +
                   name_of(want));
}

/// The time of one call of an operator. On a device the profile waits for it: an error of the device is left to the
/// call that would meet it without a profile.
class TimedOperator {
 public:
  TimedOperator(const char* name, Device device) : on_cuda_(device.is_cuda()), timed_(Profile::Kind::op, name) {}
  ~TimedOperator() {
    if (profile_of_thread != nullptr && on_cuda_) [[unlikely]]
      wait();
  }
  TimedOperator(const TimedOperator&) = delete;
  TimedOperator& operator=(const TimedOperator&) = delete;

 private:
  static void wait() noexcept {
    try {
      wait_for_device();
    } catch (const DeviceError&) {
      return;
    }
  }

  bool on_cuda_;
  Timed timed_;
};

/// Calls visit(device, present) for every operand that can be on a device; present is false for one without data.
template <class T, class Visit>
void visit_devices(const T& x, Visit&& visit) {
  if constexpr (requires { x.each_view([](const auto&) {}); }) {
    x.each_view([&](const auto& view) { visit_devices(view, visit); });
  } else if constexpr (std::ranges::range<const T>) {
    for (const auto& each : x)
      visit_devices(each, visit);
  } else if constexpr (requires { x.data; }) {
    visit(x.device, x.data != nullptr);
  } else if constexpr (requires { x.device(); }) {
    visit(x.device(), true);
  } else if constexpr (requires { x.device; }) {
    visit(x.device, true);
  }
}

/// A function of every backend, such as op::elu(x, y). It runs on the device of its first operand and refuses operands
/// on other devices, whose addresses are invalid there. Errors name the calling function.
template <class Table, class Result, class... Operands>
class Operator {
 public:
  constexpr Operator(const char* name, Result (*Table::*function)(Operands...)) : name_(name), function_(function) {}

  Result operator()(Operands... operands, const char* caller = __builtin_FUNCTION()) const {
    std::optional<Device> device, empty;
    const auto check = [&](Device here, bool present) {
      auto& first = present ? device : empty;
      if (!first) first = here;
      if (present && here != *device) expect_device(name_for(caller), here, *device);
    };
    (visit_devices(operands, check), ...);
    const Device where = device.value_or(empty.value_or(Device::cpu));
    const UseDevice on(where);
    const TimedOperator timed(name_, where);
    const Table& table = Table::of(where);
    return (table.*function_)(std::forward<Operands>(operands)...);
  }

 private:
  /// The name in errors. A gradient is a lambda, so the operator is named instead.
  const char* name_for(const char* caller) const {
    if (!std::string_view(caller).starts_with("operator()")) return caller;
    return operator_in_backward != nullptr ? operator_in_backward : name_;
  }

  const char* name_;
  Result (*Table::*function_)(Operands...);
};

}  // namespace mercer
