#include "data/files/npz_splits.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/counted.hpp"
#include "data/check_parts.hpp"
#include "data/files/npz_members.hpp"
#include "data/files/read_file.hpp"

namespace mercer {
namespace {

/// The nodes of a part by split; of a mask [nodes], [nodes, splits] or [splits, nodes], or of a list of nodes.
std::vector<std::vector<Node>> nodes_in_part(const Npz& archive, const std::string& name, Index nodes,
                                             std::vector<std::string>& notes) {
  const NpyArray header = archive.header(name);
  if (name.find("idx") != std::string::npos) {
    if (header.shape.size() != 1) refuse_shape(header, "a list of nodes");
    std::vector<Node> listed = archive.at(name).as<Node>();
    std::ranges::sort(listed);
    for (const Node i : listed)
      if (i < 0 || i >= nodes)
        refuse_file(header.source, "",
                    "node " + std::to_string(i) + " is out of range, want 0 … " + std::to_string(nodes - 1));
    if (const auto twice = std::ranges::adjacent_find(listed); twice != listed.end())
      refuse_file(header.source, "", "node " + std::to_string(*twice) + " is here twice");
    return {listed};
  }
  const std::vector<Index>& shape = header.shape;
  if (shape.size() == 1 && shape[0] < nodes)  // a list is short: its items may be read
    if (const auto listed = listed_nodes(archive.at(name), name, nodes, notes)) return {*listed};
  const bool one = shape.size() == 1, by_node = shape.size() == 2 && shape[0] == nodes;
  if (one ? shape[0] != nodes : !by_node && (shape.size() != 2 || shape[1] != nodes))
    refuse_shape(header, "a truth value for each of the " + std::to_string(nodes) +
                             " nodes: [nodes], [nodes, splits] "
                             "or [splits, nodes], or a list of nodes' numbers");
  const Index splits = one ? 1 : shape[by_node ? 1 : 0];
  const std::vector<bool> mask = archive.at(name).as<bool>();
  std::vector<std::vector<Node>> part(static_cast<std::size_t>(splits));
  for (Index k = 0; k < splits; ++k)
    for (Node i = 0; i < nodes; ++i)
      if (mask[static_cast<std::size_t>(by_node ? i * splits + k : k * nodes + i)])
        part[static_cast<std::size_t>(k)].push_back(i);
  return part;
}

/// The splits of masks [splits, nodes], of which all three must be there.
std::vector<Split> splits_of_masks(const Npz& archive, Index nodes) {
  const NpyArray train = member_of_shape(archive, "train_masks", {-1, nodes});
  const Index count = train.shape[0];
  const NpyArray validation = member_of_shape(archive, "val_masks", {count, nodes});
  const NpyArray test = member_of_shape(archive, "test_masks", {count, nodes});
  const std::vector<bool> masks[] = {train.as<bool>(), validation.as<bool>(), test.as<bool>()};
  if (nodes == 0) return {};
  std::vector<Split> splits(static_cast<std::size_t>(count));
  for (std::size_t k = 0, item = 0; k < splits.size(); ++k) {
    std::vector<Node>* parts[] = {&splits[k].train, &splits[k].validation, &splits[k].test};
    for (Node i = 0; i < nodes; ++i, ++item)
      for (std::size_t p = 0; p < 3; ++p)
        if (masks[p][item]) parts[p]->push_back(i);
    check_parts(splits[k], nodes, archive.file(), "masks, row " + std::to_string(k));
  }
  return splits;
}

/// The splits of members that may have several forms; a part of a single split is that of all splits.
std::vector<Split> splits_of_parts(const Npz& archive, const std::array<const char*, 3>& names, Index nodes,
                                   std::vector<std::string>& notes) {
  std::array<std::vector<std::vector<Node>>, 3> parts;
  std::size_t most = 0;  // the part that says how many splits there are
  for (std::size_t p = 0; p < names.size(); ++p) {
    parts[p] = nodes_in_part(archive, names[p], nodes, notes);
    const std::size_t count = parts[p].size(), wanted = parts[most].size();
    if (count != 1 && wanted != 1 && count != wanted)
      refuse_file(archive.file(), in_quotes(names[p]),
                  "has " + std::to_string(count) + " splits, want " + std::to_string(wanted) + " as " +
                      in_quotes(names[most]) + ", or one for all");
    if (wanted == 1) most = p;
  }
  std::vector<Split> splits(parts[most].size());
  const auto nodes_of = [&](std::size_t p, std::size_t k) { return parts[p][parts[p].size() == 1 ? 0 : k]; };
  for (std::size_t k = 0; k < splits.size(); ++k)
    splits[k] = {nodes_of(0, k), nodes_of(1, k), nodes_of(2, k)};
  for (const Split& split : splits)
    check_parts(split, nodes, archive.file(), in_quotes(names[0]));
  return splits;
}

}  // namespace

std::optional<std::vector<Node>> listed_nodes(const NpyArray& array, const std::string& name, Index nodes,
                                              std::vector<std::string>& notes) {
  const bool is_whole = array.dtype.size() > 1 && (array.dtype[1] == 'i' || array.dtype[1] == 'u');
  if (!is_whole || array.shape.size() != 1 || array.shape[0] >= nodes) return std::nullopt;
  std::vector<std::int64_t> numbers = array.as<std::int64_t>();
  std::ranges::sort(numbers);
  const bool in_range = numbers.empty() || (numbers.front() >= 0 && numbers.back() < nodes);
  if (!in_range || std::ranges::adjacent_find(numbers) != numbers.end()) return std::nullopt;
  notes.push_back(in_quotes(name) + " holds " + counted(array.size(), "number") + " of nodes, which are its part");
  return std::vector<Node>(numbers.begin(), numbers.end());
}

bool has_splits(const Npz& archive) {
  return std::ranges::any_of(split_members, [&](const auto& names) { return archive.contains(names[0]); });
}

std::vector<Split> splits_of(const Npz& archive, Index nodes, std::vector<std::string>& notes) {
  std::vector<Split> splits;
  bool is_read = false;
  for (const auto& names : split_members) {
    if (!archive.contains(names[0])) continue;
    if (is_read) {
      notes.push_back(in_quotes(names[0]) + " is not read: another member has the splits");
      continue;
    }
    is_read = true;
    splits =
        names == split_members[0] ? splits_of_masks(archive, nodes) : splits_of_parts(archive, names, nodes, notes);
  }
  for (const auto& names : split_members)
    for (const char* name : {names[1], names[2]})
      if (!is_read && archive.contains(name)) refuse_no_train(archive.file(), "member", names[0], name);
  return splits;
}

}  // namespace mercer
