#pragma once

#include "data/files/text_file.hpp"

namespace mercer {

/// Throws FileError at a line on which a quoted field begins that a later line ends, as CSV allows and a table of lines
/// doesn't. A lone quote that no line ends may be part of a name.
void refuse_quoted_breaks(TextFile text);

}  // namespace mercer
