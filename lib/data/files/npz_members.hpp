#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mercer/data/dataset.hpp"
#include "mercer/data/npz.hpp"

namespace mercer {

/// "cora" for "…/cora.npz".
std::string name_of(const std::filesystem::path& path);

/// Reads a member of the given shape; −1 allows any length. Throws FileError on another shape.
NpyArray member_of_shape(const Npz& archive, const std::string& name, const std::vector<Index>& shape);

/// Throws FileError "…: has the shape (…), want WANTED".
[[noreturn]] void refuse_shape(const NpyArray& array, const std::string& wanted);

/// True when an optional member exists and holds no pickled objects.
bool has_readable(const Npz& archive, const std::string& name);

/// A note for each member that was not read because it holds pickled objects.
std::vector<std::string> notes_on_objects(const Npz& archive);

/// The splits of the members train_masks, val_masks and test_masks, each [splits, nodes]. A node may be in only one of
/// the three parts of a split. Throws FileError.
std::vector<Split> splits_of_masks(const Npz& archive, Index nodes);

/// The truth value of an optional member, false without it. Throws FileError.
bool flag_of(const Npz& archive, const std::string& name);

/// Reads labels from a member [nodes] (−1: any length), and their names from class_names, or names them "0", "1", ….
void read_labels(Dataset& set, const Npz& archive, const std::string& name, Index nodes);

}  // namespace mercer
