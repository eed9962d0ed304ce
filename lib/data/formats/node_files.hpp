#pragma once

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>

#include "data/formats/feature_text.hpp"
#include "data/tables/long_features.hpp"
#include "data/tables/node_ids.hpp"
#include "data/tables/node_table.hpp"
#include "data/tables/text_folder.hpp"

namespace mercer {

/// The file of features of a folder, if there is one. Throws FileError when there are two.
std::optional<std::filesystem::path> features_in(TextFolder& files);

/// The tables of a folder about its nodes.
struct NodeFiles {
  std::optional<NodeTable> names, features, labels, split;
  std::unique_ptr<LongFeatures> long_features;
  std::unique_ptr<TextFile> svmlight_text;
  std::optional<FeatureText> svmlight;
  std::optional<std::filesystem::path> features_file;

  explicit NodeFiles(TextFolder& files);

  /// −1 when no file says it.
  Index nodes() const;
  Index svmlight_rows() const;

  /// How the files name the nodes; nothing when there is a graph alone.
  std::optional<NodeIds> ids() const;

 private:
  using Paths = std::initializer_list<std::optional<std::filesystem::path>>;

  bool first_is_node(const std::optional<std::filesystem::path>& names_file, const Paths& tables) const;
  /// A first column of features that holds the ids of another table is ids, too.
  void find_ids_of_features(bool imputes);
  void want_no_header_of_numbers() const;
  void read_features(bool imputes, const std::optional<std::filesystem::path>& names_file, const Paths& others);
};

}  // namespace mercer
