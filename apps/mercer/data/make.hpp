#pragma once

#include "cli/command_line.hpp"

namespace mercer::program {

/// `mercer data make KIND --out DIR`: generates a data set and writes it.
int make(const Words& words);

}  // namespace mercer::program
