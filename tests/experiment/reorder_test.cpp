// Nodes numbered anew for training: chosen where it pays, noted, and results in the numbers of the data.
#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "mercer/base/parallel.hpp"
#include "mercer/base/random.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/experiment/prepare.hpp"
#include "mercer/experiment/problem.hpp"
#include "mercer/experiment/settings.hpp"
#include "mercer/experiment/train_seed.hpp"
#include "mercer/experiment/trained_model.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/generate.hpp"
#include "support/files.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;

namespace {

/// 70,000 nodes of communities, numbered at random; the class of a node is that of its community.
Dataset large_shuffled() {
  constexpr Index nodes = 70000;
  std::vector<Node> order(nodes);
  std::iota(order.begin(), order.end(), 0);
  Random(7).shuffle(order);
  Dataset data;
  data.name = "large";
  data.graph = induced(community_graph(nodes, 3 * nodes), order);
  Tensor x(nodes, 2);
  for (Index i = 0; i < nodes; ++i) {
    data.labels.push_back(order[static_cast<std::size_t>(i)] / 100 % 2);
    x(i, 0) = static_cast<Real>(data.labels.back()) + static_cast<Real>(i % 7) / 2;
    x(i, 1) = 1;
  }
  data.features = std::move(x);
  data.class_names = {"a", "b"};
  return data;
}

struct Trained {
  Settings settings;
  Problem problem;
  SeedRun run;
};

Trained trained_in_order(const Dataset& data, DataChoice choice,
                         const ModelOptions& model = {.name = "gcn", .options = {{"hidden", 4}, {"dropout", 0.0}}}) {
  choice.split_random = "share:0.5,0.2";
  Settings settings = resolve({.model = model.name,
                               .options = model,
                               .training = {.epochs = 2, .stopping = StopRule::fixed_epochs},
                               .data = choice});
  Problem problem(prepare(data, settings.data), settings.model);
  complete(settings, problem);
  SeedRun run = train_seed(problem, settings, 3, 0, {});
  return {std::move(settings), std::move(problem), std::move(run)};
}

/// The logits in the numbers of the data.
Tensor logits_by_source(const Trained& trained) {
  const Tensor logits = logits_of(trained.run.model, trained.problem);
  Tensor sorted(logits.rows(), logits.columns());
  for (Index i = 0; i < logits.rows(); ++i)
    for (Index c = 0; c < logits.columns(); ++c)
      sorted(trained.problem.prepared.source_node(i), c) = logits(i, c);
  return sorted;
}

std::string notes_of_order(const Prepared& prepared) {
  std::string text;
  for (const std::string& note : prepared.notes)
    if (note.find("order") != std::string::npos) text += note + "\n";
  return text;
}

}  // namespace

TEST_CASE("a large graph is ordered by itself, tells it, and gives the results of the given order") {
  const Dataset data = large_shuffled();
  const Trained chosen = trained_in_order(data, {}), given = trained_in_order(data, {.reorder = NodeOrder::given});
  CHECK(chosen.problem.prepared.order.size() == 70000);
  CHECK(notes_of_order(chosen.problem.prepared).find("the nodes are ordered by communities: a cache of 4096 rows") !=
        std::string::npos);
  CHECK(chosen.settings.data.reorder == DataChoice{.reorder = NodeOrder::communities}.reorder);  // kept with the model
  CHECK(given.problem.prepared.order.empty());
  CHECK(notes_of_order(given.problem.prepared).empty());
  const Tensor a = logits_by_source(chosen), b = logits_by_source(given);
  double gap = 0;
  for (Index i = 0; i < a.rows(); ++i)
    for (Index c = 0; c < a.columns(); ++c)
      gap = std::max(gap, std::abs(static_cast<double>(a(i, c)) - static_cast<double>(b(i, c))));
  CHECK(gap < 1e-4);
  const int before = threads();
  set_threads(before == 1 ? 2 : 1);
  CHECK(test::same_bits(logits_by_source(trained_in_order(data, {})), a));
  set_threads(before);
}

TEST_CASE("a large graph in a good order keeps it, and tells nothing or why") {
  Dataset data = large_shuffled();
  data.graph = random_graph(70000, 350000);
  const Prepared random = prepare(data, {.reorder = NodeOrder::automatic});
  CHECK(random.order.empty());
  CHECK(notes_of_order(random).starts_with("the nodes keep the order of the data, in which a cache of 4096 rows"));
  data.graph = grid_graph(250, 280);
  const Prepared grid = prepare(data, {.reorder = NodeOrder::automatic});
  CHECK(grid.order.empty());
  CHECK(notes_of_order(grid).empty());
}

TEST_CASE("a small graph keeps its numbers and its bits unless an order is asked for") {
  const Trained plain = trained_in_order(karate(), {}),
                given = trained_in_order(karate(), {.reorder = NodeOrder::given});
  CHECK(plain.problem.prepared.order.empty());
  CHECK(notes_of_order(plain.problem.prepared).empty());
  CHECK_FALSE(plain.settings.data.reorder);
  CHECK(test::same_bits(logits_by_source(plain), logits_by_source(given)));
  const Trained asked = trained_in_order(karate(), {.reorder = NodeOrder::communities});
  CHECK(asked.problem.prepared.order.size() == 34);
  CHECK(asked.problem.prepared.parts.of.empty());
  CHECK_FALSE(notes_of_order(asked.problem.prepared).empty());
}

TEST_CASE("a kernel machine draws the same landmarks in every order of the nodes") {
  const ModelOptions machine{.name = "kernel-machine", .options = {{"landmarks", 7}}};
  const Trained given = trained_in_order(karate(), {.reorder = NodeOrder::given}, machine),
                parts = trained_in_order(karate(), {.reorder = Index(4)}, machine);
  REQUIRE_FALSE(parts.problem.prepared.order.empty());
  for (std::size_t b = 0; b < 3; ++b) {
    const Parameter &was = given.run.model.buffers.at(b), &is = parts.run.model.buffers.at(b);
    CAPTURE(was.name);
    CHECK(test::same_bits(was.variable.value(), is.variable.value()));
  }
}
