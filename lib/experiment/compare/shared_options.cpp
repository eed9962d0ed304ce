#include <algorithm>
#include <map>
#include <set>

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

/// Sorts the options of the cells into those in which all agree and those in which they don't. Options of the grid are
/// neither; nor are those that some lack, unless a lack is a value, too.
void sort_out(const ComparePlan& plan, const std::vector<OptionValues>& of_cells, const char* lacking,
              OptionValues& same, std::vector<std::string>& different) {
  std::map<std::string, OptionValue> all;
  for (const OptionValues& options : of_cells)
    all.insert(options.begin(), options.end());
  const auto is_searched = [&](const std::string& name) {
    return std::ranges::any_of(plan.points.front(), [&](const OptionText& set) { return set.first == name; });
  };
  for (const auto& [name, value] : all) {
    if (is_searched(name)) continue;
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

}  // namespace

SharedOptions shared_options(const ComparePlan& plan) {
  SharedOptions shared;
  if (plan.cells.empty()) return shared;
  std::vector<OptionValues> models, trainings;
  OptionValues budget = option_values(plan.budget);
  budget.try_emplace("metric", "");
  for (const CompareCell& cell : plan.cells) {
    const Settings& settings = cell.settings.front();
    models.push_back(settings.model.options);
    trainings.push_back(option_values(without_idle_patience(settings.training)));
    std::erase_if(trainings.back(), [&](const auto& option) { return budget.contains(option.first); });
  }
  sort_out(plan, models, "", shared.model, shared.different);
  sort_out(plan, trainings, "none", shared.training, shared.different);
  return shared;
}

}  // namespace mercer
