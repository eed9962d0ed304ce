#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "backend/cuda/compare.hpp"
#include "backend/cuda/lane_orders.hpp"
#include "mercer/device/device.hpp"
#include "support/functions/function_case.hpp"

namespace mercer::test {
namespace {

/// The value, then the gradient of each operand.
std::vector<Tensor> value_and_gradients(const FunctionCase& f, const std::vector<Tensor>& operands, Device device) {
  std::vector<Variable> x;
  for (const Tensor& operand : operands)
    x.emplace_back(operand.to(device), true);
  Variable y = f.run(x);
  y.backward(random_tensor(y.rows(), y.columns(), 8).to(device));
  std::vector<Tensor> all{y.value().to(Device::cpu)};
  for (const Variable& each : x)
    all.push_back(each.grad().to(Device::cpu));
  return all;
}

void check_on_both(const FunctionCase& f, const std::vector<Tensor>& operands, Closeness closeness) {
  CAPTURE(f.name);
  const std::vector<Tensor> want = value_and_gradients(f, operands, Device::cpu);
  for_each_lane_order([&] {
    const std::vector<Tensor> got = value_and_gradients(f, operands, Device::cuda);
    for (std::size_t n = 0; n < want.size(); ++n)
      CHECK(difference(got[n], want[n], closeness) == "");
  });
  release_unused_memory();  // the machine checks every allocated block
}

/// Every fifth value a special one.
void make_special(Tensor& x, std::size_t first) {
  const Real values[] = {0, Real(-0.0), 1, -1, 30, -30, 90, -90, infinity, -infinity, std::nanf("")};
  for (std::size_t n = first; n < x.values().size(); n += 5)
    x.values()[n] = values[n / 5 % 11];
}

}  // namespace

TEST_SUITE("cuda = cpu" * doctest::skip(!device_present())) {
  TEST_CASE("every function, and its gradient") {
    for (const FunctionCase& f : all_functions())
      for (const Index n : {0, 1, 7, 8, 9, 31, 32, 33, 65})
        check_on_both(f, f.operands(n), Closeness::whole);
  }
  TEST_CASE("functions of each entry, of special values") {
    for (const FunctionCase& f : all_functions()) {
      if (!f.elementwise) continue;
      std::vector<Tensor> operands = f.operands(33);
      for (std::size_t k = 0; k < operands.size(); ++k)
        make_special(operands[k], k);
      const bool cancels = f.name == std::string("gelu");  // below 0 it is a difference of numbers near 1
      check_on_both(f, operands, cancels ? Closeness::whole : Closeness::each_value);
    }
  }
}

}  // namespace mercer::test
