#include "mercer/experiment/torch_import.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <variant>

#include "mercer/base/check.hpp"
#include "mercer/base/printable.hpp"
#include "mercer/training/checkpoint.hpp"

namespace mercer {
namespace {

enum class Kind { gat, gatv2, transformer, gcn };

/// The names of tensors within a layer, longer ones before their ends.
constexpr std::array leaves{"lin_key.weight",
                            "lin_key.bias",
                            "lin_query.weight",
                            "lin_query.bias",
                            "lin_value.weight",
                            "lin_value.bias",
                            "lin_skip.weight",
                            "lin_skip.bias",
                            "lin_src.weight",
                            "lin_dst.weight",
                            "lin_l.weight",
                            "lin_l.bias",
                            "lin_r.weight",
                            "lin_r.bias",
                            "lin_edge.weight",
                            "lin_beta.weight",
                            "lin.weight",
                            "res.weight",
                            "att_src",
                            "att_dst",
                            "att_edge",
                            "att",
                            "bias"};

/// The tensors of a layer by their names in it: the names in the file.
struct TorchLayer {
  std::string prefix;  // "conv1."
  std::map<std::string, std::string> names;
  Kind kind = Kind::gat;
  Index in = 0, heads = 1, width = 0;
  Index edge_columns = 0;  // features of an edge
  bool joined = true;      // heads side by side

  bool has(const std::string& leaf) const { return names.contains(leaf); }
  Index out() const { return joined ? heads * width : width; }
};

class Import {
 public:
  Import(const TorchFile& file, const OptionValues& given, bool root_weight)
      : file_(file), given_(given), root_weight_(root_weight) {
    collect();
  }

