// A state_dict of PyTorch Geometric's layers as a model: names, transposes, sizes, and what is refused.
#include "mercer/experiment/torch_import.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "data/texts.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/models/model.hpp"
#include "mercer/training/checkpoint.hpp"
#include "support/files.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"
#include "support/torch_writer.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// A tensor with the items from, from + 0.1, from + 0.2, …
TorchTensor counted(const std::string& name, const Lengths& shape, float from) {
  TorchTensor tensor{name, shape, {}};
  const std::int32_t items = std::accumulate(shape.begin(), shape.end(), 1, std::multiplies<>());
  for (std::int32_t i = 0; i < items; ++i)
    tensor.items.push_back(from + 0.1f * static_cast<float>(i));
  return tensor;
}

/// Two GATConv layers of 3 features, 2 heads of width 2 and 2 classes.
std::vector<TorchTensor> gat_state() {
  return {counted("conv1.att_src", {1, 2, 2}, 1),  counted("conv1.att_dst", {1, 2, 2}, 2),
          counted("conv1.bias", {4}, 3),           counted("conv1.lin.weight", {4, 3}, 4),
          counted("conv2.att_src", {1, 1, 2}, -1), counted("conv2.att_dst", {1, 1, 2}, -2),
          counted("conv2.bias", {2}, -3),          counted("conv2.lin.weight", {2, 4}, -4)};
}

std::vector<TorchTensor> changed(const std::string& name, const TorchTensor& other) {
  std::vector<TorchTensor> state = gat_state();
  for (TorchTensor& tensor : state)
    if (tensor.name == name) tensor = other;
  return state;
}

void check_refused_state(const std::vector<TorchTensor>& state, const std::string& piece) {
  const TempFolder folder;
  const TorchFile file(write_state(folder / "some.pt", state));
  check_refused([&] { imported_model(file); }, {"some.pt: ", piece});
}

Variable parameter_of(const Model& model, const std::string& name) {
  for (const Parameter& p : model.parameters)
    if (p.name == name) return p.variable;
  FAIL("no parameter ", name);
  return {};
}

}  // namespace

TEST_CASE("a GATConv stack is gat-pyg with transposed weights") {
  const TempFolder folder;
  const ImportedModel found = imported_model(TorchFile(write_state(folder / "gat.pt", gat_state())));
  CHECK(found.options.name == "gat-pyg");
  CHECK(found.features == 3);
  CHECK(found.classes == 2);
  CHECK(found.adds_loops);
  CHECK(found.options.number("layers") == 2.0);
  CHECK(found.options.number("heads") == 2.0);
  CHECK(found.options.number("hidden") == 2.0);
  const Model model = found.build("gat.pt");
  const Tensor weight = parameter_of(model, "layer1.weight").value();
  CHECK(weight.rows() == 3);
  CHECK(weight(2, 1) == Real(4.5f));  // row 1, column 2 of [4, 3]
  CHECK(parameter_of(model, "layer1.attention_target").value()(0, 0) == 2);
  CHECK(parameter_of(model, "layer2.attention_source").value()(0, 1) == Real(-0.9f));
  CHECK(parameter_of(model, "layer2.bias").value()(0, 0) == -3);
}

TEST_CASE("one layer, a nested dictionary, missing biases and an optimizer") {
  const TempFolder folder;
  std::vector<TorchTensor> state = gat_state();
  for (TorchTensor& tensor : state)
    tensor.name = "model." + tensor.name;
  state.erase(state.begin() + 2);
  state.push_back(counted("optimizer.state.exp_avg", {4}, 0));
  const ImportedModel found = imported_model(TorchFile(write_state(folder / "gat.pt", state)));
  REQUIRE_FALSE(found.notes.empty());
  CHECK(found.notes.front() == "1 tensors of an optimizer are left out");
  CHECK(parameter_of(found.build("gat.pt"), "layer1.bias").value()(0, 3) == 0);
  const ImportedModel one = imported_model(
      TorchFile(write_state(folder / "gcn.pt", {counted("bias", {2}, 0), counted("lin.weight", {2, 5}, 1)})));
  CHECK(one.options.name == "gcn");
  CHECK(one.features == 5);
  CHECK(parameter_of(one.build("gcn.pt"), "layer1.weight").value()(4, 1) == doctest::Approx(1.9));
}

