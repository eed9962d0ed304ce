#include "data/formats/heterophilous.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "data/assemble.hpp"
#include "data/files/npz_members.hpp"
#include "data/files/npz_splits.hpp"
#include "data/files/read_file.hpp"
#include "data/files/text_file.hpp"
#include "data/tables/edge_arrays.hpp"
#include "data/tables/listed_graph.hpp"
#include "mercer/graph/build.hpp"

namespace mercer {
namespace {

/// The edges as they stand.
std::vector<NodePair> listed_edges(const Npz& archive, Index nodes) {
  const NpyArray member = member_of_shape(archive, "edges", {-1, 2});
  const std::vector<std::int64_t> ends = member.as<std::int64_t>();
  std::vector<NodePair> edges;
  edges.reserve(ends.size());
  for (std::size_t e = 0; e + 1 < ends.size(); e += 2) {
    for (const std::int64_t end : {ends[e], ends[e + 1]})
      if (end < 0 || end >= nodes)
        refuse_file(member.source, "row " + std::to_string(e / 2),
                    "node " + std::to_string(end) + " is out of range, want 0 … " + std::to_string(nodes - 1));
    edges.emplace_back(static_cast<Node>(ends[e + 1]), static_cast<Node>(ends[e]));  // (target, source)
  }
  return edges;
}

void read_graph(const Npz& archive, Index nodes, Dataset& set) {
  std::vector<NodePair> edges = listed_edges(archive, nodes);
  read_edge_features(archive, std::ssize(edges), set);
  const std::vector<Real> weights = read_edge_weights(archive, std::ssize(edges), set);
  set_graph(nodes, std::move(edges), weights, set);
}

/// Archives of directed graphs have the form of the others; the name, or a member, says so.
bool says_directed(const std::filesystem::path& path, const Npz& archive) {
  const std::string name = lower_case(name_of(path));
  if (name.find("directed") != std::string::npos && name.find("undirected") == std::string::npos) return true;
  return flag_of(archive, "directed") || flag_of(archive, "is_directed");
}

}  // namespace

bool is_heterophilous(const Npz& archive) {
  return archive.contains("edges") && (archive.contains("node_features") || archive.contains("node_labels"));
}

Dataset read_heterophilous(const std::filesystem::path& path, const Npz& archive) {
  Dataset set;
  set.name = name_of(path);
  set.format = "heterophilous";
  set.notes = notes_on_unread(
      archive, {"node_features", "node_labels", "edges", "directed", "is_directed", "class_names", "task"},
      split_members);
  const bool labelled = archive.contains("node_labels"), featured = archive.contains("node_features");
  if (labelled)
    read_labels(set, archive, "node_labels", -1);
  else
    set_no_labels(member_of_shape(archive, "node_features", {-1, -1}).shape[0], "a member node_labels", set);
  const auto nodes = static_cast<Index>(set.labels.size());
  if (nodes >= std::numeric_limits<Node>::max())
    refuse_file(path, labelled ? "member 'node_labels'" : "member 'node_features'", "has more than 2^31 nodes");
  set.directed = says_directed(path, archive);
  read_graph(archive, nodes, set);
  set.features = featured ? dense_features(archive.at("node_features"), nodes, set.notes)
                          : no_features(nodes, "a member node_features", set.notes);
  set.splits = splits_of(archive, nodes, set.notes);
  return set;
}

}  // namespace mercer
