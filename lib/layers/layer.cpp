#include "mercer/layers/layer.hpp"

#include "mercer/base/check.hpp"

namespace mercer {

Parameters named(const std::string& prefix, std::initializer_list<Parameter> parameters) {
  Parameters present;
  for (const Parameter& p : parameters)
    if (p.variable.defined()) present.push_back({prefix + p.name, p.variable, p.decays, p.row_penalty});
  return present;
}

void expect_input(const char* layer, const Neighbourhood& neighbourhood, const Input& x, Index in) {
  expect(layer, {{"columns of x", x.columns(layer), in},
                 {"rows of x (one for each source)", x.rows(layer), neighbourhood.columns()}});
}

void append(Parameters& to, const Parameters& more) { to.insert(to.end(), more.begin(), more.end()); }

}  // namespace mercer
