#include "mercer/graph/order.hpp"

#include <numeric>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"

namespace mercer {
namespace {

constexpr Index first_size = 64, growth = 8;  // of communities, in nodes
constexpr int most_rounds = 4;
constexpr Index few = 50;  // a round that moves less than 1 / few of the nodes is the last

constexpr Index row_bytes = 256, held_bytes = Index{16} << 20;
constexpr double worth = 0.75;

/// A symmetric graph of communities: the number of nodes of each, and of edges between two.
struct Quotient {
  Index count = 0;
  std::vector<Edge> offset{};
  std::vector<Node> neighbour{};
  std::vector<float> weight{};  // [edges]; empty: 1 each
  std::vector<Index> size{};    // [count]

  CsrView view() const { return {count, count, offset.data(), neighbour.data()}; }
};

struct Communities {
  std::vector<Node> of;  // numbered in order of first appearance
  Index count = 0;
};

/// Numbers labels in the order in which they first appear.
Communities numbered(std::vector<Node> label) {
  std::vector<Node> number(label.size(), -1);
  Index count = 0;
  for (Node& l : label) {
    Node& n = number[static_cast<std::size_t>(l)];
    if (n < 0) n = static_cast<Node>(count++);
    l = n;
  }
  return {std::move(label), count};
}

/// The weights of edges to each label, of one node at a time.
class Votes {
 public:
  explicit Votes(Index labels) : weight_(static_cast<std::size_t>(labels), 0.0F) {}

  void add(Node label, float weight) {
    float& w = weight_[static_cast<std::size_t>(label)];
    if (w == 0) seen_.push_back(label);
    w += weight;
  }
  float of(Node label) const { return weight_[static_cast<std::size_t>(label)]; }
  const std::vector<Node>& seen() const { return seen_; }  // in the order in which they came
  void clear() {
    for (const Node label : seen_)
      weight_[static_cast<std::size_t>(label)] = 0;
    seen_.clear();
  }

