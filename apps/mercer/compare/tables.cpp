#include "compare/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/command_line.hpp"
#include "report/report.hpp"

namespace mercer::program {

namespace {

/// Columns of equal width; the first to the left, the others to the right. Counts letters, not bytes.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  const auto letters = [](const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
  };
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c)
      widths[c] = std::max(widths[c], letters(row[c]));
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string space(widths[c] - letters(row[c]), ' ');
      line += c == 0 ? row[c] + space : "  " + space + row[c];
    }
    text += "  " + line + "\n";
  }
  return text;
}

/// What all models have in common.
std::string stack_text(const ComparePlan& plan) {
  std::vector<std::string> options;
  for (const auto& [name, value] : common_options(plan))
    if (!value.text().empty()) options.push_back(name + " " + value.text());
  if (options.empty()) return "";
  return fmt::format("The stack, the same for every attention{}: {}.",
                     plan.stack.empty() ? "" : " (recipes tuned-MODEL-" + plan.stack + ")", fmt::join(options, ", "));
}

/// "+0.6": a share in percentage points.
std::string points(double share) {
  const std::string digits = fmt::format("{:.1f}", 100 * std::abs(share));
  return digits == "0.0" ? digits : (share < 0 ? "−" : "+") + digits;
}

/// A table of the differences over the data sets; empty for one data set.
std::string text_over_data(const ComparisonRecord& comparison) {
  const ComparePlan& plan = comparison.plan;
  if (plan.data.size() < 2) return "";
  const std::vector<OverData> over = comparison.over_data();
  std::vector<std::vector<std::string>> rows{{"", "− " + plan.contenders[plan.baseline].name}};
  for (std::size_t c = 0; c < over.size(); ++c)
    rows.push_back({plan.contenders[c].name, over_data_text(over[c])});
  return fmt::format("over the {} data sets\n{}\n", plan.data.size(), aligned(rows));
}

/// Has every model the same score in every seed?
bool are_alike(const ComparisonRecord& comparison, std::size_t d) {
  const std::vector<double> first = comparison.at(d, 0).test();
  const std::size_t contenders = comparison.plan.contenders.size();
  if (contenders < 2 || first.empty()) return false;
  for (std::size_t c = 1; c < contenders; ++c)
    if (comparison.at(d, c).test() != first) return false;  // nor is a lost run like any other
  return true;
}

/// A line on the data whose features lack scaling; empty without any.
std::string scaling_text(const ComparePlan& plan) {
  std::vector<std::string> names;
  for (const DataFacts& data : plan.data)
    if (data.lacks_scaling) names.push_back(data.name);
  if (names.empty()) return "";
  return fmt::format("try --standardise-features first: the scales of the features of {} are far apart or large\n\n",
                     fmt::join(names, ", "));
}

std::string text_table(const ComparisonRecord& comparison, std::size_t d) {
  const ComparePlan& plan = comparison.plan;
  std::vector<std::vector<std::string>> rows{{"", std::string("test ") + name_of(plan.metric[d], metric_choices),
                                              "− " + plan.contenders[plan.baseline].name, "parameters", "epoch",
                                              "memory", "ECE", "chosen"}};
  for (std::size_t c = 0; c < plan.contenders.size(); ++c) {
    const CellResult& cell = comparison.at(d, c);
    rows.push_back({plan.contenders[c].name, score_text(comparison, d, c), difference_text(comparison, d, c),
                    grouped(plan.cells[comparison.cell(d, c)].parameters), measured(cell.epoch_ms(), 2, "ms"),
                    measured(cell.peak_rss_mb(), 0, "MB"), measured(spread(cell.calibration_errors()).mean, 3),
                    point_text(plan.points[cell.chosen])});
  }
  const std::string alike = alike_text(comparison, d);
  return fmt::format("{} ({})\n{}{}\n", plan.data[d].name, plan.data[d].split, aligned(rows),
                     alike.empty() ? alike : alike + "\n");
}

}  // namespace

std::string alike_text(const ComparisonRecord& comparison, std::size_t data) {
  if (!are_alike(comparison, data)) return "";
  const std::string& name = comparison.plan.data[data].name;
  return fmt::format("all models score alike on {}: it can't tell them apart", name);
}

std::string measured(double value, int digits, const std::string& unit) {
  if (!std::isfinite(value)) return "–";
  return fmt::format("{:.{}f}{}{}", value, digits, unit.empty() ? "" : " ", unit);
}

std::string score_text(const ComparisonRecord& comparison, std::size_t data, std::size_t contender) {
  const CellResult& cell = comparison.at(data, contender);
  const std::vector<double> values = cell.test();
  std::string text = percent(spread(values), values.size());
  if (cell.diverged() + cell.failed() == 0) return text;
  return text + fmt::format(" ({} of {})", estimate(values).count, values.size());
}

std::string difference_text(const ComparisonRecord& comparison, std::size_t data, std::size_t contender) {
  const Estimate e = comparison.against_baseline(data, contender);
  if (contender == comparison.plan.baseline || e.count == 0) return "–";
  if (e.count < 2) return points(e.mean);
  return fmt::format("{} ({} … {})", points(e.mean), points(e.low), points(e.high));
}

std::string over_data_text(const OverData& over) {
  if (std::isnan(over.probability)) return "–";
  return fmt::format("{}, p {:.2g}", points(over.difference.mean), over.probability);
}

