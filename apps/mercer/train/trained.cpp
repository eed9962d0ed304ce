#include "train/trained.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "cli/errors.hpp"
#include "cli/options.hpp"

namespace mercer::program {

namespace {

/// The typed choices, completed by the model's; the model's split is used only for its own data.
DataChoice completed(const DataChoice& typed, const DataChoice& described) {
  DataChoice choice = typed;
  const bool same = choice.data.empty() || choice.data == described.data;
  if (choice.data.empty()) choice.data = described.data;
  const auto fill = [](auto& mine, const auto& theirs) {
    if (!mine) mine = theirs;
  };
  fill(choice.symmetrise, described.symmetrise);
  fill(choice.loops, described.loops);
  fill(choice.normalise_features, described.normalise_features);
  if (!same) return choice;
  fill(choice.reorder, described.reorder);
  fill(choice.largest_component, described.largest_component);
  if (choice.split || choice.split_random) return choice;
  choice.split = described.split;
  choice.split_random = described.split_random;
  return choice;
}

}  // namespace

void declare_trained(CLI::App& app, TrainedRequest& request) {
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--model", request.model, "folder that mercer train --out wrote")->type_name("DIR");
  app.option_defaults()->group("Data (those of the model, where nothing is said)");
  declare_data(app, request.data);
  app.option_defaults()->group("Machine");
  declare_machine(app, request.machine);
  app.option_defaults()->group("Output");
}

Trained load_trained(const TrainedRequest& request) {
  if (request.model.empty()) throw UsageError("--model: got nothing, want the folder of a trained model");
  const Machine machine = use_one_device(request.machine);
  Trained trained{.model = load_model(request.model), .problem = nullptr};
  const DataChoice choice = completed(request.data, trained.model.data);
  Prepared prepared = prepare(choice);
  check_features(trained.model, prepared.data);
  if (choice.data == trained.model.data.data)
    if (const std::string differs = difference(prepared.source, trained.model.fingerprint); !differs.empty())
      fmt::print(stderr, "mercer: {} is not what {} was trained on: the {} differ\n", choice.data, request.model,
                 differs);
  trained.problem = std::make_unique<Problem>(std::move(prepared), trained.model.options, machine);
  return trained;
}

Tensor logits_of(const Trained& trained) {
  Problem& problem = *trained.problem;
  return problem.with_room([&] {
    move_to(trained.model.model, problem.input.device());
    return logits_of(trained.model.model, problem);
  });
}

}  // namespace mercer::program
