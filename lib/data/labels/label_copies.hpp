#pragma once

#include "mercer/data/dataset.hpp"

namespace mercer {

/// Notes the columns of features that tell the class of each labelled node and so may be copies of the labels: those
/// that name the classes one to one, and several that do so together, as the columns of pandas.get_dummies do. Such a
/// column has one value in all labelled nodes of a class. Classes of fewer than three nodes tell nothing. Of targets,
/// real or several, it notes the columns that are one of them in all nodes that have it.
void note_label_copies(Dataset& data);

}  // namespace mercer
