#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "data/files/text_file.hpp"
#include "data/rounding.hpp"
#include "mercer/data/dataset.hpp"

namespace mercer {

/// Rows of features and the label before each row, if there are labels. The labels are views into the file's text.
struct FeatureText {
  Features features;
  std::vector<std::string_view> labels;  // [rows] or none
  std::optional<Index> first_index{};    // see Dataset
  Rounding rounding{};
};

/// `[LABEL] INDEX:VALUE …`: indices ascend and count from 1, or from 0 when a 0 occurs. An empty line is a row of
/// zeros; lines that begin with # are skipped. The largest index decides the number of columns. Throws FileError.
FeatureText read_svmlight(TextFile& file);

}  // namespace mercer
