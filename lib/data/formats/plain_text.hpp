#pragma once

#include <filesystem>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// True for a folder that holds edges.txt, edges.csv or edges.tsv.
bool is_plain_text(const std::filesystem::path& folder);

/// A user's own graph: a folder of text files. Nodes are numbered from 0 in the order of the features.
///
///   features.svmlight   `[LABEL] INDEX:VALUE …`, a line for each node; indices ascend and count from 1, or from 0
///                       when a 0 occurs. An empty line is a node without features; lines that begin with # are skipped
///   features.csv        numbers, a line for each node, the same count in each; a first line without numbers is the
///                       header
///   edges.txt|csv|tsv   `SOURCE TARGET`, a line for each directed edge. Empty lines, lines that begin with #, and a
///                       first line `source,target` are skipped; a line `# directed` says that the edges must not be
///                       symmetrised
///   nodes.txt           optional: a name for each node, without blanks or commas; edges then go by name
///   labels.txt|csv      optional: a class for each node, by name or number; empty, - or −1 for none. Without this
///                       file, the labels of features.svmlight are used (there −1 is a class)
///   split.txt           optional: train, val, test or none (-) for each node; a column for each split
///
/// Fields are separated by commas or blanks. Classes are numbered in ascending order. Throws FileError.
Dataset read_plain_text(const std::filesystem::path& folder);

}  // namespace mercer
