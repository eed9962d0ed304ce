#include "mercer/experiment/search_space.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <set>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/base/nearest.hpp"
#include "mercer/base/random.hpp"

namespace mercer {

namespace {

constexpr std::uint32_t draws_of_a_search = 0x74756E65u;
const std::vector<std::string> of_the_budget{"epochs", "patience", "stopping", "metric", "class-weight"};

OptionDeclaration declaration_of(const std::string& option, const std::string& model) {
  TrainingChoice training;
  const OptionList list = options_of(training);
  if (const Option* found = list.find(option)) return *found;
  const DeclaredOptions declared = options_of_model(model);
  if (const OptionDeclaration* found = declared.find(option)) return *found;
  const std::string near = nearest_name(option, searchable_options(model));
  throw ValueError("[range] neither the training nor " + model + " has an option \"" + option + "\"" +
                   (near.empty() ? "" : "; did you mean " + near + "?"));
}

double number_in(const OptionValue& value) {
  if (const Index* whole = std::get_if<Index>(&value.held())) return static_cast<double>(*whole);
  return std::get<double>(value.held());
}

std::optional<double> number_of(const std::string& text) {
  try {
    std::size_t end = 0;
    const double value = std::stod(text, &end);
    return end == text.size() ? std::optional(value) : std::nullopt;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::string four_digits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

void take_ends(SearchRange& range, std::string ends, const OptionDeclaration& option) {
  constexpr std::string_view log_end = ":log";
  range.logarithmic = ends.ends_with(log_end);
  if (range.logarithmic) ends.resize(ends.size() - log_end.size());
  const std::size_t dots = ends.find("..");
  const bool is_number =
      option.kind == OptionDeclaration::Kind::number || option.kind == OptionDeclaration::Kind::whole;
  require(is_number, "range",
          option.name + ": got " + ends + ", want a list with commas between: it takes " + option.values());
  range.whole = option.kind == OptionDeclaration::Kind::whole;
  range.low = number_in(option.checked(ends.substr(0, dots)));
  range.high = number_in(option.checked(ends.substr(dots + 2)));
  require(range.low < range.high, "range", option.name + ": got " + ends + ", want a first end below the second");
  require(!range.logarithmic || range.low > 0, "range",
          option.name + ": got " + ends + " with log, want ends above 0, or no :log");
}

void take_list(SearchRange& range, const std::string& list, const OptionDeclaration& option) {
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    std::string value = list.substr(begin, end - begin);
    try {
      option.checked(value);
    } catch (const ValueError& error) {
      const bool is_number =
          option.kind == OptionDeclaration::Kind::number || option.kind == OptionDeclaration::Kind::whole;
      if (!is_number) throw;
      throw ValueError("[range] " + std::string(error.what()) + "; a range is " + option.name + "=low..high");
    }
    require(std::ranges::find(range.values, value) == range.values.end(), "range",
            option.name + ": " + value + " comes twice");
    range.values.push_back(std::move(value));
    begin = end + 1;
  }
}

/// The value as the range has it; empty for one that it doesn't hold.
std::string held_value(const SearchRange& range, const OptionValue& value, const OptionDeclaration& option) {
  for (const std::string& text : range.values)
    if (option.checked(text).text() == value.text()) return text;
  const std::optional<double> number = number_of(value.text());
  const bool is_inside = range.values.empty() && number && *number >= range.low && *number <= range.high;
  return is_inside ? value.text() : "";
}

/// What a model takes for dropout unless each is given apart: the value of those that are not, where they agree.
std::optional<OptionValue> common_dropout(const ModelOptions& model, const OptionValues& otherwise) {
  std::optional<OptionValue> common;
  for (const std::string name : {"hidden-dropout", "input-dropout", "attention-dropout", "value-dropout"}) {
    const auto value = otherwise.find(name);
    const bool is_covered = name == "hidden-dropout" ? is_sequence_model(model.name) : true;
    if (!is_covered || value == otherwise.end() || model.find(name) != nullptr) continue;
    if (name != "hidden-dropout" && value->second.text() == "0") continue;  // the model has none there
    if (common && *common != value->second) return std::nullopt;
    common = value->second;
  }
  return common;
}

/// Between the ends, at a share of 0 … 1.
std::string value_at(const SearchRange& range, double share) {
  const double low = range.logarithmic ? std::log(range.low) : range.low,
               high = range.logarithmic ? std::log(range.high) : range.high;
  const auto unbent = [&](double x) { return range.logarithmic ? std::exp(x) : x; };
  if (!range.whole) return four_digits(std::clamp(unbent(low + share * (high - low)), range.low, range.high));
  if (range.logarithmic) return OptionValue(static_cast<Index>(std::lround(unbent(low + share * (high - low))))).text();
  const double value = range.low + std::floor(share * (range.high - range.low + 1));
  return OptionValue(static_cast<Index>(std::min(value, range.high))).text();
}

}  // namespace

std::string SearchRange::text() const {
  std::string text = option + "=";
  if (values.empty())
    return text + OptionValue(low).text() + ".." + OptionValue(high).text() + (logarithmic ? ":log" : "");
  for (std::size_t v = 0; v < values.size(); ++v)
    text += (v > 0 ? "," : "") + values[v];
  return text;
}

std::vector<std::string> searchable_options(const std::string& model) {
  TrainingChoice training;
  std::vector<std::string> names = options_of(training).names();
  for (const std::string& name : options_of_model(model).names())
    names.push_back(name);
  return names;
}

SearchRange search_range(const std::string& typed, const std::string& model) {
  const std::size_t equals = typed.find('=');
  require(equals != std::string::npos && equals > 0 && equals + 1 < typed.size(), "range",
          "got '" + typed + "', want option=low..high, option=low..high:log, or option=a,b,c");
  SearchRange range{.option = typed.substr(0, equals)};
  require(std::ranges::find(of_the_budget, range.option) == of_the_budget.end(), "range",
          range.option + " is part of the budget, the same for all trials; see --" + range.option);
  const OptionDeclaration option = declaration_of(range.option, model);
  const std::string wanted = typed.substr(equals + 1);
  if (wanted.find("..") != std::string::npos)
    take_ends(range, wanted, option);
  else
    take_list(range, wanted, option);
  return range;
}

SearchSpace usual_space(const Settings& settings) {
  const std::string& model = settings.model.name;
  const bool of_sequences = is_sequence_model(model);
  std::vector<std::string> texts{"learning-rate=0.001..0.03:log",
                                 of_sequences ? "weight-decay=0.001..0.2:log" : "weight-decay=1e-05..0.01:log"};
  const OptionValue* classifier = settings.model.find("classifier");
  if (classifier != nullptr && *classifier == OptionValue("linear"))
    texts.insert(texts.end(), {"hidden-dropout=0..0.8", "layers=2..5", "hidden=32,64,128", "norm=none,layer,batch",
                               "residual=none,linear"});
  else if (of_sequences)
    texts.emplace_back("dropout=0..0.4");
  else
    texts.insert(texts.end(), {"dropout=0..0.8", "hidden=8,16,32,64", "lambda=1e-05..0.01:log"});
  SearchSpace space;
  const DeclaredOptions declared = options_of_model(model);
  for (const std::string& text : texts) {
    const std::string option = text.substr(0, text.find('='));
    if (option == "learning-rate" || option == "weight-decay" || declared.find(option) != nullptr)
      space.push_back(search_range(text, model));
  }
  return space;
}

std::vector<OptionText> drawn(const SearchSpace& space, std::uint64_t seed, Index trial, Index attempt) {
  constexpr std::uint32_t most_trials = 1u << 20;
  std::vector<OptionText> values;
  for (std::size_t at = 0; at < space.size(); ++at) {
    const SearchRange& range = space[at];
    Random random(Stream{.seed = seed,
                         .step = static_cast<std::uint32_t>(trial) + most_trials * static_cast<std::uint32_t>(attempt),
                         .call = draws_of_a_search + static_cast<std::uint32_t>(at)});
    if (range.values.empty())
      values.emplace_back(range.option, value_at(range, random.uniform()));
    else
      values.emplace_back(range.option, range.values[random.below(static_cast<std::uint32_t>(range.values.size()))]);
  }
  return values;
}

namespace {

/// The next value of a list or of whole numbers; the first one behind the last, with true. Nothing where values lie
/// anywhere between two ends.
std::optional<bool> advance(const SearchRange& range, std::string& value) {
  if (!range.values.empty()) {
    const auto next = std::ranges::find(range.values, value) + 1;
    const bool around = next == range.values.end();
    value = around ? range.values.front() : *next;
    return around;
  }
  if (!range.whole) return std::nullopt;
  const double next = number_of(value).value_or(range.high) + 1;
  value = OptionValue(static_cast<Index>(next > range.high ? range.low : next)).text();
  return next > range.high;
}

/// Moves on to settings that are not `taken`, from option to option as a clock's hands; false where there are none.
bool move_on(const SearchSpace& space, std::vector<OptionText>& values,
             const std::set<std::vector<OptionText>>& taken) {
  const std::vector<OptionText> first = values;
  while (taken.contains(values)) {
    for (std::size_t at = 0; at < space.size(); ++at) {
      const std::optional<bool> around = advance(space[at], values[at].second);
      if (around && !*around) break;
    }
    if (values == first) return false;
  }
  return true;
}

}  // namespace

std::vector<std::vector<OptionText>> different_draws(const SearchSpace& space, std::uint64_t seed, Index trials,
                                                     std::vector<OptionText> own) {
  constexpr Index attempts = 64;  // where values lie anywhere between two ends, one is nearly always enough
  std::vector<std::vector<OptionText>> draws;
  std::set<std::vector<OptionText>> taken;
  if (!own.empty()) {
    taken.insert(own);
    draws.push_back(std::move(own));
  }
  for (Index trial = std::ssize(draws); trial < trials; ++trial) {
    std::vector<OptionText> values = drawn(space, seed, trial);
    for (Index attempt = 1; attempt < attempts && taken.contains(values); ++attempt)
      values = drawn(space, seed, trial, attempt);
    if (!move_on(space, values, taken)) return draws;
    taken.insert(values);
    draws.push_back(std::move(values));
  }
  return draws;
}

OwnValues own_values(const SearchSpace& space, const Settings& settings) {
  TrainingChoice training = settings.training;
  const OptionValues of_training = options_of(training).values();
  const OptionValues otherwise = options_of_model(settings.model.name).defaults;
  OwnValues own;
  for (const SearchRange& range : space) {
    const OptionDeclaration option = declaration_of(range.option, settings.model.name);
    const OptionValue* value = settings.model.find(range.option);
    for (const OptionValues* values : {&of_training, &otherwise})
      if (const auto found = values->find(range.option); value == nullptr && found != values->end())
        value = &found->second;
    const std::optional<OptionValue> dropout = common_dropout(settings.model, otherwise);
    if (value == nullptr && range.option == "dropout" && dropout) value = &*dropout;
    if (value == nullptr) return {.outside = range.option + " has no value there"};
    if (const std::string text = held_value(range, *value, option); !text.empty())
      own.values.emplace_back(range.option, text);
    else
      return {.outside = range.option + " " + value->text() + " is outside of " + range.text()};
  }
  return own;
}

std::string end_of_range(const SearchRange& range, const std::string& value, const std::string& model) {
  constexpr double near = 0.05;
  const OptionDeclaration option = declaration_of(range.option, model);
  const std::optional<double> number = number_of(value);
  if (!number || option.kind == OptionDeclaration::Kind::name || option.kind == OptionDeclaration::Kind::truth)
    return "";
  double low = range.low, high = range.high, slack = near;
  if (!range.values.empty()) {
    if (range.values.size() < 2) return "";
    low = high = *number, slack = 0;
    for (const std::string& other : range.values) {
      low = std::min(low, number_of(other).value_or(low));
      high = std::max(high, number_of(other).value_or(high));
    }
  }
  const auto bent = [&](double x) { return range.logarithmic ? std::log(x) : x; };
  const double share = (bent(*number) - bent(low)) / (bent(high) - bent(low));
  if (share <= slack && low > option.range.low) return "lower";
  if (share >= 1 - slack && high < option.range.high) return "upper";
  return "";
}

}  // namespace mercer
