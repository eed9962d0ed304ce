#include "training/named_tensors.hpp"

#include <set>
#include <string>

#include "mercer/base/check.hpp"

namespace mercer {

void require_distinct_names(const Parameters& parameters, const char* op) {
  std::set<std::string> names;
  for (const Parameter& p : parameters) {
    require(!p.name.empty(), op, "a parameter has no name");
    require(p.variable.defined(), op, "parameter " + p.name + " has no value");
    require(names.insert(p.name).second, op, "two parameters are named " + p.name);
  }
}

NamedTensors by_name(const Parameters& parameters, const std::vector<Tensor>& tensors) {
  NamedTensors named;
  for (std::size_t p = 0; p < tensors.size(); ++p)
    named.emplace(parameters[p].name, tensors[p].to(Device::cpu));
  return named;
}

std::vector<Tensor> in_order(const char* op, const Parameters& parameters, const NamedTensors& named) {
  require(
      named.size() == parameters.size(), op,
      "the state has " + std::to_string(named.size()) + " parameters, the model " + std::to_string(parameters.size()));
  std::vector<Tensor> values;
  for (const auto& [name, variable, decays, penalty] : parameters) {
    const auto entry = named.find(name);
    require(entry != named.end(), op, "the state has no parameter " + name);
    const Tensor& x = entry->second;
    require(x.rows() == variable.rows() && x.columns() == variable.columns(), op,
            "parameter " + name + " of the state: got " + std::to_string(x.rows()) + " x " +
                std::to_string(x.columns()) + ", want " + std::to_string(variable.rows()) + " x " +
                std::to_string(variable.columns()));
    values.push_back(x.to(variable.device()));
  }
  return values;
}

}  // namespace mercer
