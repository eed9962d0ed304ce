#include "mercer/layers/frobenius_attention.hpp"

#include <variant>

#include "layers/sums.hpp"
#include "mercer/attention/attend_linear.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

Linear projection_of(const AttentionLayerOptions& layer, Random& random) {
  return Linear({.in = layer.in, .out = layer.heads * layer.width}, random);
}

/// 1 / ‖x‖_F, [1, 1]; of zeros a large number, times which they stay zeros.
Variable inverse_norm(const Variable& x) {
  constexpr Real tiny = Real(1e-24);
  return exp(scale(log(shift(sum(multiply(x, x)), tiny)), Real(-0.5)));
}

/// x [n, h] repeated over the columns of each head, [n, h*d].
Variable over_columns(const Variable& x, Index width) {
  const Index heads = x.columns();
  Tensor copy(heads, heads * width);
  for (Index h = 0; h < heads; ++h)
    for (Index c = 0; c < width; ++c)
      copy(h, h * width + c) = 1;
  return matmul(x, Variable(copy.to(x.device())));
}

}  // namespace

FrobeniusAttention::FrobeniusAttention(const AttentionLayerOptions& sizes, Random& random)
    : layer(checked("FrobeniusAttention", sizes)),
      query(projection_of(layer, random)),
      key(projection_of(layer, random)),
      value(projection_of(layer, random)),
      join_heads(layer, random) {
  require(layer.attention_dropout == 0, "FrobeniusAttention",
          "attention_dropout: got " + std::to_string(layer.attention_dropout) +
              ", want 0: no weights of pairs are formed in linear time");
}

Output FrobeniusAttention::operator()(const Neighbourhood& neighbourhood, const Input& given, Pass& pass) const {
  expect_input("FrobeniusAttention", neighbourhood, given, layer.in);
  const auto* segments = std::get_if<Segments>(&neighbourhood.topology());
  require(segments != nullptr && segments->count() == 1 && segments->is_square() && !segments->is_causal(),
          "FrobeniusAttention", "neighbourhood: want one segment of all nodes that is not causal");
  const Input x = neighbourhood.dropout(given, pass.dropout(layer.input_dropout));
  const Variable q = query(x), k = key(x);
  const Variable v = neighbourhood.dropout(value(x), pass.dropout(layer.value_dropout));
  const Index nodes = v.rows();
  if (nodes < 2) return {join_heads(v, x)};
  const Variable share = scale(multiply(inverse_norm(q), inverse_norm(k)), Real(1) / static_cast<Real>(nodes));
  const auto summed = [&](const Variable& of) {
    const AttendLinearOptions options{.heads = layer.heads, .normaliser = Normaliser::none};
    return scale_heads(attend_linear(neighbourhood, q, k, of, options), share);
  };
  const Variable ones(Tensor::filled(nodes, layer.heads, 1).to(v.device()));
  const Variable denominator = over_columns(shift(summed(ones), 1), layer.width);
  return {join_heads(divide(add(v, summed(v)), denominator), x)};
}

Parameters FrobeniusAttention::parameters(const std::string& prefix) const {
  Parameters all = query.parameters(prefix + "query.");
  append(all, key.parameters(prefix + "key."));
  append(all, value.parameters(prefix + "value."));
  append(all, join_heads.parameters(prefix));
  return all;
}

}  // namespace mercer
