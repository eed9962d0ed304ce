#pragma once

#include <filesystem>
#include <optional>

#include "explain/explainable.hpp"

namespace mercer::program {

/// Writes the attention of every edge as CSV: source, target (their names, or their numbers in the source), layer,
/// head, alpha, similarity, magnitude (relative to their geometric means over the target's neighbours; empty where the
/// score has no factors) and loop (yes or no). In each layer first the edges of the source in its order, those that it
/// repeats once, then those that were added (opposite edges, loops), by target; of a sequence all pairs, by target. All
/// layers and heads, or the given ones, counted from 0. Returns the number of rows. Throws FileError.
Edge write_edges(const Explainable& explained, std::optional<Index> layer, std::optional<Index> head,
                 const std::filesystem::path& file);

}  // namespace mercer::program
