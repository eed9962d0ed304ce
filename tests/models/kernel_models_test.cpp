#include <doctest/doctest.h>

#include <string>

#include "mercer/base/check.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/hops.hpp"
#include "mercer/graph/walk.hpp"
#include "models/models.hpp"
#include "support/graphs.hpp"

/// Models whose kernels have parameters, or whose neighbourhood is more than the graph.
using namespace mercer;
using namespace mercer::test;

namespace {

Index parameters_of(const ModelOptions& options) { return parameter_count(build_model(options, 10, 3, 0)); }

Tensor logits(const ModelOptions& options, const Csr& graph, const Tensor& x) {
  Pass pass = Pass::inference();
  return build_model(options, x.columns(), 3, 1)
      .forward(neighbourhood_for(options, graph), Variable(x), pass)
      .y.value();
}

/// Logits change with the options.
bool matters(const ModelOptions& a, const ModelOptions& b) {
  const Csr g = with_loops(symmetrised(scattered(30)));
  const Tensor x = noise(30, 5, 1);
  return max_abs_difference(logits(a, g, x), logits(b, g, x)) > 1e-5;
}

const Csr some_graph = with_loops(symmetrised(scattered(30)));

}  // namespace

TEST_CASE("most models attend over the graph itself") {
  for (const std::string& name : model_names()) {
    if (name == "nprf") continue;
    CAPTURE(name);
    const Neighbourhood around = neighbourhood_for({.name = name}, some_graph);
    CHECK(around.graph().csr() == some_graph);
    CHECK(around.facts().types == 0);
    CHECK(around.facts().weight.defined() == (name == "gkat"));
  }
  CHECK_THROWS_AS(neighbourhood_for({.name = "gta"}, some_graph), ValueError);
  CHECK_THROWS_AS(neighbourhood_for({.name = "gat", .options = {{"hops", 2}}}, some_graph), ValueError);
}

TEST_CASE("nprf attends to nodes within some steps, with the distance as edge type") {
  const Neighbourhood around = neighbourhood_for({.name = "nprf", .options = {{"hops", 3}}}, some_graph);
  const Hops hops = k_hop(some_graph, 3);
  CHECK(around.graph().csr() == hops.graph);
  CHECK(around.facts().types == 4);
  REQUIRE(around.facts().type.size() == hops.away.size());
  for (std::size_t e = 0; e < hops.away.size(); ++e)
    CHECK(around.facts().type[e] == hops.away[e]);
  CHECK(neighbourhood_for({.name = "nprf"}, some_graph).facts().types == 3);
  CHECK_THROWS_AS(neighbourhood_for({.name = "nprf", .options = {{"hops", 5}}}, some_graph), ValueError);
}

TEST_CASE("nprf's bias of an edge type moves attention there, and is clamped to ±10") {
  const Tensor x = noise(30, 5, 1);
  const Model model = build_model({.name = "nprf", .options = {{"layers", 1}}}, 5, 3, 1);
  const Neighbourhood around = neighbourhood_for({.name = "nprf"}, some_graph);
  const auto share_of = [&](Node type) {
    const Tensor alpha = attention_weights(inference_operands(model, around, Variable(x))[0]);
    double share = 0;
    for (Index e = 0; e < alpha.rows(); ++e)
      share += around.facts().type[static_cast<std::size_t>(e)] == type ? static_cast<double>(alpha(e, 0)) : 0;
    return share / 30;
  };
  Variable bias;
  for (const Parameter& p : model.parameters)
    if (p.name == "layer1.type_bias") bias = p.variable;
  REQUIRE(bias.rows() == 3);
  CHECK(max_abs_difference(bias.value(), Tensor(3, 1)) == 0);
  const double before = share_of(0);
  bias.mutable_value()(0, 0) = 2;
  const double more = share_of(0);
  CHECK(more > before);
  bias.mutable_value()(0, 0) = 10;
  const double most = share_of(0);
  bias.mutable_value()(0, 0) = 1000;
  CHECK(share_of(0) == most);
}

TEST_CASE("a model that needs edge facts refuses a graph without them") {
  const Tensor x = noise(30, 5, 1);
  Pass pass = Pass::inference();
  const Model nprf = build_model({.name = "nprf"}, 5, 3, 1), gkat = build_model({.name = "gkat"}, 5, 3, 1);
  CHECK_THROWS_WITH_AS(nprf.forward(Graph(some_graph), Variable(x), pass),
                       doctest::Contains("edge types of the neighbourhood: got 0, want 3"), ShapeError);
  CHECK_THROWS_WITH_AS(gkat.forward(Graph(some_graph), Variable(x), pass), doctest::Contains("neighbourhood_for"),
                       ValueError);
}

TEST_CASE("gkat's edge weights come from walks: by its options, always the same") {
  const auto weights = [](const ModelOptions& options) {
    return neighbourhood_for(options, some_graph).facts().weight.value();
  };
  const Tensor w = weights({.name = "gkat"});
  const std::vector<Real> by_walks = walk_similarity(some_graph);
  CHECK(max_abs_difference(w, Tensor::from(some_graph.edges(), 1, by_walks)) == 0);
  CHECK(max_abs_difference(w, weights({.name = "gkat", .options = {{"walks", 100}, {"walk-length", 4}}})) == 0);
  CHECK(max_abs_difference(w, weights({.name = "gkat", .options = {{"walk-length", 2}}})) > 0);
  // α = softmax of the dot product, times w, over its sum
  const Tensor x = noise(30, 5, 1);
  const Model gkat = build_model({.name = "gkat"}, 5, 3, 1), dot = build_model({.name = "dot"}, 5, 3, 1);
  const Neighbourhood around = neighbourhood_for({.name = "gkat"}, some_graph);
  const auto alpha = [&](const Model& model, const Neighbourhood& on) {
    return attention_weights(inference_operands(model, on, Variable(x))[0]);
  };
  const Tensor with = alpha(gkat, around), without = alpha(dot, Graph(some_graph));
  for (Index i = 0; i < 30; ++i) {
    double sum = 0;
    for (const Edge e : CsrView(some_graph).row(i))
      sum += static_cast<double>(without(e, 0) * w(e, 0));
    for (const Edge e : CsrView(some_graph).row(i))
      CHECK(static_cast<double>(with(e, 0)) ==
            doctest::Approx(static_cast<double>(without(e, 0) * w(e, 0)) / sum).epsilon(1e-4));
  }
}

