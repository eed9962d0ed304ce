#include "training/parameter_values.hpp"

#include <algorithm>
#include <utility>

namespace mercer {

std::vector<Tensor> copied(const Parameters& parameters) {
  std::vector<Tensor> values;
  for (const Parameter& p : parameters)
    values.push_back(p.variable.value());
  return values;
}

void copy_values(const Parameters& from, std::vector<Tensor>& to) {
  for (std::size_t p = 0; p < to.size(); ++p) {
    const Tensor& value = from[p].variable.value();
    copy_bytes(to[p].data(), to[p].device(), value.data(), value.device(),
               static_cast<std::size_t>(value.size()) * sizeof(Real));
  }
}

void set(const Parameters& parameters, std::vector<Tensor> values) {
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    Variable x = parameters[p].variable;
    x.mutable_value() = std::move(values[p]);
  }
}

bool on_device(const Parameters& parameters) {
  const auto there = [](const Parameter& p) { return p.variable.device().is_cuda(); };
  return !parameters.empty() && std::ranges::all_of(parameters, there);
}

bool all_finite(const Parameters& parameters) {
  const auto finite = [](const Parameter& p) { return all_finite(p.variable.value().to(Device::cpu)); };
  return std::ranges::all_of(parameters, finite);
}

std::string first_not_finite(const Parameters& parameters) {
  for (const Parameter& p : parameters)
    if (!all_finite(p.variable.value().to(Device::cpu)))
      return "; the first value that isn't finite: parameter " + p.name;
  for (const Parameter& p : parameters)
    if (p.variable.has_grad() && !all_finite(p.variable.grad().to(Device::cpu)))
      return "; the first value that isn't finite: gradient of parameter " + p.name;
  return "; all parameters are finite";
}

}  // namespace mercer
