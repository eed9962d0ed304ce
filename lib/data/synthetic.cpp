#include "mercer/data/synthetic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <unordered_set>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"
#include "mercer/data/split.hpp"
#include "mercer/graph/build.hpp"

namespace mercer {
namespace {

/// Draws items in proportion to integer weights. Exact: every compiler and mathematical library gives the same draws.
class Urn {
 public:
  void add(Node item, std::uint32_t weight) {
    const std::uint64_t sum = (below_.empty() ? 0 : below_.back()) + std::uint64_t{weight};
    require(sum <= std::numeric_limits<std::uint32_t>::max(), "planted_citations",
            "a class or vocabulary is too large");
    items_.push_back(item);
    below_.push_back(static_cast<std::uint32_t>(sum));
  }
  Node draw(Random& random) const {
    const auto item = std::ranges::upper_bound(below_, random.below(below_.back()));
    return items_[static_cast<std::size_t>(item - below_.begin())];
  }

 private:
  std::vector<Node> items_;
  std::vector<std::uint32_t> below_;  // running sums of the weights
};

/// 2²² / r^(1 − 2^−halvings), computed by square roots only: every machine rounds these alike.
std::uint32_t power_law(std::size_t rank, int halvings) {
  double weight = 4194304.0, root = static_cast<double>(rank);
  for (int n = 0; n < halvings; ++n)
    weight /= root = std::sqrt(root);
  return 1 + static_cast<std::uint32_t>(weight);
}

/// True with probability `share`, rounded to 2⁻³².
bool chance(double share, Random& random) { return random.bits() < static_cast<std::uint64_t>(share * 4294967296.0); }

class PlantedGraph {
 public:
  PlantedGraph(const PlantedOptions& options, const std::vector<std::int32_t>& labels)
      : options_(options), labels_(labels), random_(options.seed, 1), of_class_(options.class_sizes.size()) {
    std::vector<std::size_t> rank(of_class_.size(), 0);
    for (std::size_t i = 0; i < labels.size(); ++i) {  // the first node of a class is cited most, like an old paper
      const auto c = static_cast<std::size_t>(labels[i]);
      of_class_[c].add(static_cast<Node>(i), power_law(++rank[c], citation_halvings));
    }
  }

  Csr grow() {
    // pass 1: the citing nodes: every node once, the remaining ones at random
    std::vector<Node> order(labels_.size());
    std::iota(order.begin(), order.end(), 0);
    random_.shuffle(order);
    std::vector<Edge> cites(labels_.size(), 0);  // citations by each node
    const auto edges = static_cast<std::size_t>(options_.edges);
    for (std::size_t e = 0; e < edges; ++e)
      ++cites[static_cast<std::size_t>(e < order.size() ? order[e] : anyone())];
    // pass 2: the cited nodes: the first of the order cite another class, until enough edges join two classes
    Edge outside = options_.edges - std::llround(options_.homophily * static_cast<double>(options_.edges));
    for (const Node i : order) {
      const std::int32_t own = class_of(i), other = outside > 0 ? other_class(own) : own;
      for (Edge n = cites[static_cast<std::size_t>(i)]; n > 0; --n)
        add_edge(i, outside-- > 0 ? other : own);
    }
    const Csr one_way = from_edges(static_cast<Index>(labels_.size()), pairs_);
    return symmetrised(one_way);
  }

 private:
  Node anyone() { return static_cast<Node>(random_.below(static_cast<std::uint32_t>(labels_.size()))); }

  /// A class other than `own`, in proportion to its size.
  std::int32_t other_class(std::int32_t own) {
    for (;;)
      if (const auto c = class_of(anyone()); c != own) return c;
  }

  std::int32_t class_of(Node i) const { return labels_[static_cast<std::size_t>(i)]; }

  /// Adds a citation by `from` of a node of class `of`. When `from` seems to have cited all of them, another random
  /// node cites instead, again inside or outside its own class.
  void add_edge(Node from, std::int32_t of) {
    const bool inside = of == class_of(from);
    for (int tries = 0; tries < most_tries; ++tries) {
      const Node to = of_class_[static_cast<std::size_t>(of)].draw(random_);
      const auto [low, high] = std::minmax(from, to);
      if (low != high &&
          seen_.insert(static_cast<std::uint64_t>(low) << 32 | static_cast<std::uint64_t>(high)).second) {
        pairs_.emplace_back(low, high);
        return;
      }
      if (tries < patience) continue;
      from = anyone();
      of = inside ? class_of(from) : other_class(class_of(from));
    }
    throw ValueError("[planted_citations] found no place for edge " + std::to_string(pairs_.size() + 1) + " of " +
                     std::to_string(options_.edges) + ": want fewer edges or more nodes");
  }

