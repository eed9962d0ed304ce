#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/tables/node_ids.hpp"
#include "data/tables/text_folder.hpp"
#include "mercer/data/dataset.hpp"

namespace mercer {

/// Collects the splits that a folder gives: columns of words and masks of its tables, files of masks
/// (train_mask.txt, …) and lists of nodes or masks (train.txt, …). Nodes without a label are in no part; a note counts
/// them.
class SplitFiles {
 public:
  SplitFiles(const NodeIds& ids, Dataset& data) : ids_(ids), data_(data) {}

  /// Columns split, split_0, …, train_mask, val_mask, test_mask of a table; node[row] is the node of a row.
  void add_columns(const NodeTable& table, const std::vector<Node>& node);
  void add_masks_and_lists(TextFolder& folder);

  /// Files of masks whose rows have no ids.
  const std::vector<std::string>& without_ids() const { return without_ids_; }

 private:
  using Files = std::array<std::optional<std::filesystem::path>, 3>;

  void add_mask_files(const Files& files);
  void add_lists(const Files& files);
  bool are_masks(const Files& files) const;
  bool has_train(const Files& files, const std::string& train);
  void add_words(const NodeTable& table, const NodeColumn& column, const std::vector<Node>& node);
  void add_masks(const NodeTable& table, const std::vector<Node>& node);
  void keep_one(const NodeTable& table, const std::vector<Node>& node, std::size_t first);
  void want_new(const std::string& file);
  void finish(const std::string& file, std::size_t first);

  const NodeIds& ids_;
  Dataset& data_;
  std::string from_;  // the file of the splits
  std::vector<std::string> without_ids_;
};

}  // namespace mercer
