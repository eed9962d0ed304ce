#include "mercer/experiment/class_weights.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "mercer/base/check.hpp"
#include "mercer/base/printable.hpp"

namespace mercer {

namespace {

constexpr const char* weight_option = "class-weight";

std::string names_in_words(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::vector<Real> balanced(const std::vector<Index>& sizes) {
  double nodes = 0, present = 0;
  for (const Index size : sizes) {
    nodes += static_cast<double>(size);
    present += size > 0 ? 1 : 0;
  }
  std::vector<Real> weights(sizes.size(), 1);
  for (std::size_t c = 0; c < sizes.size(); ++c)
    if (sizes[c] > 0) weights[c] = static_cast<Real>(nodes / (present * static_cast<double>(sizes[c])));
  return weights;
}

std::vector<Real> weights_from(const std::string& typed) {
  std::vector<Real> weights;
  const std::string_view text = typed;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view one = text.substr(begin, end - begin);
    Real weight = -1;
    const auto [stop, error] = std::from_chars(one.data(), one.data() + one.size(), weight);
    require(error == std::errc() && stop == one.data() + one.size() && weight >= 0 && std::isfinite(weight),
            weight_option, "got \"" + typed + "\", want balanced, or a number of at least 0 for each class, as 1,1,5");
    weights.push_back(weight);
    begin = end + 1;
  }
  return weights;
}

}  // namespace

std::string note_of_class_weights(const std::string& typed, const Dataset& data) {
  if (typed == "balanced" || data.label_kind != LabelKind::classes) return "";
  std::string text = "class weights: ";
  const std::vector<Real> weights = weights_from(typed);
  for (std::size_t c = 0; c < std::min(weights.size(), data.class_names.size()); ++c) {
    char number[32];
    std::snprintf(number, sizeof number, "%g", static_cast<double>(weights[c]));
    text += (c == 0 ? "" : ", ") + in_quotes(data.class_names[c]) + " " + number;
  }
  return text;
}

std::vector<Real> class_weights_of(const std::string& typed, const Dataset& data, const std::vector<Node>& train) {
  std::vector<Index> sizes(data.class_names.size(), 0);
  for (const Node i : train)
    if (const std::int32_t label = data.labels[static_cast<std::size_t>(i)]; label >= 0)
      ++sizes[static_cast<std::size_t>(label)];
  if (typed == "balanced") return balanced(sizes);
  const std::vector<Real> weights = weights_from(typed);
  require(weights.size() == sizes.size(), weight_option,
          "got " + std::to_string(weights.size()) + " weights, want " + std::to_string(sizes.size()) +
              ": one for each class, in the order " + names_in_words(data.class_names));
  bool any = false;
  for (std::size_t c = 0; c < sizes.size(); ++c)
    any |= sizes[c] > 0 && weights[c] > 0;
  require(any, weight_option, "got \"" + typed + "\", want a weight above 0 for a class of the training nodes");
  return weights;
}

}  // namespace mercer
