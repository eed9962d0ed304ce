#include "report/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mercer/base/printable.hpp"
#include "report/page.hpp"
#include "report/svg.hpp"

namespace mercer::program {

namespace {

constexpr const char* blue = "#2468b2";
constexpr const char* orange = "#d9741a";
constexpr Index largest_heat_map = 24;  // classes; for more, the report lists the most frequent mistakes

std::string cards(const RunRecord& run) {
  const std::size_t n = run.results.size();
  const bool other = !is_by_accuracy(run);
  std::string html = "<div class=\"cards\">\n";
  if (run.data.task == LabelKind::classes) {
    if (other) {
      html +=
          card(score_text(run.metric, spread(of_each(run, &SeedResult::test_metric)), n), "test " + run.metric, true);
      html += card(score_text(run.metric, spread(of_each(run, &SeedResult::validation_metric)), n),
                   "validation " + run.metric);
    }
    html += card(percent(spread(of_each(run, &SeedResult::test_accuracy)), n), "test accuracy", !other);
    html += card(percent(spread(of_each(run, &SeedResult::validation_accuracy)), n), "validation accuracy");
  } else {
    for (const std::string& name : score_names(run))
      html += card(score_text(name, spread(score_of_each(run, name)), n), "test " + name, name == run.metric);
    html += card(score_text(run.metric, spread(of_each(run, &SeedResult::validation_metric)), n),
                 "validation " + run.metric);
  }
  html += card(fmt::format("{:.2f} ms", median(epoch_times(run))), "an epoch, median");
  html += card(grouped(run.parameters), "parameters") + "</div>\n";
  for (const std::string& note : run.notes)
    html += "<p class=\"note\">" + escaped(note) + "</p>\n";
  return html;
}

/// A field of the epochs as one curve for each seed, all in one colour; the best epoch is marked.
void add_curves(Chart& chart, const RunRecord& run, const std::string& name, const char* colour,
                double EpochRow::*field, bool mark) {
  for (const SeedResult& result : run.results) {
    Curve curve{.name = &result == run.results.data() ? name : "",
                .colour = colour,
                .points = {},
                .thin = run.results.size() > 1,
                .marks = {}};
    for (const EpochRow& epoch : result.history) {
      curve.points.push_back({static_cast<double>(epoch.epoch), epoch.*field});
      if (mark && epoch.epoch == result.best_epoch)
        curve.marks.push_back({curve.points.back(), fmt::format("kept: epoch {}", epoch.epoch)});
    }
    chart.curves.push_back(std::move(curve));
  }
}

std::string curves(const RunRecord& run) {
  Chart loss{.title = "Loss", .x_label = "epoch", .percent = false, .curves = {}};
  add_curves(loss, run, "training", blue, &EpochRow::train_loss, false);
  add_curves(loss, run, "validation", orange, &EpochRow::validation_loss, true);
  const std::string metric = run.metric == "accuracy" ? "accuracy" : run.metric;
  Chart share{
      .title = "Validation " + metric, .x_label = "epoch", .percent = run.data.task != LabelKind::real, .curves = {}};
  add_curves(share, run, "validation " + metric, orange, &EpochRow::validation_metric, true);
  return section("Learning",
                 "<div class=\"pair\">\n" + svg_chart(loss) + svg_chart(share) +
                     "</div>\n<p class=\"note\">Training loss is measured with dropout, validation without. "
                     "A dot marks the epoch whose parameters were kept; rare values far above the others are drawn at "
                     "the upper edge.</p>\n");
}

/// A row for each seed, and their mean: of the accuracy also on the training nodes; the split where it differs.
std::string seeds_table(const RunRecord& run) {
  if (run.results.size() < 2) return "";
  const bool by_accuracy = is_by_accuracy(run);
  const bool has_splits = splits_differ(run);
  const std::string metric = by_accuracy ? "accuracy" : run.metric;
  std::vector<double SeedResult::*> fields{&SeedResult::test_metric, &SeedResult::validation_metric};
  if (by_accuracy) fields = {&SeedResult::test_accuracy, &SeedResult::validation_accuracy, &SeedResult::train_accuracy};
  std::string html = fmt::format(
      "<div class=\"scroll\"><table class=\"wide\"><tr><th>seed</th><th>test</th><th>validation</th>{}"
      "<th>kept epoch</th><th>epochs</th>{}</tr>\n",
      by_accuracy ? "<th>training</th>" : "", has_splits ? "<th>split</th>" : "");
  for (const SeedResult& r : run.results) {
    html += fmt::format("<tr><td>{}</td>", r.seed);
    for (double SeedResult::*field : fields)
      html += fmt::format("<td>{}</td>", score_text(metric, r.*field));
    html += fmt::format("<td>{}</td><td>{}</td>", r.best_epoch, r.epochs);
    html += (has_splits ? fmt::format("<td>{}</td>", r.split) : "") + "</tr>\n";
  }
  html += "<tr><td>mean</td>";
  for (double SeedResult::*field : fields) {
    const std::string mean = score_text(metric, spread(of_each(run, field)), run.results.size());
    html += field == fields.front() ? "<td><b>" + mean + "</b></td>" : "<td>" + mean + "</td>";
  }
  html += std::string("<td></td><td></td>") + (has_splits ? "<td></td>" : "") + "</tr>\n";
  return section("Seeds", html + "</table></div>\n<p class=\"note\">" + (by_accuracy ? "Accuracy" : metric) +
                              "; mean ± sample standard deviation over the seeds.</p>\n");
}

std::string class_name(const RunRecord& run, Index c) { return run.data.class_names.at(static_cast<std::size_t>(c)); }

std::string classes_table(const RunRecord& run, const std::vector<ClassScore>& scores) {
  std::string html = "<div class=\"scroll\"><table class=\"wide\"><tr><th>class</th><th>" + run.data.examples +
                     "</th><th>recall</th><th>precision</th><th>F1</th></tr>\n";
  for (Index c = 0; c < run.data.classes; ++c) {
    const ClassScore& score = scores[static_cast<std::size_t>(c)];
    html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        escaped(class_name(run, c)), grouped(score.nodes / static_cast<Index>(run.results.size())),
                        percent(score.recall), percent(score.precision), percent(score.f1));
  }
  return html + "</table></div>\n";
}

std::string heat_map(const RunRecord& run, const std::vector<Index>& confusion, const std::vector<ClassScore>& scores) {
  std::string html = "<div class=\"scroll\"><table class=\"heat\"><tr><th>true ↓</th>";
  for (Index c = 0; c < run.data.classes; ++c)
    html += fmt::format("<th title=\"{}\">{}</th>", escaped(class_name(run, c)),
                        escaped(shortened(class_name(run, c), 12)));
  html += "</tr>\n";
  for (Index truly = 0; truly < run.data.classes; ++truly) {
    html += fmt::format("<tr><th>{}</th>", escaped(class_name(run, truly)));
    const Index nodes = scores[static_cast<std::size_t>(truly)].nodes;
    for (Index called = 0; called < run.data.classes; ++called) {
      const Index count = confusion[static_cast<std::size_t>(truly * run.data.classes + called)];
      const double share = nodes == 0 ? 0 : static_cast<double>(count) / static_cast<double>(nodes);
      html += fmt::format(
          "<td style=\"background:rgba(36,104,178,{:.3f});color:{}\" title=\"{} called {}: {}\">{:.0f}</td>",
          0.05 + 0.95 * share, share > 0.5 ? "#fff" : "var(--ink)", escaped(class_name(run, truly)),
          escaped(class_name(run, called)), count, 100 * share);
    }
    html += "</tr>\n";
  }
  return html +
         "</table></div>\n<p class=\"note\">Percent of the true class (row), by the class it was called "
         "(column).</p>\n";
}

std::string frequent_mistakes(const RunRecord& run, const std::vector<Index>& confusion) {
  struct Mistake {
    Index truly, called, count;
  };
  std::vector<Mistake> mistakes;
  for (Index t = 0; t < run.data.classes; ++t)
    for (Index c = 0; c < run.data.classes; ++c) {
      const Index count = confusion[static_cast<std::size_t>(t * run.data.classes + c)];
      if (t != c && count > 0) mistakes.push_back({t, c, count});
    }
  std::ranges::stable_sort(mistakes, [](const Mistake& a, const Mistake& b) { return a.count > b.count; });
  mistakes.resize(std::min<std::size_t>(mistakes.size(), 15));
  std::string html = "<div class=\"scroll\"><table class=\"wide\"><tr><th>true</th><th>called</th><th>" +
                     run.data.examples + "</th></tr>\n";
  for (const Mistake& m : mistakes)
    html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", escaped(class_name(run, m.truly)),
                        escaped(class_name(run, m.called)), grouped(m.count));
  return html + "</table></div>\n<p class=\"note\">The most frequent mistakes.</p>\n";
}

