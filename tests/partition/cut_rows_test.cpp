#include "partition/cut_rows.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "mercer/base/check.hpp"
#include "mercer/partition/measure.hpp"
#include "partition/graphs.hpp"

using namespace mercer;
using namespace mercer::partitioning;
using namespace mercer::test;

namespace {

Node whole_number(const CutRows& part, Node column) {
  const auto c = static_cast<std::size_t>(column);
  return c < part.own.size() ? part.own[c] : part.halo.at(c - part.own.size());
}

/// Checks that the columns of `local`, as node numbers of the whole graph, are the rows of g slot by slot.
void check_rows(const Csr& g, const CutRows& part) {
  REQUIRE(part.local.rows() == std::ssize(part.own));
  REQUIRE(part.local.columns() == std::ssize(part.own) + std::ssize(part.halo));
  for (Index i = 0; i < part.local.rows(); ++i) {
    std::vector<Node> columns;
    for (const Node c : part.local.neighbours(i))
      columns.push_back(whole_number(part, c));
    CHECK(std::ranges::equal(columns, g.neighbours(part.own[static_cast<std::size_t>(i)])));
  }
}

/// The nodes of part p, from `ranges` of `nodes`.
std::vector<Node> nodes_for(const std::vector<PartRange>& ranges, const std::vector<Node>& nodes, std::int32_t p) {
  for (const PartRange& range : ranges)
    if (range.part == p) return {nodes.begin() + range.first, nodes.begin() + range.last};
  return {};
}

/// Checks that the ranges are contiguous, in order of their parts, not empty, and cover `count` places.
void check_ranges(const std::vector<PartRange>& ranges, Index count) {
  Index place = 0;
  for (std::size_t r = 0; r < ranges.size(); ++r) {
    CHECK(ranges[r].first == place);
    CHECK(ranges[r].last > ranges[r].first);
    CHECK((r == 0 || ranges[r - 1].part < ranges[r].part));
    place = ranges[r].last;
  }
  CHECK(place == count);
}

}  // namespace

TEST_CASE("parts by hand") {
  const Csr g = from_edges(5, std::vector<NodePair>{{0, 1}, {0, 3}, {0, 4}, {1, 2}, {2, 0}, {2, 2}, {4, 1}});
  const std::vector<CutRows> parts = cut_rows(g, {{1, 0, 1, 0, 2}, 3});
  REQUIRE(parts.size() == 3);
  CHECK(parts[0].own == std::vector<Node>{1, 3});
  CHECK(parts[0].halo == std::vector<Node>{2});
  CHECK(parts[0].local == Csr(2, 3, {0, 1, 1}, {2}));
  CHECK(parts[1].own == std::vector<Node>{0, 2});
  CHECK(parts[1].halo == std::vector<Node>{1, 3, 4});
  CHECK(parts[1].local == Csr(2, 5, {0, 3, 5}, {2, 3, 4, 0, 1}));
  CHECK(parts[1].receive == std::vector<PartRange>{{0, 0, 2}, {2, 2, 3}});
  CHECK(parts[0].sent == std::vector<Node>{0, 1, 0});
  CHECK(parts[0].send == std::vector<PartRange>{{1, 0, 2}, {2, 2, 3}});
  CHECK(parts[1].sent == std::vector<Node>{1});
  CHECK(parts[1].send == std::vector<PartRange>{{0, 0, 1}});
  CHECK(parts[2].halo == std::vector<Node>{1});
}

TEST_CASE("parts hold the whole graph, and the lists of sender and receiver agree") {
  for (const Named& named : awkward_graphs())
    for (const Index count : {1, 2, 3, 8}) {
      CAPTURE(named.name);
      CAPTURE(count);
      const Partition found = partition(named.graph, {.parts = count});
      const PartitionFacts facts = measure(named.graph, found);
      const std::vector<CutRows> parts = cut_rows(named.graph, found);
      REQUIRE(std::ssize(parts) == count);
      std::vector<Node> owned;
      for (std::size_t p = 0; p < parts.size(); ++p) {
        const CutRows& part = parts[p];
        CHECK(std::ranges::is_sorted(part.own));
        owned.insert(owned.end(), part.own.begin(), part.own.end());
        CHECK(std::ssize(part.halo) == facts.part[p].ghosts);
        check_rows(named.graph, part);
        check_ranges(part.receive, std::ssize(part.halo));
        check_ranges(part.send, std::ssize(part.sent));
        for (std::size_t q = 0; q < parts.size(); ++q) {
          std::vector<Node> sent = nodes_for(part.send, part.sent, static_cast<std::int32_t>(q));
          for (Node& row : sent)
            row = part.own.at(static_cast<std::size_t>(row));
          CHECK(std::ranges::is_sorted(sent));
          CHECK(sent == nodes_for(parts[q].receive, parts[q].halo, static_cast<std::int32_t>(p)));
        }
      }
      std::ranges::sort(owned);
      for (std::size_t i = 0; i < owned.size(); ++i)
        REQUIRE(owned[i] == static_cast<Node>(i));
      CHECK(std::ssize(owned) == named.graph.rows());
    }
}

TEST_CASE("an empty part is a part") {
  const std::vector<CutRows> parts = cut_rows(cycle(3), {{2, 2, 0}, 4});
  CHECK(parts[1].own.empty());
  CHECK(parts[1].local == Csr());
  CHECK(parts[3].send.empty());
  CHECK(cut_rows(Csr(), {{}, 2}).size() == 2);
  CHECK_THROWS_AS(cut_rows(cycle(3), {{0, 0}, 1}), ShapeError);
  CHECK_THROWS_AS(cut_rows(cycle(3), {{0, 0, 5}, 2}), ValueError);
}
