#pragma once

#include <filesystem>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// A Data of PyTorch Geometric in a file of torch.save (see TorchFile), or the processed file of one of its data sets
/// with a single graph: x [n, f], edge_index [2, m] (row 0: sources), y [n], edge_weight [m], edge_attr [m, f], and the
/// masks train_mask, val_mask and test_mask, [n] or [n, splits]. Other tensors are named in a note. A graph that isn't
/// symmetric is directed, since PyTorch Geometric uses edges as they are. Throws FileError.
Dataset read_torch_data(const std::filesystem::path& file);

}  // namespace mercer
