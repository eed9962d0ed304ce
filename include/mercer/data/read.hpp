#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// Reads a data set from a file, a folder or a common prefix (`…/ind.cora`); the format is recognised by content.
/// Throws FileError with the file, the place and what was wanted.
Dataset read_dataset(const std::filesystem::path& path);

/// A data set that needs no file: "planted" (planted_citations()) or "karate".
struct BuiltInDataset {
  std::string name, description;
};
std::vector<BuiltInDataset> built_in_datasets();

/// Does the file belong to the data set at `place` (dataset_place): is it the set's own, or would a reader of the set
/// look at it? Both paths are absolute, without links. The file need not exist.
bool belongs_to_dataset(const std::filesystem::path& file, const std::filesystem::path& place);

/// The built-in data set of that name, with a note where there is one of one's own, or else
/// read_dataset(find_dataset(name)). Throws FileError.
Dataset load_dataset(const std::string& name);

/// Is it a set of sequences, by its format alone? False when there is none of that name.
bool is_sequence_set(const std::string& name);

/// Where the data set of that name stands: the absolute path of its file, folder or prefix; a built-in one's name.
/// Throws FileError.
std::string dataset_place(const std::string& name);

/// The name that a data set has by its path: "datasets/planetoid/ind.cora" is "cora". The file need not exist.
std::string dataset_name(const std::string& path);

/// Where NAME stands: in the folders of $MERCER_DATASETS (separated by ':'), then `datasets/`, and one level below
/// each, as NAME/, NAME.npz, ind.NAME.*, NAME.content[.gz]; "planetoid/cora" names the folder too; an existing path
/// is itself. Throws FileError when none or several match, and lists them.
std::filesystem::path find_dataset(const std::string& name);

/// The names of all data sets that find_dataset finds; FOLDER/NAME where several have the same name.
std::vector<std::string> known_datasets();

/// What lies in the same folders and can't be looked at, with why: it hides no other set.
struct UnreadableDataset {
  std::filesystem::path path;
  std::string why;
};
std::vector<UnreadableDataset> unreadable_datasets();

/// A set of one's own with the name of a built-in one, in the working folder or in one of $MERCER_DATASETS; empty for
/// none.
std::filesystem::path own_dataset(const std::string& name);

}  // namespace mercer
