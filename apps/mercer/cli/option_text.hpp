#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "train/settings.hpp"

namespace mercer::program {

/// A name and a value, as typed: {"p", "1.8"}.
using OptionText = std::pair<std::string, std::string>;

/// The parts of "a,b,c". Throws UsageError when one is empty, or comes twice; `what` names the list.
std::vector<std::string> parts_of(std::string_view list, char separator, const std::string& what);

/// "p=1.8" → {"p", "1.8"}. Throws UsageError; `what` says where it stood.
OptionText option_text(const std::string& text, const std::string& what);

/// Sets the option of that name. False when there is none. Throws UsageError when the text isn't such a value.
bool set_option(ModelOptions& options, const OptionText& text);
bool set_option(TrainingChoice& training, const OptionText& text);

}  // namespace mercer::program
