#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mercer/data/dataset.hpp"
#include "mercer/data/npz.hpp"

namespace mercer {

/// "cora" for "…/cora.npz".
std::string name_of(const std::filesystem::path& path);

/// The member, which must have this shape; −1 stands for any length.
NpyArray member_of_shape(const Npz& archive, const std::string& name, const std::vector<Index>& shape);

/// True when an optional member is there and holds no pickled objects.
bool has_readable(const Npz& archive, const std::string& name);

/// A line for each member of pickled objects: they are not read.
std::vector<std::string> notes_on_objects(const Npz& archive);

/// Labels from a member [nodes] (−1: any number), and their names from class_names or "0", "1", ….
void read_labels(Dataset& set, const Npz& archive, const std::string& name, Index nodes);

}  // namespace mercer
