#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "mercer/base/types.hpp"

namespace mercer {

/// The data of one training step.
struct Batch {
  Index epoch = 0;
  Index number = 0;           // 0 … batches of an epoch − 1
  std::vector<Node> items{};  // nodes, small graphs or sequences; empty: all
  Index examples = 0;         // number of examples in the mean of the loss; 0: unknown
  Index all_examples = 0;     // of all batches of an epoch; where unknown, those of this one
};

/// Cuts every epoch into the same number of batches. The items of a batch depend only on (epoch, number), so that
/// training can resume in the middle of an epoch. By default an epoch is one batch of everything.
class BatchSource {
 public:
  using Items = std::function<std::vector<Node>(Index epoch, Index number)>;

  /// One batch of everything; its loss is a mean over `examples`. A CUDA device can replay its epochs.
  static BatchSource whole(Index examples = 0);
  /// Items 0 … items − 1 in a random order for each epoch, `size` items a batch, fewer in the last one.
  /// Throws ValueError unless both are at least 1.
  static BatchSource shuffled(Index items, Index size, std::uint64_t seed);

  BatchSource() = default;
  /// Batches chosen by the caller. Throws ValueError unless count is at least 1.
  BatchSource(Index count, Items items);

  Index count() const { return count_; }  // batches of an epoch
  bool is_whole() const { return items_ == nullptr; }
  Batch operator()(Index epoch, Index number) const;

 private:
  Index count_ = 1;
  Index examples_ = 0;  // of all batches; 0: unknown
  Items items_;
};

}  // namespace mercer