  ImportedModel model() {
    for (std::size_t l = 0; l < layers_.size(); ++l)
      measure(layers_[l], l + 1 < layers_.size() ? &layers_[l + 1] : nullptr);
    check_stack();
    note_order();
    note_heads();
    const TorchLayer &first = layers_.front(), &last = layers_.back();
    made_.features = first.in;
    made_.classes = last.width;
    made_.adds_loops = first.kind != Kind::transformer;
    OptionValues& options = made_.options.options;
    options = {{"layers", static_cast<Index>(layers_.size())}, {"hidden", first.width}};
    if (first.edge_columns > 0) options.insert_or_assign("edge-columns", first.edge_columns);
    if (first.kind != Kind::gcn) {
      options.insert_or_assign("heads", first.heads);
      options.insert_or_assign("output-heads", last.heads);
      options.insert_or_assign("residual", adds_root() ? "linear" : "none");
      options.insert_or_assign("output-residual", adds_root());
    }
    const bool biased = std::ranges::any_of(layers_, [](const TorchLayer& l) { return l.has("bias"); });
    options.insert_or_assign("bias", biased);
    name_model(options);
    note_assumed();
    for (const auto& [name, value] : given_)
      options.insert_or_assign(name, value);
    for (std::size_t l = 0; l < layers_.size(); ++l)
      take(layers_[l], "layer" + std::to_string(l + 1) + ".", biased);
    return std::move(made_);
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const { throw FileError(file_.file().string() + ": " + what); }
  [[noreturn]] void refuse(const TorchLayer& layer, const std::string& leaf, const std::string& what) const {
    refuse("'" + layer.prefix + leaf + "' " + what);
  }

  /// The layers of PyTorch Geometric have no lin.bias: such a tensor, too, is of a Linear layer of its own.
  [[noreturn]] void refuse_layer(const std::string& name) const {
    refuse(in_quotes(name) +
           " is of no layer that is imported, as no Linear head and no norm is; want a state_dict of GATConv, "
           "GATv2Conv, TransformerConv or GCNConv layers alone, the last of which gives the classes");
  }

  /// Groups the tensors by layer, in the order of the file.
  void collect() {
    Index left_out = 0;
    for (const std::string& name : file_.names()) {
      if (name.starts_with("optim")) {
        ++left_out;
        continue;
      }
      const auto leaf = std::ranges::find_if(
          leaves, [&](const std::string& end) { return name == end || name.ends_with("." + end); });
      if (leaf == leaves.end() || name.ends_with("lin.bias")) refuse_layer(name);
      const std::string prefix = name.substr(0, name.size() - std::string(*leaf).size());
      auto layer = std::ranges::find(layers_, prefix, &TorchLayer::prefix);
      if (layer == layers_.end()) {
        layers_.push_back({.prefix = prefix, .names = {}});
        layer = layers_.end() - 1;
      }
      layer->names.emplace(*leaf, name);
    }
    if (layers_.empty()) refuse("holds no tensors, want a state_dict");
    const auto alone = std::ranges::find(layers_, "", &TorchLayer::prefix);  // a layer that was saved by itself
    if (alone != layers_.end() && layers_.size() > 1) refuse_layer(alone->names.begin()->second);
    if (left_out > 0) made_.notes.push_back(std::to_string(left_out) + " tensors of an optimizer are left out");
  }

  std::vector<Index> shape(const TorchLayer& layer, const std::string& leaf, std::size_t dimensions) const {
    const auto found = layer.names.find(leaf);
    if (found == layer.names.end()) refuse(layer, leaf, "is missing");
    std::vector<Index> shape = file_.shape(found->second);
    if (shape.size() != dimensions || std::ranges::any_of(shape, [](Index d) { return d < 1; }))
      refuse(layer, leaf, "has " + std::to_string(shape.size()) + " dimensions, want " + std::to_string(dimensions));
    return shape;
  }

  static std::string main_weight(const TorchLayer& layer) {
    switch (layer.kind) {
      case Kind::gatv2:
        return "lin_l.weight";
      case Kind::transformer:
        return "lin_value.weight";
      default:
        return layer.has("lin_src.weight") ? "lin_src.weight" : "lin.weight";
    }
  }

  /// Kind and sizes of a layer; the next one tells whether heads stand side by side where no bias does.
  void measure(TorchLayer& layer, const TorchLayer* next) {
    for (const auto* leaf : {"lin_beta.weight", "res.weight"})
      if (layer.has(leaf)) refuse(layer, leaf, "is not imported: want layers without beta and residual");
    if (layer.has("lin_l.weight") && !layer.has("att"))
      refuse("'" + layer.prefix +
             "' has lin_l.weight without att, as SAGEConv has, which isn't imported: want GATConv, " +
             "GATv2Conv, TransformerConv or GCNConv");
    layer.kind = layer.has("att_src")          ? Kind::gat
                 : layer.has("att")            ? Kind::gatv2
                 : layer.has("lin_key.weight") ? Kind::transformer
                                               : Kind::gcn;
    if (layer.has("lin_src.weight") && layer.has("lin_dst.weight") &&
        !are_one(layer, "lin_src.weight", "lin_dst.weight"))
      refuse(layer, "lin_dst.weight", "is not imported: want a layer with the same nodes on both ends");
    const std::vector<Index> weight = shape(layer, main_weight(layer), 2);
    layer.in = weight[1];
    layer.width = weight[0];
    if (layer.kind == Kind::gat || layer.kind == Kind::gatv2) {
      const std::vector<Index> score = shape(layer, layer.kind == Kind::gat ? "att_src" : "att", 3);
      layer.heads = score[1];
      layer.width = score[2];
      if (score[0] != 1 || layer.heads * layer.width != weight[0])
        refuse(layer, main_weight(layer), "has other sizes than the attention's vector");
    }
    if (layer.has("lin_edge.weight") || layer.has("att_edge")) measure_edges(layer);
    if (layer.kind == Kind::transformer) return measure_heads(layer, next == nullptr);
    const Index bias = layer.has("bias") ? shape(layer, "bias", 1)[0] : 0;
    const Index out = bias > 0 ? bias : next == nullptr ? layer.width : in_of(*next);
    layer.joined = out == layer.heads * layer.width;
    if (!layer.joined && out != layer.width) refuse(layer, "bias", "has another length than the heads together or one");
  }
  /// Older versions of PyTorch Geometric have the one projection of a GATConv under both names.
  bool are_one(const TorchLayer& layer, const std::string& a, const std::string& b) const {
    return shape(layer, a, 2) == shape(layer, b, 2) &&
           file_.at(layer.names.at(a)).as<double>() == file_.at(layer.names.at(b)).as<double>();
  }
  void measure_edges(TorchLayer& layer) {
    if (layer.kind != Kind::gat && layer.kind != Kind::gatv2)
      refuse(layer, "lin_edge.weight", "is not imported: want GATConv or GATv2Conv to read features of edges");
    const std::vector<Index> weight = shape(layer, "lin_edge.weight", 2);
    layer.edge_columns = weight[1];
    const bool scored = layer.kind != Kind::gat || shape(layer, "att_edge", 3) == shape(layer, "att_src", 3);
    if (!scored || weight[0] != layer.heads * layer.width)
      refuse(layer, "lin_edge.weight", "has other sizes than the attention's vector");
  }
  /// A TransformerConv doesn't tell its heads: they are given, or one.
  void measure_heads(TorchLayer& layer, bool last) {
    const auto found = given_.find(last ? "output-heads" : "heads");
    const Index* given = found == given_.end() ? nullptr : std::get_if<Index>(&found->second.held());
    layer.heads = given == nullptr ? 1 : *given;
    if (layer.heads < 1 || layer.width % layer.heads != 0)
      refuse(layer, "lin_value.weight",
             "has " + std::to_string(layer.width) + " rows, no multiple of " + std::to_string(layer.heads) + " heads");
    layer.width /= layer.heads;
    layer.joined = !last || layer.heads == 1;
    if (given != nullptr) return;
    const std::string what = "a state_dict doesn't say how many heads '" + layer.prefix + "' has: one is taken, ";
    made_.notes.push_back(what + (last ? "--output-heads gives another number, which are averaged (concat=False); "
                                         "several side by side in the last layer are not imported"
                                       : "--heads gives another number"));
  }
  Index in_of(const TorchLayer& layer) const {
    for (const char* leaf : {"lin_l.weight", "lin_value.weight", "lin_src.weight", "lin.weight"})
      if (layer.has(leaf)) return shape(layer, leaf, 2)[1];
    return 0;
  }

  void check_stack() {
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      TorchLayer& layer = layers_[l];
      const bool last = l + 1 == layers_.size();
      if (layer.kind != layers_[0].kind) refuse("'" + layer.prefix + "' is another kind of layer than the first one");
      if (layer.edge_columns != layers_[0].edge_columns)
        refuse("'" + layer.prefix + "' reads " + std::to_string(layer.edge_columns) + " features of edges, the first " +
               "layer reads " + std::to_string(layers_[0].edge_columns) + ": want the same in all layers");
      if (l > 0 && layer.in != layers_[l - 1].out())
        refuse("'" + layer.prefix + "' reads " + std::to_string(layer.in) + " columns, '" + layers_[l - 1].prefix +
               "' gives " + std::to_string(layers_[l - 1].out()));
      if (last && layer.joined && layer.heads > 1)
        refuse("'" + layer.prefix + "' has " + std::to_string(layer.heads) +
               " heads side by side; want the heads of the last layer averaged (concat=False), or one");
      if (last) continue;
      if (!layer.joined && layer.heads > 1)
        refuse("'" + layer.prefix + "' averages its heads; want those of hidden layers side by side");
      if (layer.heads != layers_[0].heads || layer.width != layers_[0].width)
        refuse("'" + layer.prefix + "' has another number of heads, or another width, than the first layer");
    }
  }

