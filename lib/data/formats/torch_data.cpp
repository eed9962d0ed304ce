#include "data/formats/torch_data.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "data/assemble.hpp"
#include "data/check_parts.hpp"
#include "data/files/npz_members.hpp"
#include "data/files/npz_splits.hpp"
#include "data/files/read_file.hpp"
#include "data/formats.hpp"
#include "data/labels/label_array.hpp"
#include "data/rounding.hpp"
#include "data/tables/edge_arrays.hpp"
#include "data/tables/listed_graph.hpp"
#include "mercer/data/split.hpp"
#include "mercer/data/torch_file.hpp"
#include "mercer/graph/inspect.hpp"

namespace mercer {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 5> known{"x", "edge_index", "y", "edge_weight", "edge_attr"};

/// The names of the parts of the split that the file has, train_mask … without one.
std::array<const char*, 3> split_names(const TorchFile& file) {
  const auto has = [&](const char* name) { return file.contains(name) || !file.other_kind(name).empty(); };
  for (const auto& names : split_members)
    if (names != split_members[0] && std::ranges::any_of(names, has)) return names;
  return split_members[1];
}

/// The number of nodes: the rows of x, else num_nodes, else the length of y.
Index nodes_of(const TorchFile& file) {
  const auto rows = [&](const char* name) -> std::optional<Index> {
    if (!file.contains(name) || file.shape(name).empty()) return std::nullopt;
    return file.shape(name)[0];
  };
  auto nodes = rows("x");
  if (!nodes) nodes = file.integer("num_nodes");
  if (!nodes) nodes = rows("y");
  if (!nodes) refuse_file(file.file(), "", "has neither x nor num_nodes nor y, which say how many nodes there are");
  const auto most = static_cast<Index>(file_bytes(file.file())) + 65536;
  if (*nodes < 0 || *nodes >= std::min<Index>(most, std::numeric_limits<Node>::max()))
    refuse_file(file.file(), "", "claims " + std::to_string(*nodes) + " nodes, more than the file has bytes");
  return *nodes;
}

/// Throws FileError where something else stands for a tensor, which would be left out without a word.
void refuse_others(const TorchFile& file) {
  const auto parts = split_names(file);
  std::vector<const char*> names(known.begin(), known.end());
  names.insert(names.end(), parts.begin(), parts.end());
  for (const char* name : names) {
    const std::string kind = file.other_kind(name);
    if (kind.empty()) continue;
    const std::string data = "data." + std::string(name);
    refuse_file(file.file(), in_quotes(name),
                "is " + kind + ", want a tensor of numbers, as " + data +
                    (kind == "a matrix of scipy.sparse" ? " = torch.from_numpy(" + data + ".toarray())"
                                                        : " = torch.tensor(…)") +
                    " makes it");
  }
}

void read_graph(const TorchFile& file, Index nodes, Dataset& set) {
  const NpyArray array = file.at("edge_index");
  std::vector<NodePair> edges = pairs_of(array, nodes);
  const std::size_t count = edges.size();
  std::vector<Real> weight;
  if (file.contains("edge_weight")) {
    weight = edge_weights_of(file.at("edge_weight"), static_cast<Edge>(count), set);
    set.notes.emplace_back("'edge_weight' is read as the weights of the edges");
  }
  if (file.contains("edge_attr")) {
    set_edge_features(file.at("edge_attr"), static_cast<Edge>(count), set);
    set.notes.emplace_back("'edge_attr' is read as the features of the edges");
  }
  set_graph(nodes, std::move(edges), weight, set);
  if (is_symmetric(set.graph)) return;
  set.directed = true;
  set.notes.emplace_back("edges go one way, and are used so, as in PyTorch Geometric; --symmetrise adds the others");
}

Features features_of(const TorchFile& file, Index nodes, std::vector<std::string>& notes) {
  if (!file.contains("x")) return Tensor(nodes, 0);
  return dense_features(file.at("x"), nodes, notes);
}

void read_labels(const TorchFile& file, Index nodes, Dataset& set) {
  set.labels.assign(static_cast<std::size_t>(nodes), -1);
  if (!file.contains("y")) return;
  set_labels(file.at("y"), nodes, set);
}

/// A mask by column, [nodes, splits]; one of a single column is that of all splits.
struct Mask {
  std::vector<bool> bits;
  Index columns = 1;
  bool holds(Index i, Index split) const {
    return !bits.empty() && bits[static_cast<std::size_t>(i * columns + (columns == 1 ? 0 : split))];
  }
};

/// The mask of this name, empty without one; `splits` is the number of splits of all masks so far.
Mask mask_of(const TorchFile& file, const char* name, Index nodes, Index& splits, std::vector<std::string>& notes) {
  if (!file.contains(name)) return {};
  const NpyArray array = file.at(name);
  if (const auto listed = listed_nodes(array, name, nodes, notes)) {
    Mask mask{.bits = std::vector<bool>(static_cast<std::size_t>(nodes), false)};
    for (const Node i : *listed)
      mask.bits[static_cast<std::size_t>(i)] = true;
    return mask;
  }
  const Index columns = array.shape.size() == 2 ? array.shape[1] : 1;
  if (array.shape.empty() || array.shape.size() > 2 || array.shape[0] != nodes ||
      (splits != 1 && columns != 1 && columns != splits))
    refuse_shape(array,
                 "[nodes] of True and False, or [nodes, splits] alike for all masks, or different numbers of "
                 "nodes, 0 … " +
                     std::to_string(nodes - 1));
  if (columns != 1) splits = columns;
  return {array.as<bool>(), columns};
}

void read_splits(const TorchFile& file, Index nodes, Dataset& set) {
  const std::array<const char*, 3> names = split_names(file);
  const auto given = std::ranges::find_if(names, [&](const char* name) { return file.contains(name); });
  if (given == names.end()) return;
  Index splits = 1;
  std::array<Mask, 3> masks;
  for (std::size_t p = 0; p < 3; ++p)
    masks[p] = mask_of(file, names[p], nodes, splits, set.notes);
  if (set.classes() == 0) {
    set.notes.emplace_back("masks: the split is left out, since no node has a label");
    return;
  }
  if (given != names.begin()) refuse_no_train(file.file(), "tensor", names[0], *given);
  for (Index k = 0; k < splits; ++k) {
    Split& split = set.splits.emplace_back();
    std::vector<Node>* parts[] = {&split.train, &split.validation, &split.test};
    for (std::size_t p = 0; p < 3; ++p)
      for (Index i = 0; i < nodes; ++i)
        if (masks[p].holds(i, k)) parts[p]->push_back(static_cast<Node>(i));
    check_parts(split, nodes, file.file(), "masks");
  }
  leave_out_unlabelled(set, "masks");
}

/// A note names the tensors that are not read.
void note_others(const TorchFile& file, Dataset& set) {
  const auto parts = split_names(file);
  const auto is_read = [&](const std::string& name) {
    return name == "num_nodes" || std::ranges::find(known, name) != known.end() ||
           std::ranges::find(parts, name) != parts.end();
  };
  std::string rest;
  for (const auto& list : {file.names(), file.others()})
    for (const std::string& name : list)
      if (!is_read(name)) rest += (rest.empty() ? "" : ", ") + in_quotes(name);
  if (!rest.empty()) set.notes.push_back("not read: " + rest);
}

/// Does the file lie in a root folder of PyTorch Geometric, as ROOT/processed/data.pt?
bool is_processed(const fs::path& file) {
  return file.filename() == "data.pt" && whole_path(file).parent_path().filename() == "processed";
}

std::string name_of_set(const fs::path& file) {
  return is_processed(file) ? whole_path(file).parent_path().parent_path().filename().string() : name_of(file);
}

/// What PyTorch Geometric writes beside the data.
bool is_setting(const fs::path& file) {
  return file.filename() == "pre_filter.pt" || file.filename() == "pre_transform.pt";
}

}  // namespace

