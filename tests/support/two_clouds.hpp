#pragma once

#include <cstdint>
#include <vector>

#include "mercer/autograd/functions.hpp"
#include "mercer/base/random.hpp"
#include "mercer/training/node_classification.hpp"

namespace mercer::test {

inline constexpr float drop_rate = 0.3f;

/// Forty points in two clouds and a logistic regression with dropout: logits = dropout(x) W + b.
struct TwoClouds {
  Tensor points = Tensor(40, 6);
  std::vector<std::int32_t> labels;
  std::vector<Node> train, validation, test;
  Variable weight{Tensor(6, 2), true}, bias{Tensor(1, 2), true};
  Variable x;

  explicit TwoClouds(std::uint64_t seed = 1) {
    Random random(seed);
    for (Node i = 0; i < 40; ++i) {
      labels.push_back(i % 2);
      for (Index c = 0; c < 6; ++c)
        points(i, c) = static_cast<Real>(random.normal() + (i % 2 == c % 2 ? 1.5 : 0));
      (i < 20 ? train : i < 30 ? validation : test).push_back(i);
    }
    for (Real& w : weight.mutable_value().values())
      w = static_cast<Real>(random.normal());
    x = Variable(points);
  }

  NodeClassification nodes() {
    return {.parameters = {{"weight", weight}, {"bias", bias, false}},
            .predict = [this](Pass& pass) { return logits(pass); },
            .labels = labels,
            .train = train,
            .validation = validation,
            .test = test};
  }
  Task task() { return node_classification(nodes()); }
  Variable logits(Pass& pass) const { return add_bias(matmul(dropout(x, pass.dropout(drop_rate)), weight), bias); }
};

}  // namespace mercer::test
