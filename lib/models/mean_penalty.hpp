#pragma once

#include "layers/sums.hpp"

namespace mercer {

/// The mean of the penalties of a model's layers, over those that have one; undefined when none has.
class MeanPenalty {
 public:
  void add(const Variable& of_layer) {
    if (!of_layer) return;
    sum_ = sum_of(sum_, of_layer);
    ++count_;
  }
  Variable value() const { return count_ > 1 ? divided(sum_, count_) : sum_; }

 private:
  Variable sum_{};
  Index count_ = 0;
};

}  // namespace mercer
