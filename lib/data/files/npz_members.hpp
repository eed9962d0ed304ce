#pragma once

#include <array>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
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

/// What features and weights of edges may be called; of several that are there, the first is read.
inline constexpr const char *edge_feature_members[]{"edge_features", "edge_attr", "edge_feat"},
    *edge_weight_members[]{"edge_weight", "edge_weights", "weights", "weight"};

/// The first of the names that a member has; empty when none has.
std::string first_of(const Npz& archive, std::span<const char* const> names);

/// A note on each member that holds pickled objects or is not read: not among the names that a format knows, nor the
/// features and weights of the edges.
std::vector<std::string> notes_on_unread(const Npz& archive, std::initializer_list<std::string_view> known,
                                         std::span<const std::array<const char*, 3>> splits = {});

/// Features from an array [nodes, f] of numbers of any type, with a note where they lose digits. Throws FileError.
Features dense_features(const NpyArray& array, Index nodes, std::vector<std::string>& notes);

/// The truth value of an optional member, false without it. Throws FileError.
bool flag_of(const Npz& archive, const std::string& name);

/// Reads labels from a member [nodes] (−1: any length), and their names from class_names, or names them "0", "1", …;
/// labels that are texts are the names.
void read_labels(Dataset& set, const Npz& archive, const std::string& name, Index nodes);

}  // namespace mercer
