#include "simt/machine/grid.hpp"

#include <numeric>
#include <utility>

#include "simt/machine/block.hpp"

uint3 threadIdx, blockIdx;
dim3 blockDim, gridDim;

namespace simt {
namespace {

/// Visits [0, n) once: forward, backward, or from a random start with a random stride coprime to n.
class BlockOrder {
 public:
  BlockOrder(std::uint64_t n, Picker picker) : n_(n) {
    if (picker.order() == Order::reverse) {
      at_ = stride_ = n - 1;
    } else if (picker.order() == Order::random) {
      at_ = picker.draw(n);
      do
        stride_ = 1 + picker.draw(n);
      while (std::gcd(stride_, n) != 1);
    }
  }
  std::uint64_t next() { return std::exchange(at_, (at_ + stride_) % n_); }

 private:
  std::uint64_t n_, at_ = 0, stride_ = 1;
};

Block& block() {
  static Block block;
  return block;
}

}  // namespace

void run(const Grid& grid, Order order, std::uint64_t seed) {
  gridDim = grid.blocks;
  blockDim = grid.threads;
  const std::uint64_t blocks = std::uint64_t{grid.blocks.x} * grid.blocks.y * grid.blocks.z;
  BlockOrder in_order(blocks, Picker(order, seed));
  const Block::Launch launch(block(), grid);
  for (std::uint64_t i = 0; i < blocks; ++i) {
    const std::uint64_t b = in_order.next();
    blockIdx = {static_cast<unsigned>(b % grid.blocks.x), static_cast<unsigned>(b / grid.blocks.x % grid.blocks.y),
                static_cast<unsigned>(b / grid.blocks.x / grid.blocks.y)};
    block().run(Picker(order, seed + b));
  }
}

void* shared_memory() { return block().shared(); }

const std::string& running_kernel() { return block().kernel(); }

}  // namespace simt