std::string classes(const RunRecord& run) {
  if (run.data.test == 0 || run.data.classes == 0 || run.results.empty()) return "";
  if (run.data.task != LabelKind::classes) return "";
  const std::vector<Index> confusion = confusion_of_all(run);
  const std::vector<ClassScore> scores = class_scores(confusion, run.data.classes);
  const std::string right =
      run.data.classes <= largest_heat_map ? heat_map(run, confusion, scores) : frequent_mistakes(run, confusion);
  const std::string pooled = run.results.size() > 1 ? fmt::format(" of all {} seeds together", run.results.size()) : "";
  return section(
      "Classes, on the test " + run.data.examples + pooled,
      "<div class=\"pair\">\n<div>" + classes_table(run, scores) + "</div>\n<div>" + right + "</div>\n</div>\n");
}

std::string data(const RunRecord& run) {
  const DataFacts& d = run.data;
  std::string html = "<table class=\"facts\">\n";
  html += row("Name", d.name + " (" + d.format + ")");
  if (d.sequences > 0) {
    html += row("Sequences", grouped(d.sequences) + " of " + grouped(d.nodes) + " positions in all");
  } else {
    html += row("Nodes", grouped(d.nodes) + (d.isolated > 0 ? ", of which isolated: " + grouped(d.isolated) : ""));
    html += row("Edge slots", grouped(d.edges));
    if (d.task == LabelKind::classes)
      html += row("Homophily", fmt::format("{:.3f} of the edges join one class", d.homophily));
  }
  html += row("Features", grouped(d.features));
  html += row(d.task == LabelKind::classes   ? "Classes"
              : d.task == LabelKind::several ? "Labels"
                                             : "Targets",
              grouped(d.classes));
  html += row("Split", fmt::format("{}: {} training, {} validation, {} test", d.split, grouped(d.train),
                                   grouped(d.validation), grouped(d.test)));
  for (const std::string& note : d.notes)
    html += row("Note", note);
  return section("Data", html + "</table>\n");
}