  /// The number that a name ends in, as conv2. has; −1 for none.
  static Index number_of(const TorchLayer& layer) {
    const auto end = layer.prefix.find_last_not_of('.');
    if (end == std::string::npos) return -1;
    const auto first = layer.prefix.find_last_not_of("0123456789", end);
    const auto begin = layer.prefix.begin() + static_cast<std::ptrdiff_t>(first == std::string::npos ? 0 : first + 1);
    const std::string digits(begin, layer.prefix.begin() + static_cast<std::ptrdiff_t>(end + 1));
    return digits.empty() || digits.size() > 9 ? -1 : std::stoi(digits);
  }

  /// Says the order of the layers where their names show another, and what may be no layer of the stack.
  void note_order() {
    std::string order;
    for (const TorchLayer& layer : layers_)
      order += (order.empty() ? "'" : ", '") + layer.prefix + "'";
    if (!std::ranges::is_sorted(layers_, {}, number_of))
      made_.notes.push_back(
          "the layers are taken in the order of the file, " + order +
          ", which is not that of their numbers; the file keeps the order of the module's attributes");
    const auto has_bias = [](const TorchLayer& layer) { return layer.has("bias"); };
    if (layers_.front().kind != Kind::gcn || std::ranges::none_of(layers_, has_bias)) return;
    for (const TorchLayer& layer : layers_)
      if (!has_bias(layer))
        made_.notes.push_back("'" + layer.prefix +
                              "lin.weight' is taken as a GCNConv without a bias: a Linear layer, "
                              "which looks alike, is not imported");
  }

  /// A bias would tell whether the heads of the last layer are averaged, and so would a layer after it.
  void note_heads() {
    const TorchLayer& last = layers_.back();
    if (last.has("bias") || last.joined || last.kind == Kind::transformer) return;
    made_.classes_side_by_side = last.heads * last.width;
    const std::string averaged = std::to_string(last.width), joined = std::to_string(made_.classes_side_by_side);
    made_.notes.push_back("'" + last.prefix + "' has no bias to tell concat: its heads are averaged here, for " +
                          averaged + " logits (concat=False); side by side, not imported, they are " + joined);
  }

  void name_model(OptionValues& options) {
    const auto any = [&](const char* leaf) {
      return std::ranges::any_of(layers_, [&](const TorchLayer& l) { return l.has(leaf); });
    };
    switch (layers_.front().kind) {
      case Kind::gat:
        made_.options.name = "gat-pyg";
        break;
      case Kind::gatv2:
        made_.options.name = "gatv2";
        options.insert_or_assign("projection-bias", any("lin_l.bias"));
        break;
      case Kind::transformer:
        made_.options.name = "dot";
        options.insert_or_assign("projection-bias", any("lin_key.bias"));
        options.insert_or_assign("bias", false);
        break;
      case Kind::gcn:
        made_.options.name = "gcn";
        break;
    }
  }

