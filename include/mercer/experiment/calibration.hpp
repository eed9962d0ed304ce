#pragma once

#include <array>

#include "mercer/training/metric.hpp"

namespace mercer {

/// Test nodes in ten equal bins of confidence 0 … 1, the softmax probability of the predicted class.
struct Reliability {
  struct Bin {
    double nodes = 0, confidence = 0, right = 0;  // sums over the bin's nodes
  };
  std::array<Bin, 10> bins{};

  Reliability& operator+=(const Reliability& other);
};

/// The reliability of logits [n, classes] on `rows`. Throws ValueError when a row has no label among the classes.
Reliability reliability(ConstView logits, Labels labels, Rows rows);

/// ECE = Σ_b |B_b| / n · |right_b − confidence_b|  (Guo et al., On Calibration of Modern Neural Networks, ICML 2017,
/// equation 3). NaN without nodes.
double expected_calibration_error(const Reliability& reliability);

}  // namespace mercer