TEST_CASE("options of the learned kernels change what they name") {
  const Index mixture = parameters_of({.name = "gmm-rks"});
  // two layers: 8 heads of width 8, then one of width 3; R, μ and π of each component
  const auto of_mixture = [](Index C, Index r8, Index r3) { return C * (8 * (8 * r8 + 8 + 1) + (3 * r3 + 3 + 1)); };
  const Index of_dot = parameters_of({.name = "dot"});
  CHECK(mixture == of_dot + of_mixture(2, 8, 3));
  CHECK(parameters_of({.name = "gmm-rks", .options = {{"components", 3}, {"rank", 2}}}) ==
        of_dot + of_mixture(3, 2, 2));
  CHECK(parameters_of({.name = "gmm-prf"}) == of_dot + 2 * (64 + 3));
  CHECK(parameters_of({.name = "cosine"}) == of_dot);
  CHECK(parameters_of({.name = "schoenbat"}) == of_dot + 9);
  CHECK(parameters_of({.name = "sa-abmilp"}) == of_dot + 9);
  CHECK(parameters_of({.name = "sa-abmilp", .options = {{"energy", "dot"}}}) == of_dot);
  CHECK(parameters_of({.name = "nprf", .options = {{"hops", 1}}}) == of_dot + 3 * 9);
  CHECK(parameters_of({.name = "gkat"}) == of_dot);
  CHECK(parameters_of({.name = "gaussian", .options = {{"learn-sigma", true}}}) ==
        parameters_of({.name = "gaussian"}) + 9);
  CHECK(matters({.name = "gmm-rks"}, {.name = "gmm-rks", .options = {{"shift", 2}}}));
  CHECK(matters({.name = "schoenbat"}, {.name = "schoenbat", .options = {{"function", "inv"}}}));
  CHECK_FALSE(matters({.name = "schoenbat"}, {.name = "schoenbat", .options = {{"function", "trigh"}}}));
  CHECK(matters({.name = "sa-abmilp"}, {.name = "sa-abmilp", .options = {{"energy-as", "weight"}}}));
  CHECK(matters({.name = "sa-abmilp", .options = {{"energy", "module"}}},
                {.name = "sa-abmilp", .options = {{"energy", "module-release"}}}));
  CHECK_FALSE(
      matters({.name = "gaussian"}, {.name = "gaussian", .options = {{"learn-sigma", true}}}));  // not before training
  CHECK(matters({.name = "primal"}, {.name = "primal", .options = {{"normaliser", "none"}}}));
}

TEST_CASE("of two names for one function the first is stored") {
  CHECK(*completed({.name = "schoenbat"}, 10, 3).find("function") == OptionValue("exp"));
  CHECK(*completed({.name = "schoenbat", .options = {{"function", "trigh"}}}, 10, 3).find("function") ==
        OptionValue("exp"));
}

TEST_CASE("invalid values are refused with the valid ones") {
  CHECK(holds(refusal({.name = "gmm-rks", .options = {{"normaliser", "softmax"}}}), "can be negative"));
  CHECK(holds(refusal({.name = "cosine", .options = {{"normaliser", "softmax"}}}), "can be negative"));
  CHECK(holds(refusal({.name = "sa-abmilp",
                       .options = {{"energy", "dot"}, {"energy-as", "weight"}, {"normaliser", "softmax"}}}),
              "can be negative"));
  CHECK(holds(refusal({.name = "gmm-rks", .options = {{"rank", 4}}}), "rank: got 4, want 1 to 3"));  // three classes
  CHECK(holds(refusal({.name = "gmm-rks", .options = {{"components", 0}}}), "components: got 0"));
  CHECK(holds(refusal({.name = "schoenbat", .options = {{"function", "log"}}}),
              "did you mean logi? known: exp, inv, logi"));
  CHECK(holds(refusal({.name = "sa-abmilp", .options = {{"energy", "lapalce"}}}), "did you mean laplace?"));
  CHECK(holds(refusal({.name = "sa-abmilp", .options = {{"energy", "laplace"}, {"energy-as", "weight"}}}),
              "prefer the unlike"));
  CHECK(holds(refusal({.name = "sa-abmilp", .options = {{"energy-as", "weigth"}}}), "did you mean weight?"));
  CHECK(holds(refusal({.name = "nprf", .options = {{"hops", 5}}}), "hops: got 5, want 1 to 4"));
  CHECK(holds(refusal({.name = "gkat", .options = {{"walk-length", 0}}}), "walk-length: got 0"));
  CHECK(holds(refusal({.name = "primal", .options = {{"eta", -1}}}), "eta: got -1"));
  CHECK(holds(refusal({.name = "primal", .options = {{"normaliser", "softmax"}}}),
              "normaliser: got \"softmax\"; known: symmetric, none"));
  CHECK(holds(refusal({.name = "gkat", .options = {{"hops", 2}}}), "gkat has no option \"hops\""));
}
