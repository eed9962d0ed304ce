#pragma once

#include <functional>
#include <span>
#include <vector>

#include "mercer/experiment/problem.hpp"

/// The sequences of a problem, in batches.
namespace mercer {

/// Some sequences: a segment for each, and the rows of all of them.
struct SequenceBatch {
  Segments segments;
  Input x;
};

/// The sequences `items` of all, on that device. Sequence a has the rows offset[a] … offset[a + 1] − 1 of x, which is
/// on the CPU.
SequenceBatch batch_of(const std::vector<Index>& offset, const Input& x, std::span<const Node> items, Device device);

/// Mean and scale of each column over the rows of these sequences alone.
ColumnScales scales_of(const std::vector<Index>& offset, const Input& x, std::span<const Node> items);
Input standardised(const Input& x, const ColumnScales& by);

/// f of every sequence of the problem, [sequences, columns] on the CPU, in inference and piece by piece.
using OfSequences = std::function<Variable(const Neighbourhood&, const Input&, Pass&)>;
Tensor of_each_sequence(const Problem& problem, const OfSequences& f);

}  // namespace mercer
