#pragma once

#include <cstdint>

#include "mercer/base/random.hpp"

namespace mercer {

/// One forward pass: whether it is a training pass, and its random streams. Each dropout of the pass takes the next
/// stream, so that the same seed and step give the same masks, on any device and after a resume.
class Pass {
 public:
  static Pass inference() { return {}; }
  /// `examples`: the number of training examples, those of other batches too, by which the divergences of densities are
  /// divided; 0 when unknown. `step_there`: as in Stream.
  static Pass training(std::uint64_t seed, std::uint32_t step, Index examples = 0,
                       const std::uint32_t* step_there = nullptr) {
    Pass pass;
    pass.training_ = true;
    pass.stream_ = {seed, step, 0, step_there};
    pass.examples_ = examples;
    return pass;
  }

  /// The pass of a part of a graph: its row 0 is node `first` of the whole graph and uses the draws of that node. Rows
  /// of a block have the numbers of its origin instead (Neighbourhood::dropout).
  Pass& from_row(Index first) & {
    first_row_ = first;
    return *this;
  }
  Pass from_row(Index first) && { return from_row(first); }

  bool is_training() const { return training_; }
  Index examples() const { return examples_; }

  bool dropout_active(float p) const { return training_ && p > 0; }

  /// Dropout for the next use in this pass; inactive in inference.
  Dropout dropout(float p) { return {training_ ? p : 0.0f, stream(), first_row_}; }
  /// Draws for the next use in this pass.
  Stream stream() {
    const Stream mine = stream_;
    ++stream_.call;
    return mine;
  }

  /// Adds the number of denominators that attention guards in this pass to *into.
  void count_guarded(Index* into) { guarded_ = into; }
  Index* guarded() const { return guarded_; }

 private:
  Index* guarded_ = nullptr;
  bool training_ = false;
  Index examples_ = 0, first_row_ = 0;
  Stream stream_{};
};

}  // namespace mercer
