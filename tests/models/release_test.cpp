#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "mercer/graph/build.hpp"
#include "mercer/models/build.hpp"
#include "mercer/models/recipe.hpp"
#include "models/models.hpp"
#include "support/random_tensor.hpp"

/// --release: what the IKA authors' code has.
using namespace mercer;
using namespace mercer::test;

TEST_CASE("--release sets what the authors' code has, unless an option says otherwise") {
  const auto of = [](const char* model, OptionValues more = {}) {
    more.insert_or_assign("release", true);
    return completed({.name = model, .options = std::move(more)}, 9, 3);
  };
  for (const char* model : {"ikan-direct", "ikan", "mikan"}) {
    CAPTURE(std::string(model));
    const ModelOptions released = of(model);
    CHECK(released.number("magnitude-dropout") == 0.1);
    for (const char* on : {"release", "projection-bias", "output-projection", "bias"})
      CHECK(*released.find(on) == OptionValue(true));
    if (model == std::string("ikan-direct"))
      CHECK(*released.find("frequency-start") == OptionValue("release"));
    else
      CHECK(*released.find("noise") == OptionValue("redrawn"));
    CHECK(recipe_for(model, "cora").training.at("clip") == OptionValue(1000.0));
    // W_O of both layers, and the biases of q, k and v
    CHECK(parameter_count(build_model(released, 9, 3, 0)) ==
          parameter_count(build_model({.name = model}, 9, 3, 0)) + 64 * 64 + 3 * 3 + 3 * 64 + 3 * 3);
  }
  CHECK(of("mikan").number("lambda-copula") == 1.0);
  CHECK(completed({.name = "mikan"}, 9, 3).number("lambda-copula") == 0.0);
  const ModelOptions mixed = of("ikan-direct", {{"magnitude-dropout", 0.3}, {"frequency-start", "rbf"}});
  CHECK(mixed.number("magnitude-dropout") == 0.3);
  CHECK(*mixed.find("frequency-start") == OptionValue("rbf"));
  // a block has its own W_O
  CHECK(
      completed({.name = "transformer-ikan-direct", .options = {{"release", true}}}, 9, 3).find("output-projection") ==
      nullptr);
}

TEST_CASE("the release's divisor is 2 width^(1/4)") {
  const Model ours = build_model({.name = "ikan-direct"}, 9, 3, 0),
              theirs = build_model({.name = "ikan-direct", .options = {{"release", true}}}, 9, 3, 0),
              spelt = build_model({.name = "ikan-direct",
                                   .options = {{"layers", 1},
                                               {"divisor", 2 * std::pow(Real(3), Real(0.25))},
                                               {"frequency-start", "release"},
                                               {"projection-bias", true},
                                               {"output-projection", true}}},
                                  9, 3, 0),
              named = build_model({.name = "ikan-direct", .options = {{"layers", 1}, {"release", true}}}, 9, 3, 0);
  const std::vector<NodePair> edges{{0, 1}, {0, 2}, {1, 2}};
  const Neighbourhood graph{Graph(from_edges(3, edges))};
  Random random(1);
  Tensor x(3, 9);
  for (Real& value : x.values())
    value = static_cast<Real>(random.uniform(-2, 2));
  const auto alpha = [&](const Model& model) {
    return attention_weights(inference_operands(model, graph, Variable(x)).front());
  };
  CHECK(max_abs_difference(alpha(ours), alpha(theirs)) > 1e-4);
  CHECK(max_abs_difference(alpha(spelt), alpha(named)) < 1e-6);
}
