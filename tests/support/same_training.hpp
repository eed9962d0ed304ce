#pragma once

#include <doctest/doctest.h>

#include "mercer/training/train_state.hpp"

namespace mercer::test {

/// Checks everything that must not depend on threads, interruptions, the clock or graph replay.
inline void check_same(const TrainState& a, const TrainState& b) {
  CHECK(a.epochs == b.epochs);
  CHECK(a.batch == b.batch);
  CHECK(a.optimizer.steps == b.optimizer.steps);
  CHECK(a.stopping == b.stopping);
  const auto same = [](const NamedTensors& one, const NamedTensors& other) {
    REQUIRE(one.size() == other.size());
    for (const auto& [name, x] : one)
      CHECK(max_abs_difference(x, other.at(name)) == 0);
  };
  same(a.parameters, b.parameters);
  same(a.buffers, b.buffers);
  same(a.kept, b.kept);
  same(a.optimizer.first, b.optimizer.first);
  same(a.optimizer.second, b.optimizer.second);
  REQUIRE(a.history.size() == b.history.size());
  for (std::size_t e = 0; e < a.history.size(); ++e) {
    CHECK(a.history[e].epoch == b.history[e].epoch);
    CHECK(a.history[e].train_loss == b.history[e].train_loss);
    CHECK(a.history[e].learning_rate == b.history[e].learning_rate);
    CHECK(a.history[e].gradient_norm == b.history[e].gradient_norm);
    REQUIRE(a.history[e].validation.has_value() == b.history[e].validation.has_value());
    if (a.history[e].validation) CHECK(a.history[e].validation->loss == b.history[e].validation->loss);
    CHECK(a.history[e].kept == b.history[e].kept);
  }
}

}  // namespace mercer::test
