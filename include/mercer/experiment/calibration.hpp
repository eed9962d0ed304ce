#pragma once

#include <array>

#include "mercer/training/metric.hpp"

namespace mercer {

/// Test nodes by how sure the model was of the class it called (the largest softmax probability), in ten equal bins
/// of 0 … 1.
struct Reliability {
  struct Bin {
    double nodes = 0, confidence = 0, right = 0;  // sums over the nodes
  };
  std::array<Bin, 10> bins{};

  Reliability& operator+=(const Reliability& other);
};

/// Of logits [n, classes] on `rows`. Throws ValueError when a row has no label among the classes.
Reliability reliability(ConstView logits, Labels labels, Rows rows);

/// ECE = Σ_b |B_b| / n · |right_b − confidence_b|  (Guo et al., On Calibration of Modern Neural Networks, ICML 2017,
/// equation 3). NaN without nodes.
double expected_calibration_error(const Reliability& of);

}  // namespace mercer
