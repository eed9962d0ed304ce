#include "mercer/training/batch.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"

namespace mercer {
namespace {

/// The order of an epoch, kept until another epoch is requested.
class Orders {
 public:
  Orders(Index items, std::uint64_t seed) : seed_(seed), order_(static_cast<std::size_t>(items)) {}

  const std::vector<Node>& of(Index epoch) {
    if (epoch == epoch_) return order_;
    std::iota(order_.begin(), order_.end(), 0);
    // `call` counts from the other end than that of other users of the seed: no draw is shared
    Random(seed_, ~static_cast<std::uint32_t>(epoch)).shuffle(order_);
    epoch_ = epoch;
    return order_;
  }

 private:
  std::uint64_t seed_;
  Index epoch_ = -1;
  std::vector<Node> order_;
};

}  // namespace

BatchSource BatchSource::whole(Index examples) {
  BatchSource all;
  all.examples_ = examples;
  return all;
}

BatchSource BatchSource::shuffled(Index items, Index size, std::uint64_t seed) {
  require(items >= 1, "BatchSource", "items: got " + std::to_string(items) + ", want at least 1");
  require(size >= 1, "BatchSource", "items of a batch: got " + std::to_string(size) + ", want at least 1");
  BatchSource made((items + size - 1) / size,
                   [orders = std::make_shared<Orders>(items, seed), items, size](Index epoch, Index number) {
                     const auto first = orders->of(epoch).begin() + number * size;
                     return std::vector<Node>(first, first + std::min(size, items - number * size));
                   });
  made.examples_ = items;
  return made;
}

BatchSource::BatchSource(Index count, Items items) : count_(count), items_(std::move(items)) {
  require(count >= 1, "BatchSource", "batches of an epoch: got " + std::to_string(count) + ", want at least 1");
  require(items_ != nullptr, "BatchSource", "there is no function that gives the items of a batch");
}

Batch BatchSource::operator()(Index epoch, Index number) const {
  Batch batch{.epoch = epoch, .number = number, .examples = examples_, .all_examples = examples_};
  if (is_whole()) return batch;
  batch.items = items_(epoch, number);
  batch.examples = std::ssize(batch.items);
  if (examples_ == 0) batch.all_examples = batch.examples;
  return batch;
}

}  // namespace mercer
