#pragma once

#include <filesystem>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// True for a folder that holds a file of edges.
bool is_plain_text(const std::filesystem::path& folder);

/// A user's own graph: a folder of text files, each .txt, .csv or .tsv, plain or .gz. datasets/README.md describes it.
///
///   edges                  `SOURCE TARGET [WEIGHT]` (EdgeTable)
///   features[.svmlight]    numbers, a row for each node, or `[LABEL] INDEX:VALUE …` (read_svmlight), or values in long
///                          form (LongFeatures)
///   labels                 a class for each node (set_labels)
///   split, *_mask, train…  parts of nodes (SplitFiles)
///   nodes                  the names of the nodes
///
/// Features, labels, split and nodes are tables of nodes (NodeTable) and may each hold columns of the others. A folder
/// of edges alone is a graph without features and labels. Throws FileError.
Dataset read_plain_text(const std::filesystem::path& folder);

}  // namespace mercer
