#pragma once

#include <cstdint>

#include "mercer/base/random.hpp"

namespace mercer {

/// One forward pass: does it train, and which draws are its own. Every dropout of the pass takes the next
/// stream, so that the same seed and step give the same masks, on any device and after a resume.
class Pass {
 public:
  static Pass inference() { return {}; }
  static Pass training(std::uint64_t seed, std::uint32_t step) {
    Pass pass;
    pass.training_ = true;
    pass.stream_ = {seed, step, 0};
    return pass;
  }

  bool is_training() const { return training_; }

  bool dropout_active(float p) const { return training_ && p > 0; }

  /// Dropout for the next use in this pass; inactive in inference.
  Dropout dropout(float p) {
    const Stream mine = stream_;
    ++stream_.call;
    return {training_ ? p : 0.0f, mine};
  }

 private:
  bool training_ = false;
  Stream stream_{};
};

}  // namespace mercer
