#pragma once

#include <algorithm>

#include "mercer/tensor/tensor.hpp"

namespace mercer::cpu {

/// The gradient of an operand that all rows share: what tasks add to parts of their own is summed in their order.
class SharedGradient {
 public:
  SharedGradient(View total, Index tasks) : total_(total), parts_(total.data != nullptr ? tasks : 0, total.size()) {}
  explicit operator bool() const { return total_.data != nullptr; }
  Real* part(Index task) { return parts_.row(task); }
  void add_up() {
    if (total_.data == nullptr) return;
    std::fill_n(total_.data, total_.size(), Real(0));
    for (Index task = 0; task < parts_.rows(); ++task)
      for (Index c = 0; c < total_.size(); ++c)
        total_.data[c] += parts_(task, c);
  }

 private:
  View total_;
  Tensor parts_;
};

}  // namespace mercer::cpu
