#pragma once

#include <string>

#include "mercer/data/describe.hpp"

namespace mercer::program {

/// The output of `mercer data info`, as text and as JSON.
std::string description_text(const Description& data);
std::string description_json(const Description& data);

}  // namespace mercer::program
