#include "base/block_pool.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

using namespace mercer;

namespace {

struct System {
  std::size_t held = 0, most_held = 0;
  int calls = 0;
};
System memory;

void* counted_allocate(std::size_t bytes) {
  memory.held += bytes;
  memory.most_held = std::max(memory.most_held, memory.held);
  ++memory.calls;
  return std::malloc(bytes);
}

void counted_free(void* block, std::size_t bytes) {
  memory.held -= bytes;
  std::free(block);
}

/// Takes blocks of these sizes, and gives all back.
void use(BlockPool& pool, const std::vector<std::size_t>& sizes) {
  std::vector<void*> blocks;
  for (const std::size_t size : sizes)
    blocks.push_back(pool.take(size));
  for (std::size_t b = 0; b < sizes.size(); ++b)
    pool.give_back(blocks[b], sizes[b]);
}

}  // namespace

TEST_CASE("a pool keeps what was in use at one time, for the next epoch") {
  memory = {};
  BlockPool pool(counted_allocate, counted_free, 1024);
  const std::vector<std::size_t> epoch{4096, 8192, 2048, 4096};
  use(pool, epoch);
  CHECK(memory.held == 18432);
  CHECK(memory.calls == 4);
  use(pool, epoch);
  CHECK(memory.calls == 4);
  use(pool, {16384});  // of another size: others go, so that no more is held than before
  CHECK(memory.held <= 18432 + 18432 / 8);
  pool.release();
  CHECK(memory.held == 0);
  use(pool, {1024, 1024, 1024});
  CHECK(memory.held == 3072);
  pool.release();
}

TEST_CASE("a small block of a new size doesn't push out a large one") {
  memory = {};
  BlockPool pool(counted_allocate, counted_free, 1024);
  for (int epoch = 0; epoch < 5; ++epoch) {
    use(pool, {1 << 20});
    use(pool, {4096});
  }
  CHECK(memory.calls == 2);
  pool.release();
}

TEST_CASE("a pool keeps a fixed number of bytes beside what is in use, or nothing") {
  memory = {};
  BlockPool pool(counted_allocate, counted_free, 4096);
  void* used = pool.take(16384);
  for (int n = 0; n < 3; ++n)
    use(pool, {2048});
  CHECK(memory.calls == 2);
  use(pool, {2048, 1024, 8192});
  CHECK(memory.held <= 16384 + 11264);
  pool.give_back(used, 16384);
  pool.release();
  CHECK(memory.held == 0);

  memory = {};
  BlockPool none(counted_allocate, counted_free, 0);
  use(none, {2048, 1024});
  CHECK(memory.held == 0);
}
