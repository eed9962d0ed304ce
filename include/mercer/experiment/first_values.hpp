#pragma once

#include "mercer/experiment/trained_model.hpp"

/// A training that begins with the parameters of a trained model.
namespace mercer {

/// Completes a request by the model's options and data and by how these were prepared; what the request has stays.
/// Throws ValueError when it asks for another model.
void begin_with(const TrainedModel& first, TrainRequest& request);

/// The problem of such a training: data matched to the model's (match.hpp), a random split that it was trained on held
/// for all seeds. Throws as problem_for does.
Problem problem_beginning_with(const TrainedModel& first, const Settings& settings, const Machine& machine = {});

/// Copies parameters and buffers by name. Throws FileError that lists what is missing or of another shape.
void set_first_values(Model& model, const TrainedModel& first);

}  // namespace mercer
