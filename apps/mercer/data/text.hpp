#pragma once

#include <string>

#include "mercer/data/describe.hpp"

namespace mercer::program {

/// What `mercer data info` prints: for people, and for other programs.
std::string description_text(const Description& data);
std::string description_json(const Description& data);

}  // namespace mercer::program
