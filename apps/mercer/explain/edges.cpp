#include "explain/edges.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/output.hpp"
#include "explain/node_report.hpp"
#include "mercer/data/read.hpp"
#include "predict/node_values.hpp"

namespace mercer::program {

namespace {

constexpr std::size_t edges_written_at_once = 1 << 20;

struct PlacedEdge {
  Node target;
  Edge slot;
};

/// The edges in the order in which they are written.
class Order {
 public:
  Order(const Prepared& prepared, CsrView graph) : graph_(graph) {
    edges.reserve(static_cast<std::size_t>(graph.edges()));
    add_source_edges(prepared);
    for (const Index i : rows_by_source(prepared)) {
      std::vector<Edge> row;
      for (const Edge e : graph_.row(i))
        row.push_back(e);
      std::ranges::stable_sort(row, {}, [&](Edge e) { return prepared.source_node(graph_.neighbour[e]); });
      for (const Edge e : row)
        add(static_cast<Node>(i), e);
    }
  }

  std::vector<PlacedEdge> edges;

 private:
  void add(Node target, Edge e) {
    if (is_placed_[static_cast<std::size_t>(e)]) return;
    is_placed_[static_cast<std::size_t>(e)] = true;
    edges.push_back({target, e});
  }

  /// Reads the source again for its order; an edge that it repeats takes the next slot of its pair, if there is one.
  /// Nodes and edges that the preparation left out are passed over.
  void add_source_edges(const Prepared& prepared) {
    const Dataset source = load_dataset(prepared.place);
    if (fingerprint(source) != prepared.source) throw FileError(prepared.place + ": changed while it was read");
    std::vector<Node> number(static_cast<std::size_t>(source.nodes()), -1);
    for (Index i = 0; i < graph_.rows; ++i)
      number[static_cast<std::size_t>(prepared.source_node(i))] = static_cast<Node>(i);
    for (const auto& [source_target, source_source] : source.edge_list) {
      const Node i = number[static_cast<std::size_t>(source_target)];
      const Node j = number[static_cast<std::size_t>(source_source)];
      if (i < 0 || j < 0) continue;
      const Node* const neighbour = graph_.neighbour;
      const Node* found = std::lower_bound(neighbour + graph_.offset[i], neighbour + graph_.offset[i + 1], j);
      const auto placed = [&] { return is_placed_[static_cast<std::size_t>(found - neighbour)]; };
      while (found != neighbour + graph_.offset[i + 1] && *found == j && placed())
        ++found;
      if (found != neighbour + graph_.offset[i + 1] && *found == j) add(i, found - neighbour);
    }
  }

  CsrView graph_;
  std::vector<bool> is_placed_ = std::vector<bool>(static_cast<std::size_t>(graph_.edges()), false);
};

/// The edges of the graph in the order of its source; those of a sequence, all pairs, are listed row by row without it.
std::vector<PlacedEdge> placed_edges(const Explainable& explained) {
  if (explained.item) return {};
  return Order(explained.prepared(), explained.graph().adjacency()).edges;
}

/// Collects rows and passes them on in large pieces.
class Rows {
 public:
  Rows(const Explainable& explained, const Write& write)
      : explained_(explained),
        naming_(explained),
        graph_(explained.around.view().adjacency),
        edges_(placed_edges(explained)),
        write_(write) {
    has_terms_ = std::ranges::any_of(explained.edge_terms, [](const Tensor& term) { return term.columns() > 0; });
    text_ = "source,target,layer,head,alpha,similarity,magnitude,loop";
    text_ += has_terms_ ? ",edge_term\n" : "\n";
  }

  /// All edges in one layer.
  void add(Index layer, std::optional<Index> head) {
    const Factors& factors = explained_.layers[static_cast<std::size_t>(layer)];
    const Index heads = factors.alpha.columns();
    std::vector<RowMeans> means;  // [n, h]
    for (Index i = 0; i < graph_.rows; ++i)
      for (Index h = 0; h < heads; ++h)
        means.push_back(means_of_row(factors, graph_.row(i), h));
    const auto add_heads = [&](Index target, Edge e) {
      for (Index h = 0; h < heads; ++h)
        if (!head || *head == h)
          add(static_cast<Node>(target), e, layer, h,
              weight_of_edge(factors, means[static_cast<std::size_t>(target * heads + h)], e, h));
    };
    for (const PlacedEdge& edge : edges_)
      add_heads(edge.target, edge.slot);
    for (Index i = 0; explained_.item && i < graph_.rows; ++i)
      for (const Edge e : graph_.row(i))
        add_heads(i, e);
  }

  void flush() {
    write_(std::as_bytes(std::span(text_)));
    text_.clear();
  }
  Edge count() const { return count_; }

 private:
  void add(Node target, Edge e, Index layer, Index head, const Weight& w) {
    const Node source = graph_.column(target, e);
    const auto cell = [&](double value) { return has_factors_ ? fmt::format("{:.7g}", value) : ""; };
    text_ += fmt::format("{},{},{},{},{:.7g},{},{},{}", csv_field(name(source)), csv_field(name(target)), layer + 1,
                         head + 1, w.alpha, cell(w.similarity), cell(w.magnitude), source == target ? "yes" : "no");
    if (has_terms_) text_ += fmt::format(",{:.7g}", explained_.edge_terms[static_cast<std::size_t>(layer)](e, head));
    text_ += '\n';
    ++count_;
    if (text_.size() > edges_written_at_once) flush();
  }

  std::string name(Node row) const {
    return explained_.item ? explained_.item->names[static_cast<std::size_t>(row)] : naming_.name(row);
  }

  const Explainable& explained_;
  Naming naming_;
  EdgeRows graph_;
  std::vector<PlacedEdge> edges_;
  const Write& write_;
  std::string text_;
  bool has_terms_ = false;
  bool has_factors_ = has_factors(explained_.trained.model.options);
  Edge count_ = 0;
};

}  // namespace

Edge write_edges(const Explainable& explained, std::optional<Index> layer, std::optional<Index> head,
                 const std::filesystem::path& file) {
  Edge count = 0;
  write_whole(file, [&](const Write& write) {
    Rows rows(explained, write);
    for (Index l = 0; l < static_cast<Index>(explained.layers.size()); ++l)
      if (!layer || *layer == l) rows.add(l, head);
    rows.flush();
    count = rows.count();
  });
  return count;
}

}  // namespace mercer::program
