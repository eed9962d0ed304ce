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

/// "heads 1, layers 2"
std::string listed(const OptionValues& options) {
  std::vector<std::string> texts;
  for (const auto& [name, value] : options)
    if (!value.text().empty()) texts.push_back(name + " " + value.text());
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// What all models have in common, and what not.
std::string stack_text(const ComparePlan& plan, const SharedOptions& shared) {
  std::string text;
  if (const std::string options = listed(shared.model); !options.empty())
    text = fmt::format("The stack, the same for every attention{}: {}.",
                       plan.stack.empty() ? "" : " (recipes " + stack_recipe_name(plan.stack, "MODEL") + ")", options);
  if (!shared.different.empty())
    text += fmt::format("{}Not the same: {}.", text.empty() ? "" : " ", fmt::join(shared.different, "; "));
  return text;
}

/// How the features of the data sets were prepared.
std::string features_text(const ComparePlan& plan) {
  std::map<std::string, std::vector<std::string>> sets;
  for (const CompareCell& cell : plan.cells) {
    if (cell.contender > 0) continue;
    const DataChoice& data = cell.settings.front().data;
    sets[data.normalise_features.value_or(false)     ? "divided by the sum of each node's sizes"
         : data.standardise_features.value_or(false) ? "of mean 0 and deviation 1"
                                                     : "as they are"]
        .push_back(plan.data[cell.data].name);
  }
  std::vector<std::string> texts;
  for (const auto& [how, names] : sets)
    texts.push_back(how + (sets.size() > 1 ? fmt::format(" in {}", fmt::join(names, ", ")) : ""));
  return fmt::format("features {}", fmt::join(texts, ", "));
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

/// "gat on karate: 3 of 10": the cells of which `count` says more than 0.
template <class Count>
std::string cells_with(const ComparisonRecord& comparison, Count&& count) {
  std::vector<std::string> texts;
  for (std::size_t c = 0; c < comparison.results.size(); ++c) {
    const auto [some, of_all] = count(comparison.results[c]);
    if (some > 0)
      texts.push_back(fmt::format("{}: {} of {}", comparison.plan.in_words(comparison.plan.cells[c]), some, of_all));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// The trainings that the budget ended while they were still learning; empty without any.
std::string unfinished_text(const ComparisonRecord& comparison) {
  const TrainingChoice& budget = comparison.plan.budget;
  if (*budget.stopping == StopRule::fixed_epochs) return "";
  const std::string cells = cells_with(comparison, [&](const CellResult& cell) {
    const auto at_the_end = [&](const std::optional<JobResult>& run) {
      return run && run->result.best_epoch >= *budget.epochs;
    };
    return std::pair(std::ranges::count_if(cell.runs, at_the_end), cell.runs.size());
  });
  if (cells.empty()) return "";
  return "Trainings of which the last epoch was the best, so that more --epochs may change the order: " + cells + ".";
}

/// The trainings of the search that diverged or failed; empty without any.
std::string lost_in_search_text(const ComparisonRecord& comparison) {
  const ComparePlan& plan = comparison.plan;
  const std::string cells = cells_with(comparison, [&](const CellResult& cell) {
    int lost = 0;
    for (const SearchResult& point : cell.searched)
      lost += point.lost;
    return std::pair(lost, cell.searched.size() * static_cast<std::size_t>(plan.search_seeds));
  });
  if (cells.empty()) return "";
  return "Trainings of the search that diverged or failed (a setting with fewer of them goes first): " + cells + ".";
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
  const bool one_metric =
      std::ranges::all_of(plan.metric, [&](const Metric& each) { return each == plan.metric.front(); });
  std::string text = fmt::format(
      "Over data sets: the mean difference to {} in percentage points{}; p is the exact signed-rank test of the pairs "
      "of "
      "mean scores, one for each set where both have one, on both sides, adjusted for {} {} by Holm.",
      plan.contenders[plan.baseline].name, one_metric ? "" : ", of metrics that are not the same", tests,
      tests == 1 ? "comparison" : "comparisons");
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
  if (!plan.stack.empty())
    for (const auto& [name, value] : recipe(s.recipe).model.options)
      if (s.model.options.at(name).text() != value.text()) options.options.try_emplace(name, s.model.options.at(name));
  add(options.options);
  add(option_values(without_idle_patience(s.training)));
  DataChoice data = plan.data_choice;
  data.split = s.data.split;
  data.split_random = s.data.split_random;
  add(option_values(data));
  words.insert(words.end(), {"--seed", std::to_string(plan.seed), "--seeds", std::to_string(plan.seeds)});
  return shell_line(words);
}

std::vector<std::string> budget_text(const ComparisonRecord& comparison) {
  const ComparePlan& plan = comparison.plan;
  const TrainingChoice& t = plan.budget;
  const SharedOptions shared = shared_options(plan);
  std::vector<std::string> text;
  if (const std::string stack = stack_text(plan, shared); !stack.empty()) text.push_back(stack);
  const std::string length =
      *t.stopping == StopRule::fixed_epochs
          ? grouped(*t.epochs, "epoch")
          : fmt::format("at most {}, stopped by the rule \"{}\" after {} without progress", grouped(*t.epochs, "epoch"),
                        name_of(*t.stopping, stop_rule_choices), counted(*t.patience, "epoch"));
  const std::string training = listed(shared.training);
  text.push_back(
      fmt::format("Every training: {}{}, {}, {}; {}, "
                  "each with its own first values, dropout and, of data with several splits, its own split.",
                  name_of(*t.optimizer, optimizer_choices), training.empty() ? "" : ", " + training,
                  features_text(plan), length, seeds_in_words(plan.seed, plan.seeds)));
  if (plan.points.size() < 2) {
    text.push_back("No settings were searched: " + point_text(plan.points.front()) + ".");
  } else {
    text.push_back(
        fmt::format("For each attention and data set, {0} settings were tried with {1} each; the one with the highest "
                    "mean score of the validation {2} was taken, and only with it were the test {2} scored.",
                    plan.points.size(), counted(plan.search_seeds, "seed"), plan.data.front().examples));
  }
  if (t.refit.value_or(false))
    text.emplace_back(
        "Refit: when the epoch is chosen, each model trains anew for as many epochs on the training and validation "
        "part "
        "together, and the test is scored by that model.");
  return text;
}

std::vector<std::string> method_text(const ComparisonRecord& comparison) {
  const ComparePlan& plan = comparison.plan;
  std::vector<std::string> text;
  text.push_back(fmt::format(
      "± is the standard deviation over the seeds; a difference to {} is taken seed by seed, with the 95 % "
      "t-interval of its mean, each for itself. Epochs were timed on one thread, {}.",
      plan.contenders[plan.baseline].name,
      comparison.jobs == 1 ? "one training at a time" : fmt::format("{} trainings side by side", comparison.jobs)));
  if (plan.seeds == 2 && plan.contenders.size() > 1) text.emplace_back("Two seeds: intervals are wide; 10 are usual.");
  if (std::string unfinished = unfinished_text(comparison); !unfinished.empty()) text.push_back(std::move(unfinished));
  if (std::string lost = lost_in_search_text(comparison); !lost.empty()) text.push_back(std::move(lost));
  if (std::string method = over_data_method(comparison); !method.empty()) text.push_back(std::move(method));
  return text;
}

std::string results_text(const ComparisonRecord& comparison) {
  std::string text = scaling_text(comparison.plan);
  for (const std::string& sentence : budget_text(comparison))
    text += sentence + "\n";
  text += "\n";
  for (std::size_t d = 0; d < comparison.plan.data.size(); ++d)
    text += text_table(comparison, d);
  text += text_over_data(comparison);
  for (const std::string& sentence : method_text(comparison))
    text += sentence + "\n";
  for (std::size_t c = 0; c < comparison.results.size(); ++c)
    if (const Index guarded = comparison.results[c].guarded(); guarded > 0)
      text += fmt::format("{}: {} {} too near 0 and guarded.\n", comparison.plan.in_words(comparison.plan.cells[c]),
                          grouped(guarded, "row sum"), guarded == 1 ? "was" : "were");
  if (!comparison.lost.empty())
    text += fmt::format("{} diverged or failed; {} not in the means.\n", counted(std::ssize(comparison.lost), "run"),
                        comparison.lost.size() == 1 ? "it is" : "they are");
  const std::string out = comparison.plan.out.string();
  return text + fmt::format("written to {} (report.html, results.csv, results.json)\nagain       {}\n", out,
                            comparison.command);
}

}  // namespace mercer::program
