#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "cli/errors.hpp"
#include "cli/help.hpp"
#include "cli/output.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "predict/node_values.hpp"
#include "predict/predictions.hpp"
#include "report/report.hpp"
#include "train/trained.hpp"

namespace mercer::program {

namespace {

constexpr const char* predict_help =
    "Writes for every node or sequence the predicted class and its probability, the true class, the part of the split, "
    "and the\n"
    "probability of each class, as .csv or .npz; where labels are several or real numbers, each label's probability or "
    "number "
    "and\n"
    "the true one. Also the vectors of the last hidden layer, and the logits.\n\n"
    "Examples:\n"
    "  mercer predict runs/first --data planted --out predictions.csv\n"
    "  mercer predict runs/first --embeddings embeddings.npz\n"
    "  mercer predict runs/vowels --data new.ts --out predictions.csv";

struct PredictRequest {
  TrainedRequest trained;
  std::string out, embeddings, logits;
};

void declare(CLI::App& app, PredictRequest& request) {
  declare_trained(app, request.trained);
  hide_positive(app);
  app.add_option("--out", request.out, "the file to write, .csv or .npz")->type_name("FILE");
  app.add_option("--embeddings", request.embeddings,
                 "write the input of the last layer, a row for each node, as .npz or .csv; without FILE beside --out")
      ->expected(0, 1)
      ->type_name("FILE");
  app.add_option("--logits", request.logits, "write the logits, a row for each node, as .npz or .csv")
      ->type_name("FILE");
  list_first(app, {"--data", "--out", "--embeddings", "--logits"});
}

/// Checks what is asked for; --embeddings without a file takes its name from --out.
void settle(const CLI::App& app, PredictRequest& request) {
  const bool embeds = app.get_option("--embeddings")->count() > 0;
  if (embeds && request.embeddings.empty() && !request.out.empty())
    request.embeddings = std::filesystem::path(request.out).replace_extension(".embeddings.npz").string();
  if (embeds ? request.embeddings.empty() : request.out.empty() && request.logits.empty())
    throw UsageError(embeds ? "--embeddings: got nothing, want a file to write, as in --embeddings embeddings.npz"
                            : "--out: got nothing, want a file to write, as in --out predictions.csv");
  for (const char* option : {"--split", "--split-random", "--split-seed", "--validation-share"})
    if (app.get_option(option)->count() > 0 && request.out.empty())
      throw UsageError(std::string(option) + ": says the parts that --out writes, want it with --out");
  if (!request.out.empty()) check_values_file("--out", request.out);
  if (!request.embeddings.empty()) check_values_file("--embeddings", request.embeddings);
  if (!request.logits.empty()) check_values_file("--logits", request.logits);
  for (const auto& [option, file] :
       {std::pair{"--out", &request.out}, {"--embeddings", &request.embeddings}, {"--logits", &request.logits}})
    if (!file->empty()) request.trained.outputs.push_back({option, *file});
}

Tensor checked_hidden(const Trained& trained) {
  Tensor hidden = hidden_of(trained);
  if (!all_finite(hidden)) throw UsageError("the model gives hidden values that are not finite");
  return hidden;
}

std::vector<std::string> columns_of_logits(const Trained& trained) {
  std::vector<std::string> columns;
  for (const std::string& name : trained.model.class_names)
    columns.push_back("logit_" + name);
  return columns;
}

}  // namespace

int predict(const Invocation& typed) {
  CLI::App app(predict_help, "mercer predict");
  PredictRequest request;
  declare(app, request);
  if (!parse(app, typed.words)) return done;
  settle(app, request);
  const Trained trained = load_trained(request.trained);
  const Prepared& prepared = trained.problem->prepared;
  const Tensor logits = logits_of(trained);
  if (!all_finite(logits)) throw UsageError(request.trained.model + ": the model gives values that are not finite");
  const std::optional<Tensor> hidden =
      request.embeddings.empty() ? std::nullopt : std::optional(checked_hidden(trained));
  bool whole = true;
  if (hidden)
    whole &= try_write([&] {
      write_node_values(request.embeddings, prepared, "embeddings", *hidden,
                        numbered_columns("hidden", hidden->columns()));
      print_text(fmt::format("{} vectors of {} numbers written to {}\n", grouped(hidden->rows()), hidden->columns(),
                             request.embeddings));
    });
  if (!request.logits.empty())
    whole &= try_write([&] {
      write_node_values(request.logits, prepared, "logits", logits, columns_of_logits(trained));
      print_text(fmt::format("the logits of {} {} written to {}\n", grouped(logits.rows()),
                             prepared.data.examples_in_words(), request.logits));
    });
  if (!request.out.empty())
    whole &= try_write([&] {
      write_predictions(request.out, logits, trained);
      print_text(
          fmt::format("{} {} written to {}\n", grouped(logits.rows()), prepared.data.examples_in_words(), request.out));
    });
  return whole ? done : incomplete;
}

}  // namespace mercer::program