std::string over_data_method(const ComparisonRecord& comparison) {
  const ComparePlan& plan = comparison.plan;
  if (plan.data.size() < 2) return "";
  std::size_t tests = 0, pairs = plan.data.size();
  for (const OverData& over : comparison.over_data()) {
    if (std::isnan(over.probability)) continue;
    ++tests;
    pairs = std::min(pairs, over.difference.count);
  }
  if (tests == 0) return "";
  std::string text = fmt::format(
      "Over data sets: the mean difference to {} in percentage points; p is the exact signed-rank test of the pairs of "
      "mean scores, one for each set where both have one, on both sides, adjusted for {} {} by Holm.",
      plan.contenders[plan.baseline].name, tests, tests == 1 ? "comparison" : "comparisons");
  const double least = std::min(1.0, static_cast<double>(tests) * std::exp2(1 - static_cast<double>(pairs)));
  if (least > 0.05)
    text += fmt::format(" So few data sets can show no difference at the level 0.05: the least p is {:.2g}.", least);
  return text;
}

std::string train_command(const ComparePlan& plan, const CompareCell& cell, std::size_t point) {
  const Settings& s = cell.settings.at(point);
  const Contender& contender = plan.contenders.at(cell.contender);
  Words words{"mercer", "train"};
  if (plan.stack.empty())
    words.insert(words.end(), {"--model", s.model.name});
  else
    words.insert(words.end(), {"--recipe", s.recipe});
  words.insert(words.end(), {"--data", s.data.data});
  const auto add = [&words](const OptionValues& values) {
    for (const auto& [name, value] : values)
      if (const bool* truth = std::get_if<bool>(&value.held()))
        words.push_back((*truth ? "--" : "--no-") + name);
      else
        words.insert(words.end(), {"--" + name, value.text()});
  };
  ModelOptions options = contender.model;
  for (const OptionText& option : plan.points.at(point))
    set_option(options, option);
  add(options.options);
  add(option_values(without_idle_patience(s.training)));
  DataChoice data = plan.data_choice;
  data.split = s.data.split;
  data.split_random = s.data.split_random;
  add(option_values(data));
  words.insert(words.end(), {"--seed", std::to_string(plan.seed), "--seeds", std::to_string(plan.seeds)});
  return shell_line(words);
}

std::vector<std::string> protocol_text(const ComparisonRecord& comparison) {
  const ComparePlan& plan = comparison.plan;
  const TrainingChoice& t = plan.budget;
  std::vector<std::string> text;
  if (const std::string stack = stack_text(plan); !stack.empty()) text.push_back(stack);
  const std::string length =
      *t.stopping == StopRule::fixed_epochs
          ? fmt::format("{} epochs", grouped(*t.epochs))
          : fmt::format("at most {} epochs, stopped by the rule \"{}\" after {} epochs without progress",
                        grouped(*t.epochs), name_of(*t.stopping, stop_rule_choices), *t.patience);
  text.push_back(
      fmt::format("Every training: {}, {}; {}, "
                  "each with its own first values, dropout and, of data with several splits, its own split.",
                  name_of(*t.optimizer, optimizer_choices), length, seeds_in_words(plan.seed, plan.seeds)));
  if (plan.points.size() < 2) {
    text.push_back("No settings were searched: " + point_text(plan.points.front()) + ".");
  } else {
    text.push_back(
        fmt::format("For each attention and data set, {0} settings were tried with {1} each; the one with the highest "
                    "mean score of the validation {2} was taken, and only with it were the test {2} scored.",
                    plan.points.size(), plan.search_seeds == 1 ? "1 seed" : fmt::format("{} seeds", plan.search_seeds),
                    plan.data.front().examples));
  }
  text.push_back(fmt::format(
      "± is the standard deviation over the seeds; a difference to {} is taken seed by seed, with the 95 % "
      "t-interval of its mean, each for itself. Epochs were timed on one thread, {}.",
      plan.contenders[plan.baseline].name,
      comparison.jobs == 1 ? "one training at a time" : fmt::format("{} trainings side by side", comparison.jobs)));
  if (plan.seeds == 2 && plan.contenders.size() > 1) text.emplace_back("Two seeds: intervals are wide; 10 are usual.");
  if (std::string method = over_data_method(comparison); !method.empty()) text.push_back(std::move(method));
  return text;
}

std::string results_text(const ComparisonRecord& comparison) {
  std::string text = scaling_text(comparison.plan);
  for (std::size_t d = 0; d < comparison.plan.data.size(); ++d)
    text += text_table(comparison, d);
  text += text_over_data(comparison);
  for (const std::string& sentence : protocol_text(comparison))
    text += sentence + "\n";
  for (std::size_t c = 0; c < comparison.results.size(); ++c)
    if (const Index guarded = comparison.results[c].guarded(); guarded > 0)
      text += fmt::format("{}: {} row sums were too near 0 and guarded.\n",
                          comparison.plan.in_words(comparison.plan.cells[c]), grouped(guarded));
  if (!comparison.lost.empty())
    text += fmt::format("{} runs diverged or failed; they are not in the means.\n", comparison.lost.size());
  const std::string out = comparison.plan.out.string();
  return text + fmt::format("written to {} (report.html, results.csv, results.json)\nagain       {}\n", out,
                            comparison.command);
}

}  // namespace mercer::program
