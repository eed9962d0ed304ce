#include <doctest/doctest.h>

#include "exchange/part_case.hpp"
#include "mercer/attention/edge_energy.hpp"
#include "mercer/kernel/concepts.hpp"
#include "mercer/layers/primal_attention.hpp"
#include "support/kernels.hpp"
#include "support/own_kernels.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

const std::vector<Partition> cuts = {runs_of({40}), runs_of({17, 23}), runs_of({9, 0, 31}), runs_of({1, 12, 20, 7})};

void check_cuts(const PartCase& c) {
  for (const Partition& cut : cuts)
    check_parts(c, cut, Device::cpu);
}

}  // namespace

TEST_SUITE("attention on parts has the bits of the whole") {
  TEST_CASE("every kernel, under each normaliser that it has") {
    for (const AnyKernel& kernel : all_kernels())
      for (const Normaliser by :
           {Normaliser::softmax, Normaliser::row_sum, Normaliser::degree, Normaliser::symmetric, Normaliser::none})
        if (by != Normaliser::softmax || !kernel.traits().is_signed)
          check_cuts({.graph = Graph(hubs_and_scattered(40)), .kernel = kernel, .normaliser = by});
  }

  TEST_CASE("users' kernels") {
    for (const AnyKernel& kernel : {AnyKernel(CubedExponential{}), AnyKernel(WeightedCosine{}), AnyKernel(BellOfSum{}),
                                    AnyKernel(Stereographic{})})
      check_cuts({.graph = Graph(hubs_and_scattered(40)),
                  .kernel = kernel,
                  .normaliser = Normaliser::row_sum,
                  .biased = true,
                  .dropout = 0.4f});
  }

  TEST_CASE("dropout, biases and weights belong to their edges; rows without gradient") {
    for (const AnyKernel& kernel :
         {AnyKernel(Exponential{}), AnyKernel(Additive{}), AnyKernel(DynamicAdditive{}), AnyKernel(InnerProduct{})})
      for (const Normaliser by : {Normaliser::row_sum, Normaliser::symmetric})
        for (const bool biased : {false, true})
          check_cuts({.graph = Graph(hubs_and_scattered(40)),
                      .kernel = kernel,
                      .normaliser = by,
                      .heads = 3,
                      .biased = biased,
                      .dropout = 0.4f,
                      .few_rows = biased});
  }

  TEST_CASE("one variable as key and value") {
    check_cuts({.graph = Graph(hubs_and_scattered(40)),
                .kernel = DynamicAdditive{},
                .width = 8,
                .value_width = 8,
                .dropout = 0.4f,
                .one_source = true});
  }

  TEST_CASE("the magnitude of queries, masked by pairs of nodes of the whole graph") {
    for (const Normaliser by : {Normaliser::softmax, Normaliser::degree})
      check_cuts({.graph = Graph(hubs_and_scattered(40)),
                  .kernel = Gaussian{},
                  .normaliser = by,
                  .heads = 3,
                  .biased = true,
                  .magnitude_dropout = 0.4f});
  }

  TEST_CASE("graphs without edges, with a row of all nodes, a cycle") {
    for (const Csr& g : {no_edges(40), star(40), transposed(star(40)), cycle(40)})
      check_cuts({.graph = Graph(g), .kernel = Gaussian{}, .biased = true, .dropout = 0.2f});
  }

  TEST_CASE("a hub of more neighbours than a tile holds, parts found by METIS") {
    const Csr g = hubs_and_scattered(1200);
    const Partition found = partition(g, {.parts = 3});
    const PartCase c{.graph = Graph(induced(g, relabel(found))), .kernel = Exponential{}, .heads = 8, .dropout = 0.5f};
    check_parts(c, relabelled(found), Device::cpu);
  }
}

TEST_CASE("the pulled bytes agree with the formula") {
  const Graph graph(hubs_and_scattered(40));
  const Partition cut = cuts.back();
  const std::vector<Part> shares = parts_of(graph, cut);
  constexpr Index h = 2, d = 4, e = 8;
  run_ranks(4, [&](Communicator& ranks) {
    const Part& share = shares[static_cast<std::size_t>(ranks.rank())];
    const auto operand = [&](Index columns) { return Variable(Tensor::filled(share.rows(), columns, 1), true); };
    const Neighbourhood part = partitioned(share, ranks);
    Variable y = attend(part, Exponential{}, operand(h * d), operand(h * d), operand(h * e), {.heads = h});
    const auto forward = static_cast<std::size_t>(share.source_halo.ghosts * (h * d + h * e)) * sizeof(Real);
    CHECK(ranks.received_bytes() == forward);  // G b (Fk + F)
    y.backward(Tensor::filled(share.rows(), h * e, 1));
    const auto backward = static_cast<std::size_t>(share.target_halo.ghosts * (h * d + h * e + 2 * h)) * sizeof(Real);
    CHECK(ranks.received_bytes() == forward + backward);  // G (b (Fq + F) + 8 h)
  });
}

TEST_CASE("calls that a part doesn't support are refused by name") {
  const Graph graph(cycle(6));
  const std::vector<Part> shares = parts_of(graph, runs_of({6}));
  run_ranks(1, [&](Communicator& ranks) {
    const Neighbourhood part = partitioned(shares.front(), ranks);
    const Variable x(Tensor::filled(6, 2, 1));
    CHECK(message_of<ValueError>([&] { part.reversed(); }) ==
          "[Neighbourhood] reversed: want a whole graph, this is a part of one");
    CHECK(message_of<ValueError>([&] { part.streamed(1 << 20); }) ==
          "[Neighbourhood] streamed: want a whole graph, this is a part of one");
    Random random(1);
    Pass pass = Pass::inference();
    const PrimalAttention both_ways({.in = 2, .width = 2}, random);
    CHECK(message_of<ValueError>([&] {
            both_ways(part, x, pass);
          }).starts_with("[PrimalAttention] graph: got a part of one, want the whole"));
    CHECK(message_of<ValueError>([&] { attention_weights(part, Gaussian{}, x, x); }) ==
          "[attention_weights] graph: got a part of one, want the whole");
    CHECK(message_of<ValueError>([&] { edge_energy(part, x, x, x, x, x); }) ==
          "[edge_energy] graph: got a part of one, want the whole: the other ends of its edges are elsewhere");
    CHECK(
        message_of<ValueError>([&] { Neighbourhood(Topology(graph), *part.partitioned()); }) ==
        "[Neighbourhood] partitioned: the topology is not the part's own graph; Neighbourhood{part} takes it from the "
        "part");
    CHECK(message_of<ValueError>([&] { Neighbourhood(Topology(graph), Partitioned{}); }) ==
          "[Neighbourhood] partitioned: got no part of a graph; partitioned() makes one");
  });
}
