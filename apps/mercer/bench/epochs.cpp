#include "bench/epochs.hpp"

#include <memory>

#include "mercer/models/build.hpp"
#include "mercer/training/node_classification.hpp"

namespace mercer::program {

OptionValues epoch_options(const EpochRequest& request) {
  const DeclaredOptions declared = options_of_model(request.model);
  OptionValues options;
  const auto set = [&](const char* name, const OptionValue& value) {
    if (declared.find(name) != nullptr) options.insert_or_assign(name, value);
  };
  const bool heads = declared.find("heads") != nullptr;
  set("layers", OptionValue(Index(2)));
  set("heads", OptionValue(request.shape.heads));
  set("output-heads", OptionValue(Index(1)));
  set("hidden", OptionValue(heads ? request.shape.width : request.shape.heads * request.shape.width));
  set("dropout", OptionValue(0.0));
  return options;
}

std::vector<double> epoch_seconds(const EpochRequest& request, const BenchGraph& graph) {
  const Dataset& data = graph.data;
  const ModelOptions options{.name = request.model, .options = epoch_options(request)};
  const Input x =
      std::holds_alternative<SparseMatrix>(data.features)
          ? Input(std::make_shared<const SparseMatrix>(std::get<SparseMatrix>(data.features).to(request.shape.device)))
          : Input(Variable(std::get<Tensor>(data.features).to(request.shape.device)));
  const Model model = build_model(options, x.columns(), data.classes(), 0);
  move_to(model, request.shape.device);
  const Neighbourhood neighbourhood = neighbourhood_for(options, data.graph, request.shape.device);
  std::vector<Node> nodes;
  for (Index i = 0; i < data.nodes(); ++i)
    if (data.labels[static_cast<std::size_t>(i)] >= 0) nodes.push_back(static_cast<Node>(i));
  const Task task =
      node_classification({.parameters = model.parameters,
                           .predict = [&](Pass& pass) -> Prediction { return model.forward(neighbourhood, x, pass); },
                           .labels = data.labels,
                           .train = nodes,
                           .buffers = model.buffers});
  std::vector<double> seconds;
  const TrainResult trained =
      train(task, {.epochs = request.epochs + 1, .optimizer = Adam{}, .stop = StopRule::fixed_epochs});
  for (std::size_t e = 1; e < trained.state.history.size(); ++e)
    seconds.push_back(trained.state.history[e].epoch_ms / 1e3);
  return seconds;
}

}  // namespace mercer::program
