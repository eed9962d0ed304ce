#include <doctest/doctest.h>

#include <string>

#include "exchange/part_case.hpp"
#include "exchange/part_training.hpp"
#include "mercer/attention/neighbourhood.hpp"
#include "mercer/autograd/functions.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("train on parts gives the result of the whole graph, on every rank") {
  for (const char* model : {"gat", "gcn"}) {
    CAPTURE(std::string(model));
    const ModelOptions options{.name = model};
    const TrainResult want = trained(options, {}, Device::cpu).front();
    for (const std::vector<Index>& sizes : {std::vector<Index>{60}, {33, 27}, {20, 0, 40}})
      for (const TrainResult& got : trained(options, sizes, Device::cpu)) {
        CHECK(got.kept_epoch == want.kept_epoch);
        CHECK(got.ending == want.ending);
        REQUIRE(got.state.history.size() == want.state.history.size());
        for (std::size_t e = 0; e < want.state.history.size(); ++e) {
          const EpochReport &epoch = got.state.history[e], &of_whole = want.state.history[e];
          CHECK(epoch.train_loss == doctest::Approx(of_whole.train_loss).epsilon(1e-5));
          CHECK(epoch.gradient_norm == doctest::Approx(of_whole.gradient_norm).epsilon(1e-4));
          CHECK(epoch.validation->loss == doctest::Approx(of_whole.validation->loss).epsilon(1e-5));
          CHECK(epoch.validation->score == of_whole.validation->score);
        }
        CHECK(max_abs_difference(got.prediction, want.prediction) < 1e-3);
      }
  }
}

TEST_CASE("training on parts equals training on the whole graph") {
  // of the last models two have edge facts, and two use means over all nodes
  for (const char* model : {"gat", "gatv2", "gcn", "rbf", "ikan-direct", "gkat", "nprf", "ikan", "mikan"})
    for (const std::vector<Index>& sizes :
         {std::vector<Index>{60}, {32, 28}, {33, 27}, {20, 0, 40}, {12, 28, 4, 16}, {11, 29, 1, 19}})
      check_training({.name = model}, sizes, Device::cpu);
}

TEST_CASE("deep stacks train on parts as on the whole graph, with the norms of all nodes") {
  for (const char* model : {"gat", "sage"})
    for (const char* norm : {"batch", "layer"})
      for (const std::vector<Index>& sizes : {std::vector<Index>{33, 27}, {20, 0, 40}})
        check_training({.name = model,
                        .options = {{"layers", 3},
                                    {"norm", norm},
                                    {"residual", "linear"},
                                    {"hidden-dropout", 0.2f},
                                    {"pre-linear", "active"},
                                    {"classifier", "linear"},
                                    {"jumping", "concat"},
                                    {"separate", true}}},
                       sizes, Device::cpu);
}

TEST_CASE("a part takes the edge facts of its edges; a neighbourhood that can't be divided is refused") {
  const Csr g = from_edges(4, std::vector<NodePair>{{0, 1}, {1, 2}, {1, 3}, {3, 0}});
  const Neighbourhood whole(Graph(g), {.type = {0, 2, 1, 1}, .types = 3, .weight = Variable(random_tensor(4, 1))});
  const std::vector<Part> shares = parts_of(whole.graph(), runs_of({1, 3}));
  run_ranks(2, [&](Communicator& ranks) {
    const Neighbourhood part = whole.part(partitioned(shares[static_cast<std::size_t>(ranks.rank())], ranks));
    const bool first = ranks.rank() == 0;
    CHECK(part.facts().types == 3);
    CHECK(part.facts().type == (first ? std::vector<Node>{0} : std::vector<Node>{2, 1, 1}));
    CHECK(same_bits(part.facts().weight.value(), rows_of(whole.facts().weight.value(), first ? 0 : 1, first ? 1 : 4)));
    CHECK(message_of<ValueError>([&] { static_cast<void>(part.part(*part.partitioned())); }) ==
          "[Neighbourhood] part: want one of a whole graph");
    CHECK(message_of<ValueError>([&] { static_cast<void>(Neighbourhood(Graph()).part(*part.partitioned())); }) ==
          "[Neighbourhood] part: it is of a graph of 4 nodes, this one has 0");
    CHECK(Neighbourhood(Graph(g)).part(*part.partitioned()).facts().types == 0);
  });
}

TEST_CASE("means are over the nodes of all parts, and their gradients reach every node") {
  const Tensor x = random_tensor(7, 3);
  const Graph whole(hubs_and_scattered(7));
  const Tensor mean = mean_of_rows(Variable(x)).value();
  for (const std::vector<Index>& sizes : {std::vector<Index>{7}, {3, 4}, {2, 0, 5}}) {
    const std::vector<Part> shares = parts_of(whole, runs_of(sizes));
    run_ranks(static_cast<int>(sizes.size()), [&](Communicator& ranks) {
      const Part& mine = shares[static_cast<std::size_t>(ranks.rank())];
      Variable own(rows_of(x, mine.first(), mine.last()), true);
      Variable y = Neighbourhood(partitioned(mine, ranks)).mean(own);
      CHECK(max_abs_difference(y.value(), mean) < 1e-6);
      y.backward(Tensor::filled(1, 3, static_cast<Real>(ranks.rank() + 1)));
      const Index size = std::ssize(sizes);
      const Real want = static_cast<Real>(size * (size + 1) / 2) / 7;
      CHECK(max_abs_difference(own.grad(), Tensor::filled(mine.rows(), 3, want)) < 1e-6);
    });
  }
}
