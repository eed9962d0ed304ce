#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "mercer/experiment/compare_plan.hpp"

namespace mercer {

namespace {

/// The contenders that have each value of an option.
using Owners = std::map<std::string, std::set<std::size_t>>;

/// "5 of gcn, 2 of the others": the most frequent value comes last.
std::string in_words(const ComparePlan& plan, const Owners& owners) {
  std::size_t counted = 0;
  auto most = owners.begin();
  for (auto it = owners.begin(); it != owners.end(); ++it) {
    counted += it->second.size();
    if (it->second.size() > most->second.size()) most = it;
  }
  if (counted > plan.contenders.size()) return "as each data set's recipe has it";
  std::string text;
  for (auto it = owners.begin(); it != owners.end(); ++it) {
    if (it == most) continue;
    text += it->first + " of ";
    for (const std::size_t contender : it->second)
      text += plan.contenders[contender].name + ", ";
  }
  return text + most->first + " of the others";
}

bool is_typed(const ComparePlan& plan, const std::string& option) {
  return std::ranges::any_of(plan.contenders,
                             [&](const Contender& contender) { return contender.model.find(option) != nullptr; });
}

/// The options of the model and of the training at a point of the grid.
struct OptionsOfPoint {
  OptionValues model, training;

  explicit OptionsOfPoint(const Settings& settings)
      : model(settings.model.options), training(option_values(without_idle_patience(settings.training))) {}
};

/// The options that the search sets, also by a shorthand such as dropout: those that differ between points of the grid.
std::set<std::string> searched_options(const ComparePlan& plan) {
  std::set<std::string> names;
  const auto add = [&](const OptionValues& a, const OptionValues& b) {
    for (const auto& [name, value] : a)
      if (const auto found = b.find(name); found == b.end() || found->second.text() != value.text()) names.insert(name);
  };
  for (const CompareCell& cell : plan.cells) {
    const OptionsOfPoint first(cell.settings.front());
    for (const Settings& settings : cell.settings) {
      const OptionsOfPoint other(settings);
      add(first.model, other.model), add(other.model, first.model);
      add(first.training, other.training), add(other.training, first.training);
    }
  }
  return names;
}

/// Sorts the options of the cells into those in which all agree and those in which they don't. What is searched is
/// neither; nor are options that some lack, unless a lack is a value, too.
void sort_out(const ComparePlan& plan, const std::vector<OptionValues>& of_cells, const std::set<std::string>& searched,
              const char* lacking, OptionValues& same, std::vector<std::string>& different) {
  std::map<std::string, OptionValue> all;
  for (const OptionValues& options : of_cells)
    all.insert(options.begin(), options.end());
  for (const auto& [name, value] : all) {
    if (searched.contains(name)) continue;
    Owners owners;
    bool all_have = true;
    for (std::size_t c = 0; c < of_cells.size(); ++c) {
      const auto found = of_cells[c].find(name);
      all_have = all_have && found != of_cells[c].end();
      owners[found != of_cells[c].end() ? found->second.text() : lacking].insert(plan.cells[c].contender);
    }
    if (all_have && owners.size() == 1)
      same.emplace(name, value);
    else if ((all_have || *lacking != '\0') && !is_typed(plan, name))
      different.push_back(name + " " + in_words(plan, owners));
  }
}

/// How many times the baseline's parameters a contender has, at most over the data sets.
double size_of(const ComparePlan& plan, std::size_t contender) {
  double most = 0;
  for (const CompareCell& cell : plan.cells)
    if (cell.contender == contender)
      for (const CompareCell& other : plan.cells)
        if (other.data == cell.data && other.contender == plan.baseline && other.parameters > 0)
          most = std::max(most, static_cast<double>(cell.parameters) / static_cast<double>(other.parameters));
  return most;
}

/// 1.96 → "2.0"
std::string with_one_decimal(double x) {
  const std::string tenths = std::to_string(std::lround(10 * x));
  return (tenths.size() > 1 ? tenths.substr(0, tenths.size() - 1) : "0") + "." + tenths.back();
}

/// "parameters, 1.5 times those of gat for gatv2, 2.0 for dot and rbf"; empty where all have about as many.
std::string parameters_in_words(const ComparePlan& plan) {
  constexpr double alike = 0.1;
  std::map<std::string, std::string> names;  // of each ratio
  for (std::size_t c = 0; c < plan.contenders.size(); ++c)
    if (const double size = size_of(plan, c); c != plan.baseline && std::abs(size - 1) > alike) {
      std::string& of = names[with_one_decimal(size)];
      of += (of.empty() ? "" : ", ") + plan.contenders[c].name;
    }
  if (names.empty()) return {};
  std::string text = "parameters, ";
  for (const auto& [size, of] : names)
    text += (text.back() == ' ' ? size + " times those of " + plan.contenders[plan.baseline].name : ", " + size) +
            " for " + of;
  return text;
}

}  // namespace

SharedOptions shared_options(const ComparePlan& plan) {
  SharedOptions shared;
  if (plan.cells.empty()) return shared;
  std::vector<OptionValues> models, trainings;
  OptionValues budget = option_values(plan.budget);
  budget.try_emplace("metric", "");
  for (const CompareCell& cell : plan.cells) {
    OptionsOfPoint first(cell.settings.front());
    models.push_back(std::move(first.model));
    trainings.push_back(std::move(first.training));
    std::erase_if(trainings.back(), [&](const auto& option) { return budget.contains(option.first); });
  }
  const std::set<std::string> searched = searched_options(plan);
  sort_out(plan, models, searched, "", shared.model, shared.different);
  sort_out(plan, trainings, searched, "none", shared.training, shared.different);
  if (std::string sizes = parameters_in_words(plan); !sizes.empty()) shared.different.push_back(std::move(sizes));
  return shared;
}

}  // namespace mercer
