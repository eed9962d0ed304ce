#include "mercer/partition/partition.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <thread>

#include "mercer/base/check.hpp"
#include "mercer/partition/measure.hpp"
#include "partition/graphs.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr PartitionMethod methods[] = {PartitionMethod::kway, PartitionMethod::recursive};

std::string refusal_of(CsrView g, const PartitionOptions& options) {
  return message_of<ValueError>([&] { partition(g, options); });
}

}  // namespace

TEST_CASE("cliques joined by single edges are cut at those edges") {
  const Csr g = chain_of_cliques(4, 30);
  for (const PartitionMethod method : methods)
    for (const Index parts : {2, 4}) {
      CAPTURE(parts);
      const Partition found = partition(g, {.parts = parts, .method = method});
      CHECK(measure(g, found).sum.cut == 2 * (parts - 1));
      CHECK(sizes_of(found) == std::vector<Index>(static_cast<std::size_t>(parts), 120 / parts));
    }
}

TEST_CASE("directions, loops and the order of slots do not count") {
  const Csr both_ways = chain_of_cliques(6, 20), one_way = chain_of_cliques(6, 20, true);
  const Partition wanted = partition(both_ways, {.parts = 3});
  CHECK(partition(one_way, {.parts = 3}).of == wanted.of);
  CHECK(partition(with_loops(one_way), {.parts = 3}).of == wanted.of);
  CHECK(partition(transposed(one_way), {.parts = 3}).of == wanted.of);
}

TEST_CASE("every node has a part and every part a node, whatever the graph and however many parts") {
  for (const Named& named : awkward_graphs()) {
    CAPTURE(named.name);
    const Index n = named.graph.rows();
    for (const PartitionMethod method : methods)
      for (Index parts = 1; parts <= n; parts += 1 + parts / 8) {
        CAPTURE(parts);
        const Partition found = partition(named.graph, {.parts = parts, .method = method});
        REQUIRE(found.parts == parts);
        REQUIRE(std::ssize(found.of) == n);
        const auto sizes = sizes_of(found);
        REQUIRE(*std::ranges::min_element(sizes) > 0);
      }
  }
}

TEST_CASE("balance") {
  const Csr g = symmetrised(scattered(4000));
  for (const PartitionMethod method : methods) {
    const auto imbalance = [&](double allowed) {
      return measure(g, partition(g, {.parts = 16, .method = method, .imbalance = allowed})).node_imbalance;
    };
    CHECK(imbalance(1.03) <= 1.05);
    CHECK(imbalance(1.5) <= 1.6);
  }
}

TEST_CASE("parts of a few nodes are equal shares of METIS's larger parts") {
  const Csr g = chain_of_cliques(10, 12);
  const Partition found = partition(g, {.parts = 40});  // of 3 nodes each: a quarter of a clique
  CHECK(sizes_of(found) == std::vector<Index>(40, 3));
  CHECK(measure(g, found).cut_share < 0.9);  // at best 9 of 11 neighbours are in other parts; random shares give 0.98
  const Partition each = partition(g, {.parts = 120});
  CHECK(sizes_of(each) == std::vector<Index>(120, 1));
}

TEST_CASE("without edges, contiguous equal shares") {
  const Partition found = partition(no_edges(10), {.parts = 4});
  CHECK(found.of == std::vector<std::int32_t>{0, 0, 0, 1, 1, 2, 2, 2, 3, 3});
  CHECK(partition(with_loops(no_edges(10)), {.parts = 4}).of == found.of);
  const Partition large = partition(no_edges(1000), {.parts = 3});
  CHECK(sizes_of(large) == std::vector<Index>{334, 333, 333});
  CHECK(std::ranges::is_sorted(large.of));
}

TEST_CASE("one part holds all, even nothing") {
  CHECK(partition(Csr(), {.parts = 1}).of.empty());
  CHECK(partition(star(9), {.parts = 1}).of == std::vector<std::int32_t>(9, 0));
  CHECK(refusal_of(Csr(), {.parts = 2}) == "[partition] parts: got 2, want at most one for each of 0 nodes");
}

