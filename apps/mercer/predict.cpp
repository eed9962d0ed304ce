#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <numeric>
#include <vector>

#include "cli/errors.hpp"
#include "cli/output.hpp"
#include "commands.hpp"
#include "mercer/training/metric.hpp"
#include "report/report.hpp"
#include "train/trained.hpp"

namespace mercer::program {

namespace {

constexpr const char* predict_help =
    "Writes the class of every node and the probability of each class as CSV.\n\n"
    "Example:\n"
    "  mercer predict --model runs/first --data planted --out predictions.csv";

std::string csv_of(const Tensor& logits, const Prepared& prepared, const std::vector<std::string>& classes) {
  const Dataset& data = prepared.data;
  const bool named = !data.node_names.empty();
  std::string csv = named ? "node,name,class" : "node,class";
  for (const std::string& name : classes)
    csv += "," + csv_field("p_" + name);
  csv += '\n';
  std::vector<Index> rows(static_cast<std::size_t>(logits.rows()));
  std::iota(rows.begin(), rows.end(), Index{0});
  std::ranges::sort(rows, {}, [&](Index i) { return prepared.source_node(i); });
  for (const Index i : rows) {
    const auto at = static_cast<std::size_t>(i);
    fmt::format_to(std::back_inserter(csv), "{}", prepared.source_node(i));
    if (named) csv += "," + csv_field(data.node_names[at]);
    csv += "," + csv_field(classes.at(static_cast<std::size_t>(predicted_class(logits, i))));
    for (const double p : probabilities(logits, i))
      fmt::format_to(std::back_inserter(csv), ",{:.6g}", p);
    csv += '\n';
  }
  return csv;
}

}  // namespace

int predict(const Invocation& typed) {
  CLI::App app(predict_help, "mercer predict");
  TrainedRequest request;
  std::string out;
  declare_trained(app, request);
  app.add_option("--out", out, "the CSV file to write")->type_name("FILE");
  if (!parse(app, typed.words)) return done;
  if (out.empty()) throw UsageError("--out: got nothing, want a file to write, as in --out predictions.csv");
  check_writable(out);
  const Trained trained = load_trained(request);
  const Tensor logits = logits_of(trained);
  if (!all_finite(logits)) throw UsageError(request.model + ": the model gives values that are not finite");
  write_whole(out, csv_of(logits, trained.problem->prepared, trained.model.class_names));
  fmt::print("{} nodes written to {}\n", grouped(logits.rows()), out);
  return done;
}

}  // namespace mercer::program
