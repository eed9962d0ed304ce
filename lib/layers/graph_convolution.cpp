#include "mercer/layers/graph_convolution.hpp"

#include "mercer/attention/attend.hpp"
#include "mercer/base/check.hpp"
#include "mercer/layers/edge_facts.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {

GraphConvolution::GraphConvolution(GraphConvolutionOptions given, Random& random)
    : options(given),
      weight(glorot_uniform(given.in, given.out, random)),
      bias(given.bias ? zeros(1, given.out) : Variable()) {}

Output GraphConvolution::operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const {
  expect("GraphConvolution", {{"columns of x", x.columns(), options.in}});
  const Variable v = neighbourhood.sources(matmul(dropout(x, pass.dropout(options.input_dropout)), weight));
  refuse_other_facts("GraphConvolution", neighbourhood, {.weights = true});
  AttendOptions by{.normaliser = Normaliser::symmetric};
  if (neighbourhood.facts().weight)
    by = {.normaliser = Normaliser::none, .edge_weight = symmetric_weights("GraphConvolution", neighbourhood)};
  const Variable y = attend(neighbourhood, Constant{}, Variable(), Variable(), v, by);
  return {bias ? add_bias(y, bias) : y};
}

Parameters GraphConvolution::parameters(const std::string& prefix) const {
  return named(prefix, {{"weight", weight}, {"bias", bias}});
}

}  // namespace mercer
