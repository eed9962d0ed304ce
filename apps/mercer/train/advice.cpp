#include "train/advice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/command_line.hpp"
#include "mercer/training/trainer.hpp"
#include "report/report.hpp"

namespace mercer::program {

namespace {

constexpr int least_epochs = 20;  // fewer are a trial, whose last epoch is most often the best

/// Was a rule choosing to the last epoch, with something left to reach?
bool ended_at_its_best(const SeedResult& result, const RunRecord& run) {
  const bool is_perfect = is_share(run.metric) && result.validation_metric >= 1;
  return result.ended == name_of(Ending::all_epochs) && result.epochs >= least_epochs &&
         result.best_epoch == result.epochs && !std::isnan(result.validation_metric) && !is_perfect;
}

/// " in 2 of 3 seeds"; nothing for a single one.
std::string in_seeds(std::ptrdiff_t count, const RunRecord& run) {
  return run.results.size() == 1 ? "" : fmt::format(" in {} of {} seeds", count, run.results.size());
}

/// Was a rule choosing until the epochs were over that a general recipe is cut to?
bool ended_at_the_cut(const SeedResult& result, const Settings& settings) {
  return has_general_recipe(settings) && result.ended == name_of(Ending::all_epochs) &&
         result.epochs == most_epochs_of_general_recipe && !std::isnan(result.validation_metric);
}

std::string on_epochs(const RunRecord& run, const Settings& settings, bool goes_on) {
  const TrainingChoice& training = settings.training;
  const auto count =
      std::ranges::count_if(run.results, [&](const SeedResult& result) { return ended_at_its_best(result, run); });
  const auto cut =
      std::ranges::count_if(run.results, [&](const SeedResult& result) { return ended_at_the_cut(result, settings); });
  if (count + cut == 0 || training.stopping == StopRule::fixed_epochs) return "";
  const Index more = 2 * *training.epochs;
  const std::string folder = shell_line({run.out});
  std::string way = fmt::format("--epochs {}", more);
  if (goes_on)
    way = fmt::format("mercer train --resume {} --epochs {}", folder, more);
  else if (!run.out.empty())
    way += fmt::format(", or from this model mercer train --init {} --out OTHER", folder);
  if (count == 0)
    return fmt::format("the stop rule was not yet met after {}{}: {}", grouped(*training.epochs, "epoch"),
                       in_seeds(cut, run), way);
  return fmt::format("the last epoch was the best{}: more may help: {}", in_seeds(count, run), way);
}

/// The class that all test nodes of several classes were taken for; -1 for none.
Index only_class(const SeedResult& result, Index classes) {
  Index called = 0, only = -1, there = 0;
  const auto at = [&](Index row, Index column) {
    return result.confusion[static_cast<std::size_t>(row * classes + column)];
  };
  for (Index c = 0; c < classes && std::ssize(result.confusion) == classes * classes; ++c) {
    Index as = 0, of = 0;
    for (Index other = 0; other < classes; ++other) {
      as += at(other, c);
      of += at(c, other);
    }
    if (as > 0) ++called, only = c;
    if (of > 0) ++there;
  }
  return called == 1 && there > 1 ? only : -1;
}

std::string on_classes(const RunRecord& run) {
  std::ptrdiff_t count = 0;
  std::string names;
  for (const SeedResult& result : run.results) {
    const Index only = only_class(result, run.data.classes);
    if (only < 0) continue;
    ++count;
    const std::string& name = run.data.class_names[static_cast<std::size_t>(only)];
    if (names.empty())
      names = "class " + name;
    else if (names != "class " + name)
      names = "one class";
  }
  if (count == 0) return "";
  return fmt::format("all {} test {} are taken for {}{}", grouped(run.data.test), run.data.examples, names,
                     in_seeds(count, run));
}

std::string on_refit(const RunRecord& run) {
  if (run.results.empty() || run.results.front().refit_epochs == 0) return "";
  const std::string epochs = run.results.size() == 1 ? fmt::format("{} epochs", run.results.front().refit_epochs)
                                                     : std::string("as many epochs as were chosen");
  return fmt::format(
      "refit: the model, scored on the test, trained anew for {} on the {} training and {} validation {} together; the "
      "validation score and the kept epoch are of the training before",
      epochs, grouped(run.data.train), grouped(run.data.validation), run.data.examples);
}

}  // namespace

std::vector<std::string> advice_on(const RunRecord& run, const Settings& settings, bool goes_on) {
  std::vector<std::string> advice;
  for (std::string line : {on_refit(run), on_epochs(run, settings, goes_on), on_classes(run)})
    if (!line.empty()) advice.push_back(std::move(line));
  return advice;
}

}  // namespace mercer::program
