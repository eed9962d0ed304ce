#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mercer/data/write_npz.hpp"
#include "mercer/experiment/prepare.hpp"

namespace mercer::program {

/// The nodes, or sequences, in the order of their source.
std::vector<Index> rows_by_source(const Prepared& prepared);

/// ".csv" or ".npz": the form of values by their file's ending (form_of).
std::string values_form(const std::string& option, const std::filesystem::path& file);
/// Throws UsageError unless `file` ends in one of them and can be written.
void check_values_file(const std::string& option, const std::filesystem::path& file);

/// node (or sequence) [n] and, where they have some, name [n], in the source's order.
std::vector<NpzMember> node_members(const Prepared& prepared);

/// Writes a row of values for each node, in the source's order. CSV: node, name where nodes have names, then the
/// columns. npz: node [n], name [n] where nodes have names, and `name` [n, columns]. Of sequences the
/// first is called sequence. Throws FileError.
void write_node_values(const std::filesystem::path& file, const Prepared& prepared, const std::string& name,
                       const Tensor& values, const std::vector<std::string>& columns);

/// "hidden_1", "hidden_2" …
std::vector<std::string> numbered_columns(const std::string& name, Index count);

}  // namespace mercer::program
