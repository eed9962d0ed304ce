#pragma once

#include <string>
#include <vector>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// The weight of each class in the loss. "balanced": n / (C n_c) for a class with n_c of the n training nodes, C the
/// number of classes that have any; 1 for one without. "w1,w2,…": these, in the order of the class names. Throws
/// ValueError unless there is one for each class, at least 0 and finite, and a training node has one above 0.
std::vector<Real> class_weights_of(const std::string& typed, const Dataset& data, const std::vector<Node>& train);

/// "class weights: 'no' 1, 'yes' 5" of weights that were given; empty of balanced ones.
std::string note_of_class_weights(const std::string& typed, const Dataset& data);

}  // namespace mercer
