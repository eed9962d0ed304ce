#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text of a file or of the user as a message may show it.
namespace mercer {

/// The text with its control characters, its marks of writing direction and what is no UTF-8 as a backslash, x and two
/// hexadecimal digits. Line breaks and tabs stay when `lines` is true.
std::string printable(std::string_view text, bool lines = false);

/// printable() in single quotes, cut after `most` bytes at the end of a character: 'abc…'.
std::string in_quotes(std::string_view text, std::size_t most = 80);

/// A name for a list of names: in quotes where it holds a comma.
std::string listed_name(const std::string& name);

/// The text itself, or its begin and its end with … between, `most` bytes in all, cut at ends of characters.
std::string shortened(const std::string& text, std::size_t most = 400);

}  // namespace mercer
