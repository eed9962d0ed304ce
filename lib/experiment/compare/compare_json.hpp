#pragma once

#include "experiment/json.hpp"
#include "mercer/experiment/compare_plan.hpp"

namespace mercer {

/// A job as JSON, without the path of its result.
Json json_of(const CompareJob& job);

}  // namespace mercer
