#include "mercer/layers/layer.hpp"

namespace mercer {

Parameters named(const std::string& prefix, std::initializer_list<Parameter> parameters) {
  Parameters present;
  for (const auto& [name, variable, decays] : parameters)
    if (variable.defined()) present.push_back({prefix + name, variable, decays});
  return present;
}

void append(Parameters& to, const Parameters& more) { to.insert(to.end(), more.begin(), more.end()); }

}  // namespace mercer
