#pragma once

#include <string>
#include <utility>

#include "mercer/experiment/settings.hpp"

namespace mercer {

/// A name and a value, as typed: {"p", "1.8"}.
using OptionText = std::pair<std::string, std::string>;

/// Sets the option of that name. False when there is none. Throws ValueError when the text isn't a valid value.
bool set_option(ModelOptions& options, const OptionText& text);
bool set_option(TrainingChoice& training, const OptionText& text);

}  // namespace mercer
