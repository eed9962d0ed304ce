#pragma once

#include <string>

#include "cli/command_line.hpp"

namespace mercer::program {

/// The kinds of sets, with | between.
std::string kinds_to_make();

/// `mercer data make KIND --out DIR`: generates a data set and writes it.
int make(const Words& words);

}  // namespace mercer::program
