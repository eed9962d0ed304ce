#pragma once

#include <filesystem>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// Writes a data set as a folder of text files, as read_dataset takes it and datasets/README.md describes it:
/// edges.txt, features.svmlight or features.csv, labels.txt, split.txt, nodes.txt. Numbers are written so that they
/// read back to the same bits. What text can't carry is left out: notes, classes without a node, node names that hold
/// blanks. The folder must not exist; it comes whole or not at all. Throws FileError, and ValueError on class names
/// that can't be told from "no label".
void write_dataset(const Dataset& data, const std::filesystem::path& folder);

}  // namespace mercer