  static constexpr int patience = 64, most_tries = 100000, citation_halvings = 4;
  const PlantedOptions& options_;
  const std::vector<std::int32_t>& labels_;
  Random random_;
  std::vector<Urn> of_class_;
  std::unordered_set<std::uint64_t> seen_;
  std::vector<NodePair> pairs_;
};

/// All words in a random order with falling frequencies.
Urn topic(Index words, int halvings, Random& random) {
  std::vector<Node> order(static_cast<std::size_t>(words));
  std::iota(order.begin(), order.end(), 0);
  random.shuffle(order);
  Urn urn;
  for (std::size_t r = 0; r < order.size(); ++r)
    urn.add(order[r], power_law(r + 1, halvings));
  return urn;
}

/// The number of words of each node: one each, the others distributed at random.
std::vector<Index> lengths(Index nodes, const PlantedOptions& options, Random& random) {
  std::vector<Index> length_of(static_cast<std::size_t>(nodes), 1);
  for (Edge rest = options.words_in_all - nodes; rest > 0;) {
    Index& length = length_of[random.below(static_cast<std::uint32_t>(nodes))];
    if (length == options.words) continue;
    ++length;
    --rest;
  }
  return length_of;
}

SparseMatrix bags_of_words(const PlantedOptions& options, const std::vector<std::int32_t>& labels) {
  Random random(options.seed, 2);
  const Urn common = topic(options.words, 1, random);
  std::vector<Urn> of_class;
  for (std::size_t c = 0; c < options.class_sizes.size(); ++c)
    of_class.push_back(topic(options.words, 3, random));

  const auto length = lengths(static_cast<Index>(labels.size()), options, random);
  std::vector<char> taken(static_cast<std::size_t>(options.words), 0);
  std::vector<Edge> offset{0};
  std::vector<Node> column;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto first = static_cast<std::ptrdiff_t>(column.size());
    for (Index w = 0; w < length[i]; ++w) {
      const Urn& urn = chance(options.topic_share, random) ? of_class[static_cast<std::size_t>(labels[i])] : common;
      auto word = static_cast<std::size_t>(urn.draw(random));
      while (taken[word])
        word = (word + 1) % taken.size();
      taken[word] = 1;
      column.push_back(static_cast<Node>(word));
    }
    std::sort(column.begin() + first, column.end());
    for (auto c = column.begin() + first; c != column.end(); ++c)
      taken[static_cast<std::size_t>(*c)] = 0;
    offset.push_back(static_cast<Edge>(column.size()));
  }
  std::vector<Real> ones(column.size(), 1);
  return {static_cast<Index>(labels.size()), options.words, std::move(offset), std::move(column), std::move(ones)};
}

std::vector<std::int32_t> shuffled_labels(const PlantedOptions& options) {
  std::vector<std::int32_t> labels;
  for (std::size_t c = 0; c < options.class_sizes.size(); ++c)
    labels.insert(labels.end(), static_cast<std::size_t>(options.class_sizes[c]), static_cast<std::int32_t>(c));
  Random random(options.seed, 0);
  random.shuffle(labels);
  return labels;
}

void check(const PlantedOptions& o) {
  constexpr const char* op = "planted_citations";
  require(!o.class_sizes.empty() && std::ranges::all_of(o.class_sizes, [](Index size) { return size > 0; }), op,
          "want at least one class, and a node in each");
  const Index nodes = std::accumulate(o.class_sizes.begin(), o.class_sizes.end(), Index{0});
  const auto in_unit = [](double x) { return x >= 0 && x <= 1; };
  require(nodes <= std::numeric_limits<Node>::max(), op, std::to_string(nodes) + " nodes are too many");
  require(o.edges >= 0 && o.edges <= nodes * (nodes - 1) / 2, op,
          "got " + std::to_string(o.edges) + " edges, want 0 … " + std::to_string(nodes * (nodes - 1) / 2));
  require(in_unit(o.homophily) && in_unit(o.topic_share), op, "homophily and topic_share are shares, want 0 … 1");
  require(o.class_sizes.size() > 1 || o.homophily == 1 || o.edges == 0, op, "one class alone has homophily 1");
  require(o.words > 0 && o.words <= std::numeric_limits<Node>::max(), op, "got " + std::to_string(o.words) + " words");
  require(
      o.words_in_all >= nodes && o.words_in_all <= nodes * o.words, op,
      "got " + std::to_string(o.words_in_all) + " words in all, want one to " + std::to_string(o.words) + " a node");
}

}  // namespace

Dataset planted_citations(const PlantedOptions& options) {
  check(options);
  Dataset data;
  data.name = "planted";
  data.format = "synthetic";
  data.labels = shuffled_labels(options);
  for (std::size_t c = 0; c < options.class_sizes.size(); ++c)
    data.class_names.push_back("topic " + std::to_string(c));
  data.graph = PlantedGraph(options, data.labels).grow();
  data.features = bags_of_words(options, data.labels);
  data.splits = {split_by_count(data,
                                {.train = options.train_of_each_class,
                                 .validation = options.validation,
                                 .validation_of_each_class = false,
                                 .test = options.test},
                                options.seed)};
  return data;
}

}  // namespace mercer
