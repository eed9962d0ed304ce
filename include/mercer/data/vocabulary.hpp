#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// The name of column 0 of tokens: the words that a vocabulary lacks.
inline constexpr std::string_view unknown_word = "<unknown>";

/// Is each row a token, with a 1 in the column of its word?
bool has_tokens(const Dataset& data);

/// The tokens in the columns of another vocabulary, whose first word is unknown_word. A note counts those that it
/// lacks. Throws ValueError unless the data have tokens.
Dataset with_vocabulary(Dataset data, const std::vector<std::string>& words);

}  // namespace mercer
