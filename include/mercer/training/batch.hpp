#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "mercer/base/types.hpp"

namespace mercer {

/// What one step of training learns from.
struct Batch {
  Index epoch = 0;
  Index number = 0;           // 0 … batches of an epoch − 1
  std::vector<Node> items{};  // nodes, small graphs or sequences; empty: everything there is
  Index examples = 0;         // how many the loss is a mean over; 0: unknown
};

/// Cuts every epoch into the same number of batches. The items of a batch depend on (epoch, number) alone: training
/// resumes in the middle of an epoch. An epoch of everything at once is the default.
class BatchSource {
 public:
  using Items = std::function<std::vector<Node>(Index epoch, Index number)>;

  /// One batch of everything, whose loss is a mean over so many examples. A CUDA device can replay its epochs.
  static BatchSource whole(Index examples = 0);
  /// Items 0 … items − 1 in an order drawn for each epoch, `size` in a batch, fewer in the last.
  /// Throws ValueError unless both are at least 1.
  static BatchSource shuffled(Index items, Index size, std::uint64_t seed);

  BatchSource() = default;
  /// Batches of the caller's choice. Throws ValueError unless count is at least 1.
  BatchSource(Index count, Items items);

  Index count() const { return count_; }  // batches of an epoch
  bool is_whole() const { return items_ == nullptr; }
  Batch operator()(Index epoch, Index number) const;

 private:
  Index count_ = 1;
  Index examples_ = 0;  // of a whole
  Items items_;
};

}  // namespace mercer