std::string settings(const RunRecord& run) {
  std::string html = "<table class=\"facts\">\n" + row("Recipe", run.recipe);
  for (const auto& [name, value] : run.settings)
    html += row(name, value);
  return section("Settings", html + "</table>\n");
}

}  // namespace

std::string percent(double share) { return std::isfinite(share) ? fmt::format("{:.1f} %", 100 * share) : "–"; }

std::string percent(const Spread& shares, std::size_t count) {
  if (count < 2 || !std::isfinite(shares.mean)) return percent(shares.mean);
  return fmt::format("{:.1f} ± {:.1f} %", 100 * shares.mean, 100 * shares.deviation);
}

bool is_share(const std::string& name) { return name != "r2" && name != "mae" && name != "rmse" && name != "loss"; }

std::string score_text(const std::string& name, double value) {
  if (is_share(name)) return percent(value);
  return std::isfinite(value) ? fmt::format("{:.5g}", value) : "–";
}

std::string score_text(const std::string& name, const Spread& values, std::size_t count) {
  if (is_share(name)) return percent(values, count);
  if (count < 2 || !std::isfinite(values.mean)) return score_text(name, values.mean);
  return fmt::format("{:.5g} ± {:.2g}", values.mean, values.deviation);
}

std::string seeds_in_words(std::uint64_t first, int count) {
  if (count == 1) return fmt::format("seed {}", first);
  return fmt::format("seeds {} to {}", first, first + static_cast<std::uint64_t>(count) - 1);
}

std::string html_report(const RunRecord& run) {
  const std::string seeds = run.results.size() == 1
                                ? fmt::format("Seed {}", run.first_seed)
                                : fmt::format("{} seeds from {}", run.results.size(), run.first_seed);
  return page(run.model + " on " + run.data.name, seeds,
              cards(run) + curves(run) + seeds_table(run) + classes(run) + "<div class=\"pair apart\">\n" + data(run) +
                  settings(run) + "</div>\n" + section("Run it again", "<pre>" + escaped(run.command) + "</pre>\n"));
}

}  // namespace mercer::program
