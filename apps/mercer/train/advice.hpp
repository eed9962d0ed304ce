#pragma once

#include <string>
#include <vector>

#include "mercer/experiment/settings.hpp"
#include "report/record.hpp"

namespace mercer::program {

/// What the results of a run say of the training, a line each: more epochs may help, one class alone is predicted,
/// the model was refit.
/// `goes_on`: can --resume train the run in its folder further?
std::vector<std::string> advice_on(const RunRecord& run, const Settings& settings, bool goes_on);

}  // namespace mercer::program
