#include "backend/stream_plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "mercer/base/check.hpp"
#include "mercer/graph/graph.hpp"
#include "support/graphs.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr PieceCost cost{.once = 10, .row = 3, .column = 5, .edge = 2};

/// Checks that the pieces make the graph, row by row and edge by edge.
void check_pieces(const Csr& g, std::size_t most) {
  CAPTURE(g.rows());
  CAPTURE(most);
  const CsrView whole = g;
  Index row = 0;
  for (const GraphPiece& piece : pieces_of(whole, cost, most)) {
    CHECK(piece.first == row);
    CHECK(piece.last > piece.first);
    CHECK(piece.first_slot == whole.offset[row]);
    CHECK(std::ranges::adjacent_find(piece.columns, std::greater_equal()) == piece.columns.end());
    CHECK(cost.of(piece) <= most);
    const CsrView local = piece.edges;
    REQUIRE(local.rows == piece.rows());
    std::vector<char> listed(piece.columns.size());
    for (Index i = 0; i < local.rows; ++i, ++row) {
      REQUIRE(local.degree(i) == whole.degree(row));
      for (Edge e = 0; e < local.degree(i); ++e) {
        const auto c = static_cast<std::size_t>(local.neighbour[local.offset[i] + e]);
        CHECK(piece.columns[c] == whole.neighbour[whole.offset[row] + e]);
        listed[c] = 1;
      }
    }
    CHECK(std::ranges::count(listed, 1) == std::ssize(listed));
  }
  CHECK(row == g.rows());
}

}  // namespace

TEST_CASE("pieces are consecutive rows with their columns, each within its bytes") {
  for (const Index n : {0, 1, 2, 17, 200})
    for (const std::size_t most : {200u, 1000u, 1u << 30}) {
      check_pieces(scattered(n), most);
      check_pieces(cycle(std::max<Index>(n, 1)), most);
      check_pieces(no_edges(n), most);
    }
  check_pieces(Csr(2, 40, {0, 2, 3}, {39, 1, 7}), 100);  // as in a part: neighbours need not ascend
}

TEST_CASE("a piece is as long as it can be") {
  const auto pieces = pieces_of(cycle(100), cost, 200);
  for (std::size_t p = 0; p + 1 < pieces.size(); ++p)
    CHECK(cost.of(pieces[p]) + cost.row + 2 * cost.column + 2 * cost.edge > 200);
  CHECK(pieces_of(cycle(100), cost, std::size_t{1} << 20).size() == 1);
}

TEST_CASE("a single row that is too large is named") {
  CHECK(message_of<ValueError>([] { pieces_of(star(50), cost, 300); }) ==
        "[pieces_of] row 0 with its 50 neighbours wants 363 bytes at once, a piece has 300");
  const Csr none;
  CHECK_THROWS_AS(StreamPlan(none, none, 0), ValueError);
}

TEST_CASE("a plan keeps its pieces and counts requests") {
  const Graph graph(scattered(60));
  const Graph copy = graph;
  StreamPlan& plan = stream_plan(graph.view(), 1000);
  CHECK(&plan == &stream_plan(copy.view(), 1000));
  CHECK(&plan != &stream_plan(graph.view(), 2000));
  const StreamPlan::Pass& rows = plan.pass(StreamPlan::Over::rows, cost);
  CHECK(&rows == &plan.pass(StreamPlan::Over::rows, cost));
  CHECK(&rows != &plan.pass(StreamPlan::Over::columns, cost));
  CHECK(&rows == &plan.cut(StreamPlan::Over::rows, cost));
  CHECK(rows.times == 2);
  CHECK(rows.pieces.size() > 1);
  CHECK(rows.slot_bytes <= 500);
  std::size_t moved = 0;
  for (const GraphPiece& piece : rows.pieces)
    moved += cost.of(piece);
  CHECK(rows.moved_bytes == moved);
  CHECK(plan.passes().size() == 2);
}
