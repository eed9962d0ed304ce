#pragma once

#include <string>
#include <vector>

#include "bench/graphs.hpp"
#include "bench/measure.hpp"
#include "mercer/base/option_list.hpp"

namespace mercer::program {

/// Models of two layers without dropout, h heads of width w in the first, Adam; every node trains.
struct EpochShape {
  Index heads = 8, width = 8;
  Device device = Device::cpu;
};

struct EpochRequest {
  std::string model;
  EpochShape shape{};
  Index epochs = 10;  // after one that warms up
};

/// Seconds of each epoch: forward, backward and Adam's step, without the evaluation. Throws ValueError for a model that
/// there isn't.
std::vector<double> epoch_seconds(const EpochRequest& request, const BenchGraph& graph);

/// The options of that model of theirs that it has.
OptionValues epoch_options(const EpochRequest& request);

}  // namespace mercer::program
