#include "data/formats/heterophilous.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "data/assemble.hpp"
#include "data/files/npz_members.hpp"
#include "data/files/read_file.hpp"
#include "data/files/text_file.hpp"
#include "data/rounding.hpp"
#include "mercer/graph/build.hpp"

namespace mercer {
namespace {

/// Edges that are not directed go both ways; the list begins with all as they stand.
std::vector<NodePair> listed_edges(const Npz& archive, Index nodes, bool directed) {
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
  const std::size_t given = edges.size();
  for (std::size_t e = 0; !directed && e < given; ++e)
    edges.emplace_back(edges[e].second, edges[e].first);
  return edges;
}

Features rows_of(const std::string& source, const std::vector<Real>& values, Index nodes, Index width) {
  FeatureRows rows(source, "", width);
  for (Index i = 0; i < nodes; ++i) {
    for (Index c = 0; c < width; ++c)
      if (const Real x = values[static_cast<std::size_t>(i * width + c)]; x != 0) rows.add(c, x);
    rows.end_row();
  }
  return in_fitting_form(std::move(rows).matrix());
}

Features features_of(const Npz& archive, Index nodes, std::vector<std::string>& notes) {
  NpyArray member = member_of_shape(archive, "node_features", {nodes, -1});
  const Index width = member.shape[1];
  if (width > std::numeric_limits<Node>::max())
    refuse_file(member.source, "", "has " + std::to_string(width) + " columns, want less than 2^31");
  const std::vector<Real> values = reals_of(member, notes);
  member.bytes = {};
  return rows_of(member.source, values, nodes, width);
}

/// Archives of directed graphs have the form of the others; the name, or a member, says so.
bool says_directed(const std::filesystem::path& path, const Npz& archive) {
  const std::string name = lower_case(name_of(path));
  if (name.find("directed") != std::string::npos && name.find("undirected") == std::string::npos) return true;
  return flag_of(archive, "directed") || flag_of(archive, "is_directed");
}

}  // namespace

bool is_heterophilous(const Npz& archive) {
  for (const char* name : {"node_features", "node_labels", "edges"})
    if (!archive.contains(name)) return false;
  return true;
}

Dataset read_heterophilous(const std::filesystem::path& path, const Npz& archive) {
  Dataset set;
  set.name = name_of(path);
  set.format = "heterophilous";
  set.notes = notes_on_objects(archive);
  read_labels(set, archive, "node_labels", -1);
  const auto nodes = static_cast<Index>(set.labels.size());
  if (nodes >= std::numeric_limits<Node>::max())
    refuse_file(path, "member 'node_labels'", "labels more than 2^31 nodes");
  set.directed = says_directed(path, archive);
  set.edge_list = listed_edges(archive, nodes, set.directed);
  set.graph = from_edges(nodes, set.edge_list);
  set.features = features_of(archive, nodes, set.notes);
  set.splits = splits_of_masks(archive, nodes);
  return set;
}

}  // namespace mercer