Dataset read_torch_data(const fs::path& path) {
  const TorchFile file(path);
  if (file.is_data()) refuse_others(file);
  if (!file.is_data() || !file.contains("edge_index"))
    refuse_file(
        path, "",
        file.names().empty()
            ? "holds no tensors, want a Data of PyTorch Geometric"
            : "holds no graph, want a Data of PyTorch Geometric with edge_index; a state_dict becomes a model by "
              "mercer import");
  Dataset set;
  set.name = name_of_set(path);
  set.format = "torch";
  const Index nodes = nodes_of(file);
  read_graph(file, nodes, set);
  set.features = features_of(file, nodes, set.notes);
  read_labels(file, nodes, set);
  read_splits(file, nodes, set);
  note_others(file, set);
  return set;
}

constinit const Format formats::torch_data{
    .wants = "NAME.pt",
    .is = is_torch_file,
    .read = read_torch_data,
    .listed = [](const fs::path& entry) -> std::optional<NamedDataset> {
      if (is_folder(entry) && is_torch_file(entry / "processed/data.pt"))
        return NamedDataset{entry.filename().string(), entry};
      if (entry.extension() != ".pt" || is_setting(entry) || !is_torch_file(entry)) return std::nullopt;
      return NamedDataset{name_of_set(entry), entry};
    }};

}  // namespace mercer
