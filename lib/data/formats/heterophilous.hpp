#pragma once

#include <filesystem>

#include "mercer/data/dataset.hpp"
#include "mercer/data/npz.hpp"

namespace mercer {

/// True when the archive holds node_features, node_labels and edges.
bool is_heterophilous(const Npz& archive);

/// A set of yandex-research/heterophilous-graphs (Platonov, Kuznedelev, Diskin, Babenko, Prokhorenkova: A critical look
/// at the evaluation of GNNs under heterophily, ICLR 2023): node_features [n, d], node_labels [n], edges [m, 2] (kept
/// as they stand; the authors list each undirected edge once), and a split for each row of train_masks, val_masks and
/// test_masks [k, n], or other splits of an archive (splits_of), or none. Features are sparse when at least 3/4 of them
/// are zero. Throws FileError that names the file and the member.
Dataset read_heterophilous(const std::filesystem::path& path, const Npz& archive);

}  // namespace mercer