  /// Notes what no state_dict says, and was not given either: what stands between layers, and the slope of a score.
  void note_assumed() {
    const OptionValues usual = options_of_model(made_.options.name).defaults;
    std::string taken, options;
    const auto assume = [&](const char* option, const std::string& where) {
      const auto value = usual.find(option);
      if (value == usual.end() || given_.contains(option)) return;
      taken += (taken.empty() ? "" : ", ") + where + " " + value->second.text();
      options += (options.empty() ? "--" : ", --") + std::string(option);
    };
    if (layers_.size() > 1) assume("activation", "between layers");
    assume("negative-slope", "for the slope of the leaky ReLU");
    if (!taken.empty()) made_.notes.push_back("not in a state_dict, and taken: " + taken + "; else give " + options);
  }

  /// A matrix [out, in] as [in, out]; anything else as one row.
  void put(const TorchLayer& layer, const std::string& leaf, const std::string& name) {
    const auto found = layer.names.find(leaf);
    if (found == layer.names.end()) refuse(layer, leaf, "is missing");
    const NpyArray array = file_.at(found->second);
    const std::vector<double> given = array.as<double>();
    if (array.shape.size() != 2) return put_row(name, given);
    const auto rows = static_cast<std::size_t>(array.shape[0]), columns = static_cast<std::size_t>(array.shape[1]);
    std::vector<double> turned(given.size());
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < columns; ++c)
        turned[c * rows + r] = given[r * columns + c];
    made_.tensors.tensors.insert_or_assign(name,
                                           StoredTensor::from({array.shape[1], array.shape[0]}, std::move(turned)));
  }
  void put_row(const std::string& name, std::vector<double> row) {
    const auto length = static_cast<Index>(row.size());
    made_.tensors.tensors.insert_or_assign(name, StoredTensor::from({1, length}, std::move(row)));
  }
  /// A bias that this layer alone lacks is 0.
  void put_bias(const TorchLayer& layer, const std::string& leaf, const std::string& name, Index length) {
    if (layer.has(leaf)) return put(layer, leaf, name);
    put_row(name, std::vector<double>(static_cast<std::size_t>(length), 0));
  }

  /// lin_skip is in the file whether the layer uses it or not.
  bool adds_root() const { return root_weight_ && layers_.front().has("lin_skip.weight"); }

  void take(const TorchLayer& layer, const std::string& to, bool biased) {
    const Index all = layer.heads * layer.width;
    if (layer.edge_columns > 0) put(layer, "lin_edge.weight", to + "edge_weight");
    if (biased) put_bias(layer, "bias", to + "bias", layer.out());
    switch (layer.kind) {
      case Kind::gat:
        put(layer, main_weight(layer), to + "weight");
        put(layer, "att_dst", to + "attention_target");
        put(layer, "att_src", to + "attention_source");
        if (layer.edge_columns > 0) put(layer, "att_edge", to + "edge_score");
        return;
      case Kind::gatv2:
        put(layer, "att", to + "score");
        take_projections(layer, {{"lin_l", to + "source"}, {"lin_r", to + "target"}}, "lin_l.bias", all);
        return;
      case Kind::transformer:
        take_projections(layer, {{"lin_query", to + "query"}, {"lin_key", to + "key"}, {"lin_value", to + "value"}},
                         "lin_key.bias", all);
        if (!adds_root()) return;
        put(layer, "lin_skip.weight", to + "residual.weight");
        put_bias(layer, "lin_skip.bias", to + "residual.bias", layer.out());
        return;
      case Kind::gcn:
        put(layer, main_weight(layer), to + "weight");
        return;
    }
  }
  void take_projections(const TorchLayer& layer, const std::vector<std::pair<std::string, std::string>>& names,
                        const std::string& bias, Index length) {
    const bool biased = std::ranges::any_of(layers_, [&](const TorchLayer& l) { return l.has(bias); });
    for (const auto& [from, to] : names) {
      put(layer, from + ".weight", to + ".weight");
      if (biased) put_bias(layer, from + ".bias", to + ".bias", length);
    }
  }

  const TorchFile& file_;
  const OptionValues& given_;
  bool root_weight_;
  std::vector<TorchLayer> layers_;
  ImportedModel made_;
};

}  // namespace

ImportedModel imported_model(const TorchFile& file, const OptionValues& given, bool root_weight) {
  return Import(file, given, root_weight).model();
}

Model ImportedModel::build(const std::string& source) const {
  Model model = build_model(options, features, classes, 0);
  set_parameters(model.parameters, tensors, source);
  return model;
}

}  // namespace mercer
