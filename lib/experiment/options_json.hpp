#pragma once

#include "experiment/json.hpp"
#include "mercer/experiment/prepare.hpp"
#include "mercer/experiment/settings.hpp"

/// Options as JSON and back. What is absent isn't written; what isn't known is refused: the readers throw ValueError.
namespace mercer {

Json json_of(const ModelOptions& options);
Json json_of(const TrainingChoice& training);
Json json_of(const DataChoice& data);
Json json_of(const Fingerprint& fingerprint);
ModelOptions model_from(const Json& json);
TrainingChoice training_from(const Json& json);
DataChoice data_from(const Json& json);
Fingerprint fingerprint_from(const Json& json);

}  // namespace mercer
