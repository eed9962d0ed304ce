#pragma once

#include <filesystem>

#include "train/trained.hpp"

namespace mercer::program {

/// Writes for each node or sequence, in the source's order, what the model says and what is known. CSV: node, name
/// where nodes have names, class, probability, true_class, part, and p_CLASS for each class; of targets part, and
/// predicted_NAME (or p_NAME) and true_NAME for each. npz: node [n], name [n], class [n], probability [n], true_class
/// [n], part [n], probabilities [n, classes] and class_names; of targets node, name, part, predicted (or probabilities)
/// and true [n, targets], nan where unknown, and target_names. Throws FileError.
void write_predictions(const std::filesystem::path& file, const Tensor& logits, const Trained& trained);

}  // namespace mercer::program
