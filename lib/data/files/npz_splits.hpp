#pragma once

#include <string>
#include <vector>

#include "mercer/data/dataset.hpp"
#include "mercer/data/npz.hpp"

namespace mercer {

/// Has the archive a member of the training nodes: train_masks, train_mask or idx_train?
bool has_splits(const Npz& archive);

/// The splits of train_masks, val_masks and test_masks, each [splits, nodes]; else of train_mask …, each [nodes],
/// the same in all splits, [nodes, splits] or [splits, nodes]; else of the lists idx_train …; none without them. A node
/// may be in only one of the three parts of a split. Throws FileError.
std::vector<Split> splits_of(const Npz& archive, Index nodes, std::vector<std::string>& notes);

}  // namespace mercer