 private:
  std::vector<float> weight_;
  std::vector<Node> seen_;
};

/// Every node in turn joins the community to which it has the most edges, unless that would pass `most` nodes.
Communities propagated(CsrView g, const std::vector<float>& weight, const std::vector<Index>& size, Index most) {
  const auto at = [](auto i) { return static_cast<std::size_t>(i); };
  std::vector<Node> label(at(g.rows));
  std::iota(label.begin(), label.end(), 0);
  std::vector<Index> load = size.empty() ? std::vector<Index>(at(g.rows), 1) : size;
  Votes votes(g.rows);
  for (int round = 0; round < most_rounds; ++round) {
    Index moved = 0;
    for (Index i = 0; i < g.rows; ++i) {
      for (const Edge e : g.row(i))
        if (g.neighbour[e] != i) votes.add(label[at(g.neighbour[e])], weight.empty() ? 1 : weight[at(e)]);
      const Node own = label[at(i)];
      const Index own_size = size.empty() ? 1 : size[at(i)];
      Node best = own;
      for (const Node l : votes.seen())
        if (l != own && votes.of(l) > votes.of(best) && load[at(l)] + own_size <= most) best = l;
      votes.clear();
      if (best == own) continue;
      load[at(own)] -= own_size;
      load[at(best)] += own_size;
      label[at(i)] = best;
      ++moved;
    }
    if (moved * few < g.rows) break;
  }
  return numbered(std::move(label));
}

/// The nodes sorted by the rank of their community, ascending within each.
std::vector<Node> sorted_by(const Communities& communities, const std::vector<Node>& ranked) {
  std::vector<Node> rank(ranked.size());
  for (std::size_t r = 0; r < ranked.size(); ++r)
    rank[static_cast<std::size_t>(ranked[r])] = static_cast<Node>(r);
  std::vector<Index> place(ranked.size() + 1, 0);
  for (const Node c : communities.of)
    ++place[static_cast<std::size_t>(rank[static_cast<std::size_t>(c)]) + 1];
  std::partial_sum(place.begin(), place.end(), place.begin());
  std::vector<Node> order(communities.of.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto r = static_cast<std::size_t>(rank[static_cast<std::size_t>(communities.of[i])]);
    order[static_cast<std::size_t>(place[r]++)] = static_cast<Node>(i);
  }
  return order;
}

std::vector<Node> ascending(Index count) {
  std::vector<Node> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

Quotient contracted(CsrView g, const std::vector<float>& weight, const std::vector<Index>& size,
                    const Communities& communities) {
  const auto at = [](auto i) { return static_cast<std::size_t>(i); };
  Quotient q{.count = communities.count, .offset = {0}, .size = std::vector<Index>(at(communities.count), 0)};
  Votes votes(communities.count);
  const auto finish_row = [&] {
    for (const Node c : votes.seen()) {
      q.neighbour.push_back(c);
      q.weight.push_back(votes.of(c));
    }
    votes.clear();
    q.offset.push_back(static_cast<Edge>(q.neighbour.size()));
  };
  Node open = 0;
  for (const Node i : sorted_by(communities, ascending(communities.count))) {
    const Node own = communities.of[at(i)];
    if (own != open) finish_row();
    open = own;
    q.size[at(own)] += size.empty() ? 1 : size[at(i)];
    for (const Edge e : g.row(i))
      if (const Node c = communities.of[at(g.neighbour[e])]; c != own) votes.add(c, weight.empty() ? 1 : weight[at(e)]);
  }
  finish_row();
  return q;
}

bool holds_more(Index nodes) { return nodes * row_bytes > held_bytes; }

OrderFacts facts_of_given(CsrView g) {
  return {.nodes = g.rows, .given = missed_share(g, {}, usual_kept_rows), .least = missed_share(g, {}, g.columns)};
}

ChosenOrder ordered(CsrView g, OrderFacts facts) {
  std::vector<Node> order = community_order(g);
  facts.ordered = missed_share(g, order, usual_kept_rows);
  return {.order = std::move(order), .facts = facts};
}

}  // namespace

std::vector<Node> community_order(CsrView g) {
  expect("community_order", {{"columns", g.columns, g.rows}});
  if (g.rows == 0) return {};
  Csr both;
  if (!is_symmetric(g)) g = (both = symmetrised(g)).view();
  std::vector<Communities> levels;
  Quotient above;
  CsrView level = g;
  for (Index most = first_size;; most *= growth) {
    levels.push_back(propagated(level, above.weight, above.size, most));
    if (levels.back().count < 2 || most >= g.rows) break;
    above = contracted(level, above.weight, above.size, levels.back());
    level = above.view();
  }
  std::vector<Node> order = ascending(levels.back().count);
  for (; !levels.empty(); levels.pop_back())
    order = sorted_by(levels.back(), order);
  return order;
}

double missed_share(CsrView g, std::span<const Node> order, Index kept) {
  expect("missed_share", {{"order", order.empty() ? g.rows : std::ssize(order), g.rows}});
  if (g.edges() == 0) return 0;
  std::vector<Edge> fetched(static_cast<std::size_t>(g.columns), -kept - 1);  // the number of each fetch
  Edge missed = 0;
  for (Index a = 0; a < g.rows; ++a)
    for (const Edge e : g.row(order.empty() ? a : order[static_cast<std::size_t>(a)])) {
      Edge& before = fetched[static_cast<std::size_t>(g.neighbour[e])];
      if (missed - before > kept) before = missed++;
    }
  return static_cast<double>(missed) / static_cast<double>(g.edges());
}

bool order_may_pay(const OrderFacts& facts) { return holds_more(facts.nodes) && facts.least <= worth * facts.given; }

bool order_pays(const OrderFacts& facts) { return order_may_pay(facts) && facts.ordered <= worth * facts.given; }

ChosenOrder chosen_order(CsrView g) {
  if (!holds_more(g.rows)) return {.order = {}, .facts = {.nodes = g.rows}};
  const OrderFacts facts = facts_of_given(g);
  if (!order_may_pay(facts)) return {.order = {}, .facts = facts};
  ChosenOrder chosen = ordered(g, facts);
  if (!order_pays(chosen.facts)) chosen.order.clear();
  return chosen;
}

ChosenOrder order_of_communities(CsrView g) { return ordered(g, facts_of_given(g)); }

}  // namespace mercer