TEST_CASE("the same seed gives the same parts, on several threads at once too") {
  const Csr g = symmetrised(scattered(2000));
  for (const PartitionMethod method : methods) {
    const auto run = [&](std::uint64_t seed) { return partition(g, {.parts = 12, .method = method, .seed = seed}).of; };
    const auto first = run(5), other = run(6);
    CHECK(first != other);
    std::vector<int> alike(2, 0);
    const auto repeat = [&](std::size_t mine, std::uint64_t seed, const std::vector<std::int32_t>& wanted) {
      for (int turn = 0; turn < 10; ++turn)
        alike[mine] += run(seed) == wanted ? 1 : 0;
    };
    std::thread concurrent(repeat, 0, 5, std::cref(first));
    repeat(1, 6, other);
    concurrent.join();
    CHECK(alike == std::vector<int>{10, 10});
  }
}

TEST_CASE("invalid partitions are refused by name") {
  const Csr g = cycle(20);
  CHECK(refusal_of(g, {.parts = 0}) == "[partition] parts: got 0, want at least 1");
  CHECK(refusal_of(g, {.parts = -3}) == "[partition] parts: got -3, want at least 1");
  CHECK(refusal_of(g, {.parts = 21}) == "[partition] parts: got 21, want at most one for each of 20 nodes");
  CHECK(refusal_of(g, {.imbalance = 0.99}).starts_with("[partition] imbalance: got 0.99"));
  CHECK(refusal_of(g, {.imbalance = 1.51}).starts_with("[partition] imbalance: got 1.51"));
  CHECK(refusal_of(g, {.imbalance = std::numeric_limits<double>::quiet_NaN()}).starts_with("[partition] imbalance"));
  CHECK(refusal_of(g, {.seed = std::uint64_t{1} << 31}).starts_with("[partition] seed: got 2147483648"));
  CHECK(refusal_of(cycle(40), {.method = static_cast<PartitionMethod>(7)}).starts_with("[partition] method"));
  CHECK_THROWS_AS(partition(Csr(2, 3, {0, 0, 0}, {}), {.parts = 2}), ShapeError);

  // a graph with more slots than METIS's integers hold: refused by its offsets, before neighbours are read
  const std::vector<Edge> offset{0, Edge{1} << 31, (Edge{1} << 31) + 2};
  CHECK(refusal_of(CsrView{2, 2, offset.data(), nullptr}, {.parts = 2}).find("idx_t") != std::string::npos);
  CHECK(refusal_of(CsrView{100'000'000, 100'000'000, nullptr, nullptr}, {.parts = 80'000'000})
            .find("want at most 71582788") != std::string::npos);
}

TEST_CASE("relabel puts the nodes of a part side by side") {
  const Partition four{{2, 0, 3, 0, 2, 0}, 4};
  const std::vector<Node> order = relabel(four);
  CHECK(order == std::vector<Node>{1, 3, 5, 0, 4, 2});
  CHECK(relabel({{}, 1}).empty());
  CHECK_THROWS_AS(relabel({{0, 4}, 4}), ValueError);
  CHECK_THROWS_AS(relabel({{0, -1}, 4}), ValueError);

  const Csr g = scattered(200);
  const Partition found = partition(g, {.parts = 5});
  const std::vector<Node> by_part = relabel(found);
  const Csr renumbered = induced(g, by_part);
  CHECK(renumbered.edges() == g.edges());
  Index kept = 0;
  for_each_edge(renumbered, [&](Node a, Node b, Edge) {
    const auto sources = g.neighbours(by_part[static_cast<std::size_t>(a)]);
    kept += std::ranges::binary_search(sources, by_part[static_cast<std::size_t>(b)]) ? 1 : 0;
  });
  CHECK(kept == g.edges());
}
