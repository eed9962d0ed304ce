#pragma once

#include <string>

#include "mercer/experiment/comparison.hpp"

/// The figures of a comparison's report, each for one data set.
namespace mercer::program {

/// A colour for each contender; after twelve the colours repeat, dashed.
std::string colour_of(std::size_t contender);

std::string score_figure(const ComparisonRecord& comparison, std::size_t data);     // means with 95 % intervals
std::string learning_figure(const ComparisonRecord& comparison, std::size_t data);  // validation over epochs
std::string time_figure(const ComparisonRecord& comparison, std::size_t data);      // score over the time of an epoch
std::string calibration_figure(const ComparisonRecord& comparison, std::size_t data);  // accuracy over confidence
std::string entropy_table(const ComparisonRecord& comparison, std::size_t data);       // of each layer and head
std::string kernel_figures(const ComparisonRecord& comparison, std::size_t data);      // κ of each attention
// The last two are empty when no model has attention.

}  // namespace mercer::program
