#pragma once

#include <span>
#include <string_view>

/// The names, without ending, of the tables that a folder of text may hold, in lower case.
namespace mercer::table_names {

using Names = std::span<const std::string_view>;

inline constexpr std::string_view edges[]{"edges", "edge", "edgelist", "edge_list"};
inline constexpr std::string_view svmlight[]{"features"};
inline constexpr std::string_view features[]{"features", "feature", "node_features", "node_feat"};
inline constexpr std::string_view feature_names[]{"feature_names"};
inline constexpr std::string_view nodes[]{"nodes", "node", "node_names"};
inline constexpr std::string_view labels[]{"labels", "label", "classes", "node_labels", "targets", "target"};
inline constexpr std::string_view split[]{"split", "splits", "split_masks"};
inline constexpr std::string_view graphland_splits[]{"split_masks_rl", "split_masks_rh", "split_masks_th"};
inline constexpr std::string_view train_mask[]{"train_mask", "mask_train", "training_mask"};
inline constexpr std::string_view validation_mask[]{"val_mask", "valid_mask", "validation_mask", "dev_mask",
                                                    "mask_val", "mask_valid", "mask_validation", "mask_dev"};
inline constexpr std::string_view test_mask[]{"test_mask", "mask_test", "testing_mask"};
inline constexpr std::string_view train[]{"train", "train_idx", "train_index", "train_nodes", "idx_train"};
inline constexpr std::string_view validation[]{"val",       "valid",     "val_idx", "valid_idx",
                                               "val_index", "val_nodes", "idx_val", "dev"};
inline constexpr std::string_view test[]{"test", "test_idx", "test_index", "test_nodes", "idx_test"};

inline constexpr Names all[]{edges,     svmlight, features,         feature_names, nodes,
                             labels,    split,    graphland_splits, train_mask,    validation_mask,
                             test_mask, train,    validation,       test};

}  // namespace mercer::table_names
