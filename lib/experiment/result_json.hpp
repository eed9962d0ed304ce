#pragma once

#include "experiment/json.hpp"
#include "mercer/experiment/result.hpp"

namespace mercer {

/// A seed's result as JSON and back. Values that were not measured are null. The reader throws ValueError.
Json json_of(const SeedResult& result);
SeedResult result_from(const Json& json);

}  // namespace mercer
