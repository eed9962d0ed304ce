#pragma once

#include "experiment/json.hpp"
#include "mercer/experiment/compare_plan.hpp"

namespace mercer {

/// What a job is, without where its result goes.
Json json_of(const CompareJob& job);

}  // namespace mercer
