#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "mercer/layers/graph_attention.hpp"
#include "mercer/layers/graph_attention_v2.hpp"
#include "mercer/layers/kernel_attention.hpp"
#include "support/golden.hpp"

using namespace mercer;
using namespace mercer::test;

/// The layers agree with PyTorch Geometric's: y, α, and the gradients of Σ g∘y for x and every parameter.
namespace {

/// Our variable and PyG's name for it; PyG keeps [out, in] where ours is [in, out].
struct Same {
  Variable ours;
  std::string theirs;
};

template <class Layer>
void check_agreement(const Layer& layer, const std::string& name, bool loops, std::vector<Same> parameters) {
  CAPTURE(name);
  const Golden golden(name);
  CHECK(layer.parameters().size() == parameters.size());
  const auto as_ours = [&](const std::string& prefix, const std::string& theirs) {
    const Tensor value = golden.tensor(prefix + theirs);
    return theirs.ends_with("weight") ? transposed(value) : value;
  };
  for (Same& same : parameters) {
    REQUIRE(same.ours.value().size() == golden.tensor("p_" + same.theirs).size());
    same.ours.mutable_value() = as_ours("p_", same.theirs);
  }

  const Neighbourhood neighbourhood(golden.graph(loops));
  const Variable x(golden.tensor("x"), true);
  Pass pass = Pass::inference();
  Variable y = layer(neighbourhood, x, pass).y;
  CHECK(relative_gap(y.value(), golden.tensor("y")) < golden_tolerance);
  CHECK(relative_gap(attention_weights(inference_operands(layer, neighbourhood, x)),
                     golden.alpha(neighbourhood.graph())) < golden_tolerance);

  y.backward(golden.tensor("g"));
  CHECK(relative_gap(x.grad(), golden.tensor("grad_x")) < golden_tolerance);
  for (const Same& same : parameters) {
    CAPTURE(same.theirs);
    CHECK(relative_gap(same.ours.grad(), as_ours("grad_", same.theirs)) < golden_tolerance);
  }
}

void check_gat(const std::string& name, bool loops, const AttentionLayerOptions& sizes,
               const GraphAttentionOptions& options = {}) {
  Random random(1);
  const GraphAttention layer(sizes, options, random);
  check_agreement(layer, name, loops,
                  {{layer.weight, "lin.weight"},
                   {layer.attention_target, "att_dst"},
                   {layer.attention_source, "att_src"},
                   {layer.join_heads.bias, "bias"}});
}

}  // namespace

TEST_CASE("GraphAttention is GATConv" * doctest::skip(no_golden())) {
  check_gat("gat_concat", true, {.in = 5, .width = 4, .heads = 3});
  check_gat("gat_mean", true, {.in = 5, .width = 4, .heads = 3, .join = Join::mean}, {.negative_slope = Real(0.1)});
  check_gat("gat_no_loops", false, {.in = 5, .width = 4, .heads = 2});
}

TEST_CASE("GraphAttentionV2 is GATv2Conv" * doctest::skip(no_golden())) {
  Random random(1);
  const GraphAttentionV2 apart({.in = 5, .width = 4, .heads = 3}, random);
  check_agreement(apart, "gatv2", true,
                  {{apart.source.weight, "lin_l.weight"},
                   {apart.source.bias, "lin_l.bias"},
                   {apart.target.weight, "lin_r.weight"},
                   {apart.target.bias, "lin_r.bias"},
                   {apart.score, "att"},
                   {apart.join_heads.bias, "bias"}});

  const GraphAttentionV2 shared({.in = 5, .width = 4, .heads = 2, .join = Join::mean}, {.share_weights = true}, random);
  check_agreement(shared, "gatv2_shared", true,
                  {{shared.source.weight, "lin_l.weight"},
                   {shared.source.bias, "lin_l.bias"},
                   {shared.score, "att"},
                   {shared.join_heads.bias, "bias"}});
}

TEST_CASE("KernelAttention by the fitted dot product is TransformerConv" * doctest::skip(no_golden())) {
  Random random(1);
  const KernelAttention layer({.in = 5, .width = 4, .heads = 3, .bias = false, .residual = Residual::linear},
                              {.similarity = Fitted{Exponential{}}, .projection_bias = true}, random);
  check_agreement(layer, "transformer", false,
                  {{layer.query->weight, "lin_query.weight"},
                   {layer.query->bias, "lin_query.bias"},
                   {layer.key->weight, "lin_key.weight"},
                   {layer.key->bias, "lin_key.bias"},
                   {layer.value.weight, "lin_value.weight"},
                   {layer.value.bias, "lin_value.bias"},
                   {layer.join_heads.projection->weight, "lin_skip.weight"},
                   {layer.join_heads.projection->bias, "lin_skip.bias"}});
}
