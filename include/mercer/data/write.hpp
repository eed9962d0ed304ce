#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// Writes a data set as a folder of text files, which read_dataset reads and datasets/README.md describes:
/// edges.txt, features.svmlight or features.csv, labels.txt, split.txt, nodes.txt. Numbers read back to the same bits.
/// The text has no place for notes, classes without a node, and node names with line ends: these are left out.
/// A set of items becomes NAME_TRAIN.ts and NAME_TEST.ts, or NAME.train.txt and NAME.test.txt for tokens, of its first
/// split, whose validation goes to the training file; without a split one file.
/// The folder must not exist; it is written completely or not at all. Throws FileError, and ValueError on class names
/// that a line of text can't hold or that mean "no label", and on empty items.
void write_dataset(const Dataset& data, const std::filesystem::path& folder);

/// The names of a graph that write_dataset leaves out or changes, also those of classes without a node, and what became
/// of the words of texts, a line each.
std::vector<std::string> lost_in_text(const Dataset& data);

/// Writes a data set as one .npz, in the form of gnn-benchmark (adj_…, whose row i and column j are the edge from i to
/// j, attr_…, labels, class_names, node_names) with members of its own: train_masks, val_masks and test_masks [splits,
/// n], feature_names, directed and largest_component. Only the notes are left out. The file is written completely or
/// not at all. Throws FileError.
void write_archive(const Dataset& data, const std::filesystem::path& file);

}  // namespace mercer