TEST_CASE("what a state_dict doesn't say is noted, unless it is given") {
  using Lines = std::vector<std::string>;
  const TempFolder folder;
  const TorchFile gat(write_state(folder / "gat.pt", gat_state()));
  const OptionValue relu(std::string("relu")), slope(0.1);
  CHECK(imported_model(gat).notes ==
        Lines{"not in a state_dict, and taken: between layers elu, for the slope of the leaky ReLU 0.2; else give "
              "--activation, --negative-slope"});
  CHECK(imported_model(gat, {{"activation", relu}}).notes ==
        Lines{"not in a state_dict, and taken: for the slope of the leaky ReLU 0.2; else give --negative-slope"});
  CHECK(imported_model(gat, {{"activation", relu}, {"negative-slope", slope}}).notes.empty());
  std::vector<TorchTensor> layers{counted("a.bias", {4}, 0), counted("a.lin.weight", {4, 5}, 1)};
  CHECK(imported_model(TorchFile(write_state(folder / "one.pt", layers))).notes.empty());  // nothing is assumed
  layers.push_back(counted("b.bias", {2}, 0));
  layers.push_back(counted("b.lin.weight", {2, 4}, 1));
  CHECK(imported_model(TorchFile(write_state(folder / "gcn.pt", layers))).notes ==
        Lines{"not in a state_dict, and taken: between layers relu; else give --activation"});
}

TEST_CASE("a last layer of several heads without a bias doesn't tell concat, which is noted") {
  const TempFolder folder;
  std::vector<TorchTensor> state{counted("conv.att_src", {1, 2, 3}, 0), counted("conv.att_dst", {1, 2, 3}, 0),
                                 counted("conv.lin.weight", {6, 4}, 1)};
  const auto imported = [&] { return imported_model(TorchFile(write_state(folder / "gat.pt", state))); };
  CHECK(imported().classes == 3);
  CHECK(imported().classes_side_by_side == 6);
  CHECK(has_note(imported().notes, "'conv.' has no bias to tell concat: its heads are averaged here, for 3"));
  state.push_back(counted("conv.bias", {3}, 0));
  CHECK(imported().classes_side_by_side == 0);
  CHECK_FALSE(has_note(imported().notes, "concat"));
  state = {counted("conv.att_src", {1, 1, 3}, 0), counted("conv.att_dst", {1, 1, 3}, 0),
           counted("conv.lin.weight", {3, 4}, 1)};
  CHECK_FALSE(has_note(imported().notes, "concat"));  // one head is the same either way
}

TEST_CASE("GATv2Conv and TransformerConv") {
  const TempFolder folder;
  const ImportedModel second = imported_model(
      TorchFile(write_state(folder / "gatv2.pt", {counted("att", {1, 2, 3}, 0), counted("bias", {3}, 1),
                                                  counted("lin_l.weight", {6, 4}, 2), counted("lin_l.bias", {6}, 3),
                                                  counted("lin_r.weight", {6, 4}, 5), counted("lin_r.bias", {6}, 6)})));
  CHECK(second.options.name == "gatv2");
  CHECK(second.options.number("output-heads") == 2.0);
  CHECK(second.classes == 3);
  const Model model = second.build("gatv2.pt");
  CHECK(parameter_of(model, "layer1.target.bias").value()(0, 0) == 6);
  CHECK(parameter_of(model, "layer1.source.weight").value()(1, 0) == Real(2.1f));

  std::vector<TorchTensor> state;
  float from = 0;
  for (const char* name : {"lin_key", "lin_query", "lin_value", "lin_skip"}) {
    state.push_back(counted(std::string(name) + ".weight", {4, 3}, from));
    state.push_back(counted(std::string(name) + ".bias", {4}, from));
    from += 10;
  }
  const TorchFile file(write_state(folder / "transformer.pt", state));
  const ImportedModel root = imported_model(file), none = imported_model(file, {}, false);
  CHECK_FALSE(root.adds_loops);
  CHECK(root.options.name == "dot");
  CHECK(parameter_of(root.build("transformer.pt"), "layer1.residual.bias").value()(0, 0) == 30);
  CHECK(parameter_of(root.build("transformer.pt"), "layer1.query.weight").value()(0, 0) == 10);
  CHECK(none.build("transformer.pt").parameters.size() + 2 == root.build("transformer.pt").parameters.size());
  CHECK(imported_model(file, {{"output-heads", Index{2}}}, false).features == 3);
  check_refused([&] { imported_model(file, {{"output-heads", Index{3}}}); }, {"no multiple of 3 heads"});
  REQUIRE(root.notes.size() == 1);
  CHECK(has_note(root.notes, "'' has: one is taken, --output-heads gives another number, which are averaged"));
  CHECK(imported_model(file, {{"output-heads", Index{2}}}, false).notes.empty());
}

