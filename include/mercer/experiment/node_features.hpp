#pragma once

#include <string>

#include "mercer/base/option_list.hpp"
#include "mercer/data/dataset.hpp"

namespace mercer {

/// Features made of the graph alone, for graphs whose nodes have none.
enum class NodeFeatures {
  degree,    // 1 and ln(1 + |N(i)|), of any graph
  identity,  // a column for each node: only for the graph itself
};
inline constexpr Choice<NodeFeatures> node_features_choices[]{{"degree", NodeFeatures::degree},
                                                              {"identity", NodeFeatures::identity}};

/// The data with these features in place of their own. A loop doesn't count as a neighbour.
Dataset with_features(Dataset data, NodeFeatures kind);

/// How far the scales of the columns lie apart: the largest over the smallest standard deviation, constant columns left
/// out. 1 without features.
double scale_ratio(const Features& features);
/// A note for columns of which some would drown the others, with the way out; empty for others.
std::string scales_note(const Features& features);

}  // namespace mercer
