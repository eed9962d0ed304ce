#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "cli/errors.hpp"
#include "cli/help.hpp"
#include "cli/json.hpp"
#include "cli/output.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "mercer/training/metric.hpp"
#include "report/report.hpp"
#include "train/trained.hpp"

namespace mercer::program {

namespace {

constexpr const char* evaluate_help =
    "Measures a trained model on the nodes or sequences of a split, by default of the split it was trained on.\n\n"
    "Example:\n"
    "  mercer evaluate runs/first\n"
    "  mercer evaluate runs/first --data planted --json";

/// Scores of real numbers are in their units, the loss is that of the training, on scaled targets.
Json measured(const Tensor& logits, const Dataset& data, const ColumnScales& scales, const std::vector<Node>& rows) {
  Json json{{data.examples_in_words(), rows.size()}};
  if (rows.empty()) return json;
  if (data.label_kind != LabelKind::classes) {
    for (const auto& [name, value] : target_scores(data.label_kind, in_units(logits, scales), data.targets, rows))
      json[name] = value;
    json["loss"] = mean_loss(target_loss(data.label_kind), logits, in_scale(data.targets, scales), rows);
    return json;
  }
  json["accuracy"] = accuracy(logits, data.labels, rows);
  json["macro_f1"] = macro_f1(logits, data.labels, rows);
  json["loss"] = mean_cross_entropy(logits, data.labels, rows);
  if (data.classes() != 2) return json;
  for (const Metric metric : {Metric::roc_auc, Metric::average_precision}) {
    const std::string name = metric == Metric::roc_auc ? "roc_auc" : "average_precision";
    try {
      json[name] = evaluate(metric, logits, data.labels, rows);
    } catch (const ValueError&) {
      json[name] = nullptr;  // undefined when all nodes have one class, or none the positive one
    }
  }
  return json;
}

std::string line_of(const char* name, const Json& part, const char* examples) {
  if (!part.contains("loss")) return fmt::format("{:<12}{:>8} {}\n", name, 0, examples);
  const std::string count = grouped(part[examples].get<Index>());
  if (!part.contains("macro_f1")) {
    std::string text = fmt::format("{:<12}{:>8} {}", name, count, examples);
    for (auto item = std::next(part.begin()); item != part.end(); ++item)
      text += "  " + item.key() + " " + score_text(item.key(), item.value().get<double>());
    return text + "\n";
  }
  std::string text = fmt::format("{:<12}{:>8} {}  accuracy {:>7}  macro-F1 {:>7}  loss {:.4f}", name, count, examples,
                                 percent(part["accuracy"].get<double>()), percent(part["macro_f1"].get<double>()),
                                 part["loss"].get<double>());
  if (part.contains("roc_auc") && !part["roc_auc"].is_null())
    text += fmt::format("  ROC AUC {}", percent(part["roc_auc"].get<double>()));
  if (part.contains("average_precision") && !part["average_precision"].is_null())
    text += fmt::format("  average precision {}", percent(part["average_precision"].get<double>()));
  return text + "\n";
}

struct Measured {
  Split split;
  std::vector<Node> others{};  // that are in none of its parts
  std::string in_words;
};

/// The parts of the model's training in its graph with other nodes, which have a part of their own.
Measured of_larger_graph(const Trained& trained) {
  const Prepared& prepared = trained.problem->prepared;
  Measured parts{.split = {}, .in_words = "the parts of the model's training, and the nodes that were in none"};
  for (std::size_t i = 0; i < prepared.data.labels.size(); ++i) {
    const auto node = static_cast<Node>(i);
    const auto number = static_cast<std::size_t>(prepared.source_node(node));
    const SplitPart part = number < trained.larger_parts.size() ? trained.larger_parts[number] : SplitPart::none;
    if (prepared.data.labels[i] < 0) continue;
    (part == SplitPart::train        ? parts.split.train
     : part == SplitPart::validation ? parts.split.validation
     : part == SplitPart::test       ? parts.split.test
                                     : parts.others)
        .push_back(node);
  }
  return parts;
}

/// The model's split, or that of other data; of another graph without a split all nodes that have a label.
Measured nodes_to_measure(const Trained& trained, const TrainedRequest& request) {
  const Prepared& prepared = trained.problem->prepared;
  if (!trained.other_graph || !prepared.data.splits.empty() || request.data.split_random) {
    return {.split = split_of(prepared, trained.model.seed, 0).split,
            .in_words = prepared.plan.of_seeds(1, std::ssize(prepared.data.splits)).in_words()};
  }
  if (trained.has_larger_parts(request)) return of_larger_graph(trained);
  Measured all{.split = {}, .in_words = fmt::format("all {} that have a label", prepared.data.examples_in_words())};
  for (std::size_t i = 0; i < prepared.data.labels.size(); ++i)
    if (prepared.data.labels[i] >= 0) all.split.test.push_back(static_cast<Node>(i));
  return all;
}

/// The two classes, and the columns of their logits, in that order in which `positive` is the second.
void set_positive(const std::string& positive, Dataset& data, Tensor& logits) {
  const std::vector<std::string> before = data.class_names;
  data = with_positive(std::move(data), positive);
  if (data.class_names == before) return;
  for (Index i = 0; i < logits.rows(); ++i)
    std::swap(logits(i, 0), logits(i, 1));
}

}  // namespace

int evaluate(const Invocation& typed) {
  CLI::App app(evaluate_help, "mercer evaluate");
  TrainedRequest request;
  bool json = false;
  std::string summary;
  declare_trained(app, request);
  app.add_flag("--json", json, "as JSON");
  app.add_option("--summary", summary, "the same as JSON")->type_name("FILE");
  list_first(app, {"--data", "--json", "--summary"});
  if (!parse(app, typed.words)) return done;
  if (!summary.empty()) {
    check_writable(summary);
    form_of({"--summary", summary}, {".json"});
    request.outputs.push_back({"--summary", summary});
  }
  const std::optional<std::string> positive = std::exchange(request.data.positive, std::nullopt);
  const Trained trained = load_trained(request);
  Dataset& data = trained.problem->prepared.data;
  if (std::ranges::none_of(data.labels, [](std::int32_t label) { return label >= 0; }))
    throw UsageError(data.name + ": none of its " + data.examples_in_words() +
                     " has a label to compare with; mercer predict writes predictions");
  const Measured measured_on = nodes_to_measure(trained, request);
  const Split& split = measured_on.split;
  Tensor logits = logits_of(trained);
  if (positive) set_positive(*positive, data, logits);
  const auto on = [&](const std::vector<Node>& rows) { return measured(logits, data, trained.model.targets, rows); };
  Json found{{"command", typed.line},
             {"model", trained.model.options.name},
             {"data", data.name},
             {"task", name_of(data.label_kind, task_choices)},
             {"split", measured_on.in_words},
             {"train", on(split.train)},
             {"validation", on(split.validation)},
             {"test", on(split.test)}};
  if (data.label_kind == LabelKind::classes && data.classes() == 2) found["positive"] = data.class_names.back();
  const bool has_others = !measured_on.others.empty();
  if (has_others) found["new"] = on(measured_on.others);
  if (!summary.empty()) write_whole(summary, text_of(found));
  if (json) {
    fmt::print("{}", text_of(found));
    return done;
  }
  const std::string of_class = note_of_metric(Metric::average_precision, data);
  print_text(fmt::format("{} on {}, {}\n{}{}{}{}{}", trained.model.options.name, data.name, measured_on.in_words,
                         line_of("training", found["train"], data.examples_in_words()),
                         line_of("validation", found["validation"], data.examples_in_words()),
                         line_of("test", found["test"], data.examples_in_words()),
                         has_others ? line_of("new", found["new"], data.examples_in_words()) : "",
                         of_class.empty() ? "" : of_class + "\n"));
  return done;
}

}  // namespace mercer::program
