#pragma once

#include <string>
#include <vector>

#include "mercer/data/torch_file.hpp"
#include "mercer/models/build.hpp"
#include "mercer/training/tensor_file.hpp"

namespace mercer {

/// A stack of PyTorch Geometric's layers as a model of build_model.
struct ImportedModel {
  ModelOptions options;  // "gat-pyg", "gatv2", "dot" or "gcn", with the sizes of the layers
  Index features = 0, classes = 0;
  Index classes_side_by_side =
      0;                   // if the last layer's heads were joined by concat=True, which no tensor tells; else 0
  bool adds_loops = true;  // TransformerConv adds none
  TensorFile tensors;      // the model's parameters by name
  std::vector<std::string> notes;  // what is not in the file and was assumed, a line each

  /// Throws FileError when parameters and options don't match; `source` names the file.
  Model build(const std::string& source) const;
};

/// The model of a state_dict: GATConv, GATv2Conv, TransformerConv or GCNConv one after another, in the order of the
/// file and of one kind; hidden layers have their heads side by side, all of one size, and the heads of the last layer
/// are averaged. Weights are transposed. `given` are options that no state_dict holds: activation, negative-slope; of
/// TransformerConv heads and output-heads, too; `root_weight` is its option. A nested dictionary is searched, too, but
/// for that of an optimizer. Throws FileError that names the tensor.
ImportedModel imported_model(const TorchFile& file, const OptionValues& given = {}, bool root_weight = true);

}  // namespace mercer