TEST_CASE("what may be another order, or no layer of the stack, is noted") {
  const TempFolder folder;
  const auto notes_of = [&](const std::vector<TorchTensor>& state) {
    return imported_model(TorchFile(write_state(folder / "some.pt", state)), {{"activation", OptionValue("relu")}})
        .notes;
  };
  const auto layer = [](const std::string& name, Index out, bool biased) {
    std::vector<TorchTensor> state{counted(name + ".lin.weight", {static_cast<std::int32_t>(out), 3}, 0)};
    if (biased) state.insert(state.begin(), counted(name + ".bias", {static_cast<std::int32_t>(out)}, 1));
    return state;
  };
  const auto stack = [&](const std::string& a, const std::string& b, bool biased) {
    std::vector<TorchTensor> state = layer(a, 3, true);
    const std::vector<TorchTensor> next = layer(b, 2, biased);
    state.insert(state.end(), next.begin(), next.end());
    return state;
  };
  CHECK(notes_of(stack("conv1", "conv2", true)).empty());
  CHECK(notes_of(stack("convs.9", "convs.10", true)).empty());
  CHECK(
      has_note(notes_of(stack("conv2", "conv1", true)), "in the order of the file, 'conv2.', 'conv1.', which is not"));
  CHECK(has_note(notes_of(stack("conv1", "head", false)), "'head.lin.weight' is taken as a GCNConv without a bias"));
}

TEST_CASE("a GATConv of one projection under two names, as PyTorch Geometric had it, is taken") {
  const TempFolder folder;
  std::vector<TorchTensor> state = gat_state();
  for (TorchTensor& tensor : state)
    if (tensor.name.ends_with("lin.weight")) tensor.name.replace(6, 3, "lin_src");
  for (const std::size_t n : {3u, 7u}) {
    state.push_back(state[n]);
    state.back().name.replace(6, 7, "lin_dst");
  }
  const ImportedModel old = imported_model(TorchFile(write_state(folder / "old.pt", state)));
  const ImportedModel now = imported_model(TorchFile(write_state(folder / "now.pt", gat_state())));
  CHECK(same_bits(parameter_of(old.build("old.pt"), "layer2.weight").value(),
                  parameter_of(now.build("now.pt"), "layer2.weight").value()));
  state.back().items[0] += 1;
  check_refused_state(state, "'conv2.lin_dst.weight' is not imported");
}

TEST_CASE("layers that read features of edges") {
  const TempFolder folder;
  const ImportedModel second = imported_model(TorchFile(
      write_state(folder / "gatv2.pt", {counted("att", {1, 2, 3}, 0), counted("lin_l.weight", {6, 4}, 2),
                                        counted("lin_r.weight", {6, 4}, 5), counted("lin_edge.weight", {6, 5}, 1)})));
  CHECK(second.options.number("edge-columns") == 5.0);
  const Tensor weight = parameter_of(second.build("gatv2.pt"), "layer1.edge_weight").value();
  CHECK(weight.rows() == 5);
  CHECK(weight(2, 1) == Real(1.7f));  // row 1, column 2 of [6, 5]
  const ImportedModel first = imported_model(
      TorchFile(write_state(folder / "gat.pt", {counted("att_src", {1, 1, 2}, 0), counted("att_dst", {1, 1, 2}, 0),
                                                counted("att_edge", {1, 1, 2}, 3), counted("lin.weight", {2, 4}, 2),
                                                counted("lin_edge.weight", {2, 5}, 1)})));
  CHECK(first.options.name == "gat-pyg");
  CHECK(parameter_of(first.build("gat.pt"), "layer1.edge_score").value()(0, 1) == Real(3.1f));
  check_refused_state({counted("lin_key.weight", {4, 3}, 0), counted("lin_query.weight", {4, 3}, 0),
                       counted("lin_value.weight", {4, 3}, 0), counted("lin_edge.weight", {4, 2}, 0)},
                      "'lin_edge.weight' is not imported: want GATConv or GATv2Conv to read features of edges");
}

