#pragma once

#include <string>
#include <vector>

#include "mercer/data/dataset.hpp"
#include "mercer/experiment/trained_model.hpp"

namespace mercer {

/// The data of any graph in the form that a model reads. Labels take the numbers of the model's classes, by name; a
/// class of the model may have no node. Feature columns take the model's order where both name them; columns that the
/// model doesn't read are left out. Sparse features whose source doesn't say how many there are take the model's width.
/// The notes tell what was left out or added. Throws ValueError for a label that is no class of the model, for a
/// missing feature, and for another number of features.
Dataset matched(Dataset data, const TrainedModel& trained);

/// The names of the features that the model reads of the nodes, without those of an encoding; empty where they have
/// none.
std::vector<std::string> own_feature_names(const TrainedModel& trained);
/// Notes where features that are a column for each node can't go by the model's names of the columns.
void note_columns_by_number(Dataset& data, const std::vector<std::string>& names_of_columns);

/// "features and splits": in what data prepared for the model differ from those of its training. The order in which a
/// split lists its nodes, and splits that the model wasn't trained on, count for nothing.
std::string difference(const Prepared& prepared, const TrainedModel& trained);
/// Are they the data of its training, whatever their splits?
bool same_examples(const Prepared& prepared, const TrainedModel& trained);

/// Notes where edges mean something else than those that the model learned on: directed ones are symmetrised as there,
/// or others used one way. Of the model's own graph (`own`) only when its source said otherwise then.
void note_direction(Dataset& data, const TrainedModel& trained, bool own = false);

}  // namespace mercer
