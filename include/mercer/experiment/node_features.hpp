#pragma once

#include <string>
#include <vector>

#include "mercer/base/option_list.hpp"
#include "mercer/data/dataset.hpp"

namespace mercer {

/// Features made of the graph alone, for graphs whose nodes have none.
enum class NodeFeatures {
  degree,    // 1 and ln(1 + |N(i)|), of any graph
  identity,  // a column for each node, by its name where all have different ones: only for the graph itself
};
inline constexpr Choice<NodeFeatures> node_features_choices[]{{"degree", NodeFeatures::degree},
                                                              {"identity", NodeFeatures::identity}};

/// The data with these features in place of their own. A loop doesn't count as a neighbour.
Dataset with_features(Dataset data, NodeFeatures kind);
/// NodeFeatures::identity of a graph on nodes of another one, whose columns have these names: that of each node is the
/// one of its name. Throws ValueError where a node has none of them.
Dataset with_identity_of(const std::vector<std::string>& names, Dataset data);

/// Are three quarters of the values zeros? The answer is the same for all ways to store them.
bool mostly_zeros(const Features& features);
/// A note for columns whose standard deviations lie apart by a factor of 50 or are above 10, with the way out; empty
/// for others, and for features that are mostly zeros, whose rows are normalised.
std::string scales_note(const Dataset& data);

}  // namespace mercer
