#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "cli/errors.hpp"
#include "cli/output.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "mercer/training/metric.hpp"
#include "predict/node_values.hpp"
#include "report/report.hpp"
#include "train/trained.hpp"

namespace mercer::program {

namespace {

constexpr const char* predict_help =
    "Writes for every node or sequence the predicted class and its probability, the true class, the part of the split, "
    "and the\n"
    "probability of each class as CSV; where labels are several or real numbers, each label's probability or number "
    "and\n"
    "the true one. Also the vectors of the last hidden layer, and the logits.\n\n"
    "Examples:\n"
    "  mercer predict --model runs/first --data planted --out predictions.csv\n"
    "  mercer predict --model runs/first --embeddings embeddings.npz\n"
    "  mercer predict --model runs/vowels --data new.ts --out predictions.csv";

struct PredictRequest {
  TrainedRequest trained;
  std::string out, embeddings, logits;
};

void declare(CLI::App& app, PredictRequest& request) {
  declare_trained(app, request.trained);
  app.add_option("--out", request.out, "the CSV file to write")->type_name("FILE");
  app.add_option("--embeddings", request.embeddings,
                 "write the input of the last layer, a row for each node, as .npz or .csv; without FILE beside --out")
      ->expected(0, 1)
      ->type_name("FILE");
  app.add_option("--logits", request.logits, "write the logits, a row for each node, as .npz or .csv")
      ->type_name("FILE");
}

/// Checks what is asked for; --embeddings without a file takes its name from --out.
void settle(const CLI::App& app, PredictRequest& request) {
  const bool embeds = app.get_option("--embeddings")->count() > 0;
  if (embeds && request.embeddings.empty() && !request.out.empty())
    request.embeddings = std::filesystem::path(request.out).replace_extension(".embeddings.npz").string();
  if (request.out.empty() && request.embeddings.empty() && request.logits.empty())
    throw UsageError(embeds ? "--embeddings: got nothing, want a file to write, as in --embeddings embeddings.npz"
                            : "--out: got nothing, want a file to write, as in --out predictions.csv");
  if (!request.out.empty()) check_writable(request.out);
  if (!request.embeddings.empty()) check_values_file("--embeddings", request.embeddings);
  if (!request.logits.empty()) check_values_file("--logits", request.logits);
  for (const auto& [option, file] :
       {std::pair{"--out", &request.out}, {"--embeddings", &request.embeddings}, {"--logits", &request.logits}})
    if (!file->empty()) request.trained.outputs.push_back({option, *file});
}

/// "train", "val", "test" or "none" of each node: of the model's split, or of that of other data.
std::vector<const char*> parts_of(const Trained& trained) {
  const Prepared& prepared = trained.problem->prepared;
  std::vector<const char*> parts(static_cast<std::size_t>(prepared.data.examples()), "none");
  if (trained.other_graph && prepared.data.splits.empty()) return parts;
  Index index = 0;
  const Split split = split_of(prepared, trained.model.seed, 0, index);
  const auto mark = [&](const std::vector<Node>& nodes, const char* part) {
    for (const Node i : nodes)
      parts[static_cast<std::size_t>(i)] = part;
  };
  mark(split.train, "train");
  mark(split.validation, "val");
  mark(split.test, "test");
  return parts;
}

/// The number of each target, or the probability of each label, beside what is known of it.
std::string csv_of_targets(const Tensor& logits, const Trained& trained) {
  const Prepared& prepared = trained.problem->prepared;
  const Dataset& data = prepared.data;
  const bool real = data.label_kind == LabelKind::real, named = !data.node_names.empty();
  const Tensor outputs = in_units(logits, trained.model.targets);
  const std::vector<const char*> parts = parts_of(trained);
  std::string csv = named ? "node,name,part" : "node,part";
  for (const std::string& name : trained.model.class_names)
    csv += "," + csv_field((real ? "predicted_" : "p_") + name) + "," + csv_field("true_" + name);
  csv += '\n';
  for (const Index i : rows_by_source(prepared)) {
    const auto row = static_cast<std::size_t>(i);
    csv += std::to_string(prepared.source_node(i));
    if (named) csv += "," + csv_field(data.node_names[row]);
    csv += fmt::format(",{}", parts[row]);
    for (Index c = 0; c < outputs.columns(); ++c) {
      const auto x = static_cast<double>(outputs(i, c));
      csv += fmt::format(",{:.6g},", real ? x : 1 / (1 + std::exp(-x)));
      if (data.labels[row] >= 0) csv += fmt::format("{}", data.targets(i, c));
    }
    csv += '\n';
  }
  return csv;
}

std::string csv_of(const Tensor& logits, const Trained& trained) {
  if (trained.problem->prepared.data.label_kind != LabelKind::classes) return csv_of_targets(logits, trained);
  const Prepared& prepared = trained.problem->prepared;
  const Dataset& data = prepared.data;
  const std::vector<std::string>& classes = trained.model.class_names;
  const bool named = !data.node_names.empty();
  const std::vector<const char*> parts = parts_of(trained);
  std::string csv = data.has_items() ? "sequence" : "node";
  csv += named ? ",name,class,probability,true_class,part" : ",class,probability,true_class,part";
  for (const std::string& name : classes)
    csv += "," + csv_field("p_" + name);
  csv += '\n';
  for (const Index i : rows_by_source(prepared)) {
    const auto row = static_cast<std::size_t>(i);
    const auto called = static_cast<std::size_t>(predicted_class(logits, i));
    const std::vector<double> p = probabilities(logits, i);
    const std::int32_t label = data.labels[row];
    csv += std::to_string(prepared.source_node(i));
    if (named) csv += "," + csv_field(data.node_names[row]);
    csv += fmt::format(",{},{:.6g},{},{}", csv_field(classes.at(called)), p[called],
                       label < 0 ? "" : csv_field(classes.at(static_cast<std::size_t>(label))), parts[row]);
    for (const double share : p)
      csv += fmt::format(",{:.6g}", share);
    csv += '\n';
  }
  return csv;
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
      write_whole(request.out, csv_of(logits, trained));
      print_text(
          fmt::format("{} {} written to {}\n", grouped(logits.rows()), prepared.data.examples_in_words(), request.out));
    });
  return whole ? done : incomplete;
}

}  // namespace mercer::program