TEST_CASE("what is no such stack is refused with the tensor") {
  check_refused_state({counted("lin1.weight", {2, 2}, 0)}, "'lin1.weight' is of no layer that is imported");
  check_refused_state({}, "holds no tensors");
  for (const char* head : {"lin", "fc", "head", "out", "model.lin"})
    for (const bool biased : {true, false}) {
      if (!biased && std::string(head) == "model.lin") continue;  // of a layer of its own, as far as names say
      std::vector<TorchTensor> state = gat_state();
      state.push_back(counted(std::string(head) + ".weight", {3, 2}, 0));
      if (biased) state.push_back(counted(std::string(head) + ".bias", {3}, 0));
      CAPTURE(head);
      check_refused_state(state, "' is of no layer that is imported, as no Linear head and no norm is; want");
    }
  check_refused_state({counted("conv1.lin_l.weight", {4, 3}, 0), counted("conv1.lin_l.bias", {4}, 0),
                       counted("conv1.lin_r.weight", {4, 3}, 0)},
                      "'conv1.' has lin_l.weight without att, as SAGEConv has, which isn't imported");
  check_refused_state(changed("conv1.bias", counted("conv1.res.weight", {4, 3}, 0)),
                      "'conv1.res.weight' is not imported");
  const auto with_edges = [](std::vector<TorchTensor> of_edges) {
    std::vector<TorchTensor> state = gat_state();
    state.insert(state.end(), of_edges.begin(), of_edges.end());
    return state;
  };
  const TorchTensor first = counted("conv1.lin_edge.weight", {4, 3}, 0),
                    score = counted("conv1.att_edge", {1, 2, 2}, 0);
  check_refused_state(with_edges({first}), "'conv1.att_edge' is missing");
  check_refused_state(with_edges({score}), "'conv1.lin_edge.weight' is missing");
  check_refused_state(with_edges({first, score}), "'conv2.' reads 0 features of edges, the first layer reads 3");
  check_refused_state(with_edges({counted("conv1.lin_edge.weight", {3, 3}, 0), score}), "has other sizes");
  check_refused_state(changed("conv1.att_src", counted("conv1.att_src", {1, 3, 2}, 0)), "has other sizes");
  check_refused_state(changed("conv1.att_src", counted("conv1.att_src", {4}, 0)), "has 1 dimensions, want 3");
  check_refused_state(changed("conv1.bias", counted("conv1.bias", {3}, 0)), "has another length");
  check_refused_state(changed("conv1.bias", counted("conv1.bias", {2}, 0)), "'conv1.' averages its heads");
  check_refused_state(changed("conv2.att_src", counted("conv2.att", {1, 1, 2}, 0)), "is missing");
  std::vector<TorchTensor> wide = gat_state();
  wide.resize(4);
  check_refused_state(wide, "has 2 heads side by side");
}

TEST_CASE("a directed GCN divides by the in-degrees of both ends, or by the source's out-degree") {
  const TempFolder folder;
  const ImportedModel found =
      imported_model(TorchFile(write_state(folder / "gcn.pt", {{"lin.weight", {1, 1}, {1}}, {"bias", {1}, {0}}})));
  // edges into 0: 0, 1, 2; into 1: 1; into 2: 1, 2 (rows are targets)
  const Csr graph = from_edges(3, std::vector<NodePair>{{0, 0}, {0, 1}, {0, 2}, {1, 1}, {2, 1}, {2, 2}});
  const Tensor x = Tensor::from({{1}, {10}, {100}});
  const auto first = [&](const ModelOptions& options) {
    const Model model = build_model(options, 1, 1, 0);
    set_parameters(model.parameters, found.tensors, "gcn.pt");
    const NoGrad no_tape;
    Pass pass = Pass::inference();
    return static_cast<double>(model.forward(neighbourhood_for(options, graph), Variable(x), pass).y.value()(0, 0));
  };
  ModelOptions options = found.options;
  CHECK(first(options) == doctest::Approx(1 / 3.0 + 10 / std::sqrt(3.0) + 100 / std::sqrt(6.0)));
  options.options.insert_or_assign("source-degree", "out");
  CHECK(first(options) == doctest::Approx(1 / std::sqrt(3.0) + 10 / 3.0 + 100 / std::sqrt(6.0)));
}
