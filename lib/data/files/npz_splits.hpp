#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "mercer/data/dataset.hpp"
#include "mercer/data/npz.hpp"

namespace mercer {

/// Names of the training, validation and test nodes of arrays, of which the first that are there are read. The first
/// three hold all splits.
inline constexpr std::array<std::array<const char*, 3>, 5> split_members{{{"train_masks", "val_masks", "test_masks"},
                                                                          {"train_mask", "val_mask", "test_mask"},
                                                                          {"mask_train", "mask_val", "mask_test"},
                                                                          {"idx_train", "idx_val", "idx_test"},
                                                                          {"train_idx", "val_idx", "test_idx"}}};

/// The nodes, ascending, whose numbers stand in place of a mask: fewer than all, each once; none of another array. A
/// note says so.
std::optional<std::vector<Node>> listed_nodes(const NpyArray& array, const std::string& name, Index nodes,
                                              std::vector<std::string>& notes);

/// Has the archive a member of the training nodes?
bool has_splits(const Npz& archive);

/// The splits of train_masks, val_masks and test_masks, each [splits, nodes]; else of train_mask …, each [nodes],
/// the same in all splits, [nodes, splits] or [splits, nodes], or a list of nodes' numbers, as idx_train … are; none
/// without them. A node may be in only one of the three parts of a split. Throws FileError.
std::vector<Split> splits_of(const Npz& archive, Index nodes, std::vector<std::string>& notes);

}  // namespace mercer
