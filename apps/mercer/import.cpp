#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <utility>
#include <vector>

#include "cli/errors.hpp"
#include "cli/help.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "mercer/base/check.hpp"
#include "mercer/experiment/torch_import.hpp"
#include "mercer/experiment/trained_model.hpp"
#include "report/report.hpp"

namespace mercer::program {

namespace {

constexpr const char* import_help =
    "Makes a model of the state_dict of a stack of PyTorch Geometric's GATConv, GATv2Conv, TransformerConv or GCNConv\n"
    "layers, saved by torch.save(model.state_dict(), FILE); no Linear head, no norms and no other layers. Its kind and "
    "its sizes follow from the tensors. Features "
    "are\n"
    "taken as they are, and edges as the data have them; what the model adds is printed.\n\n"
    "Examples:\n"
    "  mercer import gat.pt --data cora.pt --out runs/gat\n"
    "  mercer predict --model runs/gat --logits logits.csv";

struct ImportRequest {
  std::string file, out, activation;
  std::optional<double> negative_slope;
  std::optional<Index> heads, output_heads;
  bool no_root_weight = false;
  DataChoice data;
};

void declare(CLI::App& app, ImportRequest& request) {
  app.add_option("file", request.file, "of torch.save")->type_name("FILE");
  app.add_option("--out", request.out, "folder of the model, to be created")->type_name("DIR");
  app.add_option("--activation", request.activation, "between layers: elu, relu, gelu (default: elu; relu of GCNConv)");
  app.add_option("--negative-slope", request.negative_slope,
                 "of the leaky ReLU of GATConv and GATv2Conv (default: 0.2)");
  app.add_option("--heads", request.heads, "of hidden TransformerConv layers, side by side (default: 1)");
  app.add_option("--output-heads", request.output_heads, "of the last TransformerConv, averaged (default: 1)");
  app.add_flag("--no-root-weight", request.no_root_weight, "of TransformerConv: root_weight=False");
  app.option_defaults()->group("Data");
  declare_data(app, request.data);
  hide_positive(app);
  list_first(app, {"--data"});
}

OptionValues options_given(const ImportRequest& request) {
  OptionValues given;
  if (!request.activation.empty()) given.insert_or_assign("activation", request.activation);
  if (request.negative_slope) given.insert_or_assign("negative-slope", *request.negative_slope);
  if (request.heads) given.insert_or_assign("heads", *request.heads);
  if (request.output_heads) given.insert_or_assign("output-heads", *request.output_heads);
  return given;
}

/// As they are for layers that read them, unless asked otherwise.
EdgeFeatures edge_features_of(const ImportedModel& found, std::optional<EdgeFeatures> asked) {
  const double columns = found.options.number("edge-columns").value_or(0);
  if (asked && columns == 0 && *asked != EdgeFeatures::ignore)
    throw UsageError("--edge-features: the layers of the file read none, want ignore");
  if (asked && columns > 0 && *asked == EdgeFeatures::ignore)
    throw UsageError(
        fmt::format("--edge-features: the layers of the file read {:g}, want raw or standardise", columns));
  return asked.value_or(columns > 0 ? EdgeFeatures::raw : EdgeFeatures::ignore);
}

/// The settings of the model and its data; features, loops and repeated edges as PyTorch Geometric has them, unless
/// asked otherwise.
Settings settings_of(const ImportedModel& found, DataChoice data) {
  if (!data.standardise_features && !data.normalise_features) data.normalise_features = false;
  if (!data.loops) data.loops = found.adds_loops;
  if (!*data.loops && !data.keep_loops) data.keep_loops = true;
  if (!data.duplicates) data.duplicates = RepeatedEdges::count;
  data.edge_features = edge_features_of(found, data.edge_features);
  return resolve({.model = found.options.name, .options = found.options, .data = std::move(data)});
}

/// What a layer was made with that no state_dict says, as it is taken here, with the options that say otherwise; empty
/// where all of it was given.
std::string assumed(const ImportedModel& found, const ImportRequest& request) {
  std::vector<std::string> taken;
  if (found.adds_loops && !request.data.loops) taken.emplace_back("add_self_loops=True (else --no-loops)");
  if (request.data.loops.value_or(found.adds_loops) && found.options.number("edge-columns"))
    taken.emplace_back("fill_value='mean' of edge_attr of loops (no other is offered)");
  if (found.options.name == "gcn") taken.emplace_back("normalize=True (no other is offered)");
  const OptionValue* residual = found.options.find("residual");
  if (found.options.name == "dot" && residual != nullptr && *residual == OptionValue("linear"))
    taken.emplace_back("root_weight=True (else --no-root-weight)");
  return taken.empty() ? "" : fmt::format("assumes {}", fmt::join(taken, ", "));
}

void check_sizes(const std::string& file, const ImportedModel& found, const Problem& problem) {
  const std::string& data = problem.prepared.data.name;
  if (problem.features() != found.features)
    throw UsageError(fmt::format("{}: the model reads {}, {} has {}", file, counted(found.features, "feature"), data,
                                 problem.features()));
  if (problem.classes() == found.classes_side_by_side)
    throw UsageError(
        fmt::format("{}: the heads of the last layer, which has no bias, give {} logits averaged (concat=False) and {} "
                    "side by side (concat=True), as {} has classes; want the last layer trained with concat=False, "
                    "or with one head",
                    file, found.classes, found.classes_side_by_side, data));
  if (problem.classes() != found.classes)
    throw UsageError(fmt::format("{}: the model gives {}, {} has {}", file, counted(found.classes, "logit"), data,
                                 counted(problem.classes(), "class")));
}

}  // namespace

int import_model(const Invocation& typed) {
  CLI::App app(import_help, "mercer import");
  ImportRequest request;
  declare(app, request);
  if (!parse(app, typed.words)) return done;
  if (request.file.empty()) throw UsageError("file: got nothing, want the file of a state_dict, as in gat.pt");
  if (request.out.empty()) throw UsageError("--out: got nothing, want a folder for the model");
  if (request.data.data.empty()) throw UsageError("--data: got nothing, want the data that the model is for");
  check_output_folder(request.out);
  if (file_exists(std::filesystem::path(request.out) / "model.safetensors"))
    throw UsageError("--out " + request.out + ": holds a model already, want a new folder");
  const ImportedModel found = imported_model(TorchFile(request.file), options_given(request), !request.no_root_weight);
  if (request.data.positive)
    throw UsageError("--positive: the classes of the model stand as it learned them, want it with evaluate");
  Settings settings = settings_of(found, request.data);
  settings.data.path = place_of(settings.data);
  refuse_data_folder(request.out, settings.data.path);
  const Problem problem(prepare(settings.data), settings.model);
  check_sizes(request.file, found, problem);
  complete(settings, problem);
  SeedRun run;
  run.model = found.build(request.file);
  run.options = settings.model;
  save_model(request.out, trained_model(problem, settings, run));
  std::string text = fmt::format("{}: {} of {} layers, {} parameters, for {}\n", request.file, settings.model.name,
                                 settings.model.number("layers").value_or(1), grouped(parameter_count(run.model)),
                                 problem.prepared.data.name);
  if (const std::string note = assumed(found, request); !note.empty()) text += "note        " + note + "\n";
  for (const auto* notes : {&found.notes, &problem.prepared.data.notes, &problem.prepared.notes})
    for (const std::string& note : *notes)
      text += "note        " + note + "\n";
  print_text(text + fmt::format("model       {}/model.safetensors\n", request.out));
  return done;
}

}  // namespace mercer::program
