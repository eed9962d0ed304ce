#pragma once

#include <filesystem>

#include "mercer/data/dataset.hpp"
#include "mercer/data/npz.hpp"

namespace mercer {

/// True when the archive holds adj_indptr, adj_indices, adj_shape and labels.
bool is_gnn_benchmark(const Npz& archive);

/// A set of shchur/gnn-benchmark (Shchur, Mumme, Bojchevski, Günnemann: Pitfalls of Graph Neural Network Evaluation,
/// 2018): adjacency and features as CSR members, labels, optional class_names and node_names. The graph is as stored:
/// directed, with its loops; the weights in adj_data only say where an edge is. No split is stored.
/// Throws FileError with the file and the member at fault.
Dataset read_gnn_benchmark(const std::filesystem::path& path, const Npz& archive);

}  // namespace mercer
