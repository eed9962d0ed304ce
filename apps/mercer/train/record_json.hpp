#pragma once

#include "cli/json_fields.hpp"
#include "train/record.hpp"

namespace mercer::program {

/// What came of a seed in numbers, without its epochs. What was not measured is null.
Json scores_json(const SeedResult& result);

/// All of it, and back. Throws ValueError.
Json json_of(const SeedResult& result);
SeedResult result_from(const Json& json);

}  // namespace mercer::program
