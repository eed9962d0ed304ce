#include "mercer/layers/graph_convolution.hpp"

#include "mercer/attention/attend.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"
#include "mercer/layers/edge_facts.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {

GraphConvolution::GraphConvolution(GraphConvolutionOptions given, Random& random)
    : options(given),
      weight(glorot_uniform(given.in, given.out, random)),
      bias(given.bias ? zeros(1, given.out) : Variable()) {
  expect_at_least_one("GraphConvolution", "out", given.out);
}

Output GraphConvolution::operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const {
  expect_input("GraphConvolution", neighbourhood, x, options.in);
  const Variable v =
      neighbourhood.sources(matmul(neighbourhood.dropout(x, pass.dropout(options.input_dropout)), weight));
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

SageConvolution::SageConvolution(GraphConvolutionOptions given, Random& random)
    : options(given),
      weight(glorot_uniform(given.in, given.out, random)),
      own(glorot_uniform(given.in, given.out, random)),
      bias(given.bias ? zeros(1, given.out) : Variable()) {
  expect_at_least_one("SageConvolution", "out", given.out);
}

Output SageConvolution::operator()(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  expect_input("SageConvolution", neighbourhood, given, options.in);
  refuse_other_facts("SageConvolution", neighbourhood);
  const Input x = neighbourhood.dropout(given, pass.dropout(options.input_dropout));
  const Variable v = neighbourhood.sources(matmul(x, weight));  // means of x W are (mean of x) W
  const Variable mean =
      attend(neighbourhood, Constant{}, Variable(), Variable(), v, {.normaliser = Normaliser::degree});
  const Variable y = add(mean, matmul(neighbourhood.targets(x), own));
  return {bias ? add_bias(y, bias) : y};
}

Parameters SageConvolution::parameters(const std::string& prefix) const {
  return named(prefix, {{"weight", weight}, {"own", own}, {"bias", bias}});
}

GraphIsomorphism::GraphIsomorphism(GraphIsomorphismOptions given, Random& random)
    : options(given),
      weight(glorot_uniform(given.in, given.hidden.value_or(given.out), random)),
      bias(given.bias ? zeros(1, given.hidden.value_or(given.out)) : Variable()),
      epsilon(Tensor::filled(1, 1, given.epsilon), given.learn_epsilon),
      output({.in = given.hidden.value_or(given.out), .out = given.out, .bias = given.bias}, random) {
  expect_at_least_one("GraphIsomorphism", "hidden", weight.columns());
}

Output GraphIsomorphism::operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const {
  expect_input("GraphIsomorphism", neighbourhood, x, options.in);
  refuse_other_facts("GraphIsomorphism", neighbourhood, {.weights = true});
  const Variable z =
      matmul(neighbourhood.dropout(x, pass.dropout(options.input_dropout)), weight);  // sums of x W are (Σ x) W
  const Variable neighbours = attend(neighbourhood, Constant{}, Variable(), Variable(), neighbourhood.sources(z),
                                     {.normaliser = Normaliser::none, .edge_weight = neighbourhood.facts().weight});
  const Variable own = scale_heads(neighbourhood.targets(z), shift(epsilon, 1));
  const Variable all = add(own, neighbours);
  return {output(relu(bias ? add_bias(all, bias) : all))};
}

Parameters GraphIsomorphism::parameters(const std::string& prefix) const {
  Parameters all = named(prefix, {{"weight", weight}, {"bias", bias}, {"epsilon", epsilon, false}});
  append(all, output.parameters(prefix + "output."));
  return all;
}

}  // namespace mercer
