#include "predict/predictions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "cli/output.hpp"
#include "mercer/data/write_npz.hpp"
#include "mercer/training/metric.hpp"
#include "predict/node_values.hpp"

namespace mercer::program {

namespace {

/// "train", "val", "test" or "none" of each node: of the model's split, or of that of other data.
std::vector<const char*> parts_of(const Trained& trained) {
  const Prepared& prepared = trained.problem->prepared;
  std::vector<const char*> parts(static_cast<std::size_t>(prepared.data.examples()), "none");
  if (trained.other_graph && prepared.data.splits.empty()) return parts;
  const Split split = split_of(prepared, trained.model.seed, 0).split;
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
  std::string csv = data.example_in_words();
  csv += named ? ",name,part" : ",part";
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
  std::string csv = data.example_in_words();
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

/// Rows in the source's order.
Tensor ordered(const Tensor& values, const std::vector<Index>& rows) {
  Tensor by_source = Tensor::uninitialized(values.rows(), values.columns());
  for (std::size_t r = 0; r < rows.size(); ++r)
    std::copy_n(values.row(rows[r]), values.columns(), by_source.row(static_cast<Index>(r)));
  return by_source;
}

NpzMember matrix(const char* name, const Tensor& x) {
  return npz_member(name, std::span<const Real>(x.values()), {x.rows(), x.columns()});
}

void add_targets(std::vector<NpzMember>& members, const Tensor& logits, const Trained& trained,
                 const std::vector<Index>& rows) {
  const Dataset& data = trained.problem->prepared.data;
  const bool real = data.label_kind == LabelKind::real;
  Tensor outputs = in_units(logits, trained.model.targets), known = data.targets;
  for (Real& x : outputs.values())
    if (!real) x = static_cast<Real>(1 / (1 + std::exp(-static_cast<double>(x))));
  for (Index i = 0; i < known.rows(); ++i)
    if (data.labels[static_cast<std::size_t>(i)] < 0)
      std::fill_n(known.row(i), known.columns(), std::numeric_limits<Real>::quiet_NaN());
  members.push_back(matrix(real ? "predicted" : "probabilities", ordered(outputs, rows)));
  members.push_back(matrix("true", ordered(known, rows)));
  members.push_back(npz_texts("target_names", trained.model.class_names));
}

void add_classes(std::vector<NpzMember>& members, const Tensor& logits, const Trained& trained,
                 const std::vector<Index>& rows) {
  const Dataset& data = trained.problem->prepared.data;
  const std::vector<std::string>& classes = trained.model.class_names;
  Tensor shares = Tensor::uninitialized(logits.rows(), logits.columns());
  std::vector<std::string> called, known;
  std::vector<Real> probability;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const std::vector<double> p = probabilities(logits, rows[r]);
    const auto c = static_cast<std::size_t>(predicted_class(logits, rows[r]));
    const std::int32_t label = data.labels[static_cast<std::size_t>(rows[r])];
    called.push_back(classes.at(c));
    known.push_back(label < 0 ? "" : classes.at(static_cast<std::size_t>(label)));
    probability.push_back(static_cast<Real>(p[c]));
    std::ranges::transform(p, shares.row(static_cast<Index>(r)), [](double share) { return static_cast<Real>(share); });
  }
  members.push_back(npz_texts("class", called));
  members.push_back(npz_member("probability", std::span<const Real>(probability), {std::ssize(probability)}));
  members.push_back(npz_texts("true_class", known));
  members.push_back(matrix("probabilities", shares));
  members.push_back(npz_texts("class_names", classes));
}

}  // namespace

void write_predictions(const std::filesystem::path& file, const Tensor& logits, const Trained& trained) {
  if (values_form("--out", file) == ".csv") return write_whole(file, csv_of(logits, trained));
  const Prepared& prepared = trained.problem->prepared;
  const std::vector<Index> rows = rows_by_source(prepared);
  const std::vector<const char*> part_of_row = parts_of(trained);
  std::vector<std::string> parts;
  for (const Index i : rows)
    parts.emplace_back(part_of_row[static_cast<std::size_t>(i)]);
  std::vector<NpzMember> members = node_members(prepared);
  members.push_back(npz_texts("part", parts));
  const bool classes = prepared.data.label_kind == LabelKind::classes;
  (classes ? add_classes : add_targets)(members, logits, trained, rows);
  write_npz(file, members);
}

}  // namespace mercer::program
