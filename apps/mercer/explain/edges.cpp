#include "explain/edges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "cli/output.hpp"
#include "explain/node_report.hpp"
#include "predict/node_values.hpp"

namespace mercer::program {

namespace {

constexpr std::size_t written_at_once = 1 << 20;

/// Collects rows and passes them on in large pieces.
class Rows {
 public:
  Rows(const Explainable& of, const Write& write)
      : of_(of), naming_(of), graph_(of.graph().adjacency()), write_(write) {}

  /// All edges of one target in one layer.
  void add(Node target, Index layer, std::optional<Index> head) {
    const Factors& factors = of_.layers[static_cast<std::size_t>(layer)];
    const EdgeRange row = graph_.row(target);
    std::vector<Index> heads;
    std::vector<std::vector<Weight>> weights;
    for (Index h = 0; h < factors.alpha.columns(); ++h)
      if (!head || *head == h) {
        heads.push_back(h);
        weights.push_back(weights_of_row(factors, row, h));
      }
    for (const Edge e : by_source(row))
      for (std::size_t h = 0; h < heads.size(); ++h)
        add(target, e, layer, heads[h], weights[h][static_cast<std::size_t>(e - row.first)]);
    if (text_.size() > written_at_once) flush();
  }

  void add_header() { text_ += "source,target,layer,head,alpha,similarity,magnitude,loop\n"; }
  void flush() {
    write_(std::as_bytes(std::span(text_)));
    text_.clear();
  }
  Edge count() const { return count_; }

 private:
  void add(Node target, Edge e, Index layer, Index head, const Weight& w) {
    const Node source = graph_.neighbour[e];
    text_ += fmt::format("{},{},{},{},{:.7g},{:.7g},{:.7g},{}\n", csv_field(naming_.name(source)),
                         csv_field(naming_.name(target)), layer + 1, head + 1, w.alpha, w.similarity, w.magnitude,
                         source == target ? "yes" : "no");
    ++count_;
  }

  std::vector<Edge> by_source(EdgeRange row) const {
    std::vector<Edge> edges;
    for (const Edge e : row)
      edges.push_back(e);
    std::ranges::stable_sort(edges, {}, [&](Edge e) { return of_.prepared().source_node(graph_.neighbour[e]); });
    return edges;
  }

  const Explainable& of_;
  Naming naming_;
  CsrView graph_;
  const Write& write_;
  std::string text_;
  Edge count_ = 0;
};

}  // namespace

Edge write_edges(const Explainable& of, std::optional<Index> layer, std::optional<Index> head,
                 const std::filesystem::path& file) {
  Edge count = 0;
  const std::vector<Index> targets = rows_by_source(of.prepared());
  write_whole(file, [&](const Write& write) {
    Rows rows(of, write);
    rows.add_header();
    for (Index l = 0; l < static_cast<Index>(of.layers.size()); ++l) {
      if (layer && *layer != l) continue;
      for (const Index i : targets)
        rows.add(static_cast<Node>(i), l, head);
    }
    rows.flush();
    count = rows.count();
  });
  return count;
}

}  // namespace mercer::program
