#pragma once

#include <filesystem>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// Texts with a class each: a line is `LABEL WORD WORD …`. NAME.train.txt and NAME.test.txt (or .all, as TREC has them)
/// are one set with a split; any other NAME.labelled.txt, and a NAME.test.txt by its own path, is a set without one.
/// Position t of a sequence is the row of its word: 1 in the column of the word, in lower case. Column 0 is for unknown
/// words: of a pair those that the training file has less than twice. Columns are named by their words, the frequent
/// ones first. A line without words is refused. Throws FileError.
Dataset read_labelled_text(const std::filesystem::path& path);

}  // namespace mercer
