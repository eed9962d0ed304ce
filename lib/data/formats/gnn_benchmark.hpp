#pragma once

#include <filesystem>

#include "mercer/data/dataset.hpp"
#include "mercer/data/npz.hpp"

namespace mercer {

/// True when the archive holds adj_indptr, adj_indices, adj_shape and labels.
bool is_gnn_benchmark(const Npz& archive);

/// A set of shchur/gnn-benchmark (Shchur, Mumme, Bojchevski, Günnemann: Pitfalls of Graph Neural Network Evaluation,
/// 2018): adjacency and features as CSR members, labels, optional class_names and node_names. The graph is kept as
/// stored: directed, from rows to columns, with its loops. There is no split unless members hold one (splits_of).
/// Throws FileError that names the file and the member.
Dataset read_gnn_benchmark(const std::filesystem::path& path, const Npz& archive);

}  // namespace mercer
