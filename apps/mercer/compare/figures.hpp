#pragma once

#include <string>

#include "mercer/experiment/comparison.hpp"

/// The pictures of a comparison's report, each of one data set.
namespace mercer::program {

/// A colour for each contender; after twelve they come again, dashed.
std::string colour_of(std::size_t contender);

std::string score_figure(const ComparisonRecord& comparison, std::size_t data);        // means with 95 % intervals
std::string learning_figure(const ComparisonRecord& comparison, std::size_t data);     // validation over epochs
std::string time_figure(const ComparisonRecord& comparison, std::size_t data);         // score against time of an epoch
std::string calibration_figure(const ComparisonRecord& comparison, std::size_t data);  // right against sure
std::string entropy_table(const ComparisonRecord& comparison, std::size_t data);       // of each layer and head
std::string kernel_figures(const ComparisonRecord& comparison, std::size_t data);      // κ of each attention
// The last two are empty where no model attends.

}  // namespace mercer::program
