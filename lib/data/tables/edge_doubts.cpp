#include "data/tables/edge_doubts.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "data/files/read_file.hpp"
#include "data/tables/column_names.hpp"
#include "data/tables/end_columns.hpp"

namespace mercer {
namespace {

constexpr Index many_columns = 8;  // beside the ends; so many features have few lists of edges, and none of two lines
constexpr Index few_nodes = 20;    // weights may be any of so few numbers

bool is_node_number(Real value) { return value >= 0 && value == std::trunc(value); }

/// The numbers of nodes in a column, each once.
class Seen {
 public:
  explicit Seen(Index nodes) : nodes_(nodes), is_there_(static_cast<std::size_t>(nodes) + 1, false) {}
  void add(Real value) {
    nodes_alone_ = nodes_alone_ && is_node_number(value) && value <= static_cast<Real>(nodes_);
    if (!nodes_alone_) return;
    const auto place = static_cast<std::size_t>(value);
    count_ += is_there_[place] ? 0 : 1;
    is_there_[place] = true;
  }
  bool looks_like_ends() const { return nodes_alone_ && 2 * count_ >= nodes_; }

 private:
  Index nodes_, count_ = 0;
  std::vector<bool> is_there_;
  bool nodes_alone_ = true;
};

}  // namespace

bool is_edge_index(const Tensor& features) {
  if (features.rows() != 2 || features.columns() < many_columns) return false;
  for (Index e = 0; e < features.rows(); ++e)
    for (Index c = 0; c < features.columns(); ++c)
      if (!is_node_number(features(e, c))) return false;
  return true;
}

bool is_adjacency(const Tensor& features, std::int64_t largest, bool named) {
  constexpr Index few_columns = 3;  // of a matrix of 0 and 1
  if (features.rows() != features.columns() + 2 || features.columns() < few_columns) return false;
  return largest <= 1 || (!named && features.columns() >= many_columns);
}

std::vector<std::string> columns_of_nodes(Index nodes, const std::vector<Real>& weight, const std::string& weight_name,
                                          const Tensor& features, const std::vector<std::string>& names) {
  std::vector<std::string> columns;
  const Index edges = std::max(std::ssize(weight), features.rows());
  if (nodes < few_nodes || edges < nodes / 2) return columns;  // numbers of a graph alone may have wide gaps
  Seen of_weight(nodes);
  for (const Real value : weight)
    of_weight.add(value);
  if (of_weight.looks_like_ends()) columns.push_back(weight_name);
  for (Index c = 0; c < features.columns(); ++c) {
    Seen seen(nodes);
    for (Index e = 0; e < features.rows(); ++e)
      seen.add(features(e, c));
    if (seen.looks_like_ends()) columns.push_back(names[static_cast<std::size_t>(c)]);
  }
  return columns;
}

FirstRow kind_of_first_pair(const EndPieces& ends, std::optional<Index> nodes) {
  const auto piece = std::ranges::find_if(ends, [](const auto& own) { return !own.empty(); });
  if (piece == ends.end()) return FirstRow::edge;
  const EdgeEnds first = piece->front();
  Edge edges = -1;  // without the first
  bool mirrored = false, zero = false, one = false;
  IdExtent below;
  for (const auto& own : ends)
    for (const EdgeEnds& e : own) {
      if (++edges == 0) continue;
      if (e.source == first.source && e.target == first.target) return FirstRow::header;
      mirrored = mirrored || (e.source == first.target && e.target == first.source);
      zero = zero || e.source == first.source || e.target == first.source;
      one = one || e.source == first.target || e.target == first.target;
      below = {std::min({below.least, e.source, e.target}), std::max({below.most, e.source, e.target})};
    }
  if (edges == 0 || mirrored) return FirstRow::edge;
  if (zero) return FirstRow::edge_or_header;
  if (nodes && ids_in(ends) == *nodes) return FirstRow::edge;  // else 0 alone would have no edge
  const bool header = nodes ? below.least == 1 && below.most == *nodes
                            : edges >= ids_in(ends) - (one ? 1 : 2) || (!one && below.least > 2);
  return header ? FirstRow::header : FirstRow::edge_or_header;
}

FirstRow kind_of_first_counts(const EndPieces& ends, std::optional<Index> nodes) {
  constexpr Edge few_edges = 3;  // so few may fit by chance
  std::optional<EdgeEnds> first, second;
  IdExtent below;
  bool mirrored = false;
  for (const auto& own : ends)
    for (const EdgeEnds& e : own) {
      if (!first) {
        first = e;
        continue;
      }
      if (!second) second = e;
      mirrored = mirrored || (e.source == first->target && e.target == first->source);
      below = {std::min({below.least, e.source, e.target}), std::max({below.most, e.source, e.target})};
    }
  const Edge edges = edges_in(ends) - 1;  // without the first
  if (edges < few_edges || mirrored) return FirstRow::edge;
  const bool counts_nodes =
      (!nodes || first->source == *nodes) && below.most <= first->source - (below.least == 0 ? 1 : 0);
  if (counts_nodes && first->target == edges)
    return second->source == first->target ? FirstRow::edge_or_header : FirstRow::header;
  const bool apart = first->source > below.most && first->target > below.most && first->source != first->target;
  return counts_nodes && apart ? FirstRow::edge_or_header : FirstRow::edge;
}

void refuse_two_kinds(const std::filesystem::path& file, std::string_view source, std::string_view target,
                      const EndPieces& ends) {
  const auto both = name_two_kinds(source, target) ? id_of_both_ends(ends) : std::nullopt;
  if (!both) return;
  const std::string id = std::to_string(*both);
  const auto prefixed = [&](std::string_view name) { return plain_name(name).substr(0, 1) + id; };
  const bool alike = prefixed(source) == prefixed(target);
  refuse_file(
      file, "",
      id + " of column " + joined({std::string(source)}) + " and " + id + " of column " +
          joined({std::string(target)}) +
          " would be one node, though the names tell two kinds of them; want ids that tell the kinds apart, as " +
          (alike ? "a" + id : prefixed(source)) + " and " + (alike ? "b" + id : prefixed(target)) +
          ", or the header source,target where both are of one kind");
}

}  // namespace mercer
