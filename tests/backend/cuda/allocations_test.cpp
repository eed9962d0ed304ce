#include <doctest/doctest.h>

#include <vector>

#include "backend/cuda/machine.hpp"
#include "backend/cuda/small_training.hpp"

namespace mercer::test {
namespace {

#if defined(SIMT_ASAN) || defined(SIMT_TSAN)
constexpr bool blocks_are_kept = false;  // a sanitizer must see every allocation
#else
constexpr bool blocks_are_kept = true;
#endif

}  // namespace

TEST_CASE("a training epoch after the first one asks the device for no memory" * doctest::skip(!blocks_are_kept)) {
  using simt::Call;
  const SmallData data(3);
  for (const char* name : {"gat", "gatv2", "rbf", "ikan-direct", "ikan"}) {
    CAPTURE(name);
    fresh_machine();
    std::vector<std::size_t> allocations, releases, streams;
    const auto note = [&](const EpochReport&) {
      allocations.push_back(simt::calls(Call::allocate));
      releases.push_back(simt::calls(Call::release));
      streams.push_back(simt::calls(Call::create));
    };
    trained(data, {.name = name, .options = {{"hidden", 4}, {"heads", 2}}},
            {.epochs = 3, .cuda_graph = false, .on_epoch = note}, Device::cuda);
    REQUIRE(allocations.size() == 3);
    CHECK(allocations[0] > 10);
    CHECK(allocations[1] == allocations[0]);
    CHECK(allocations[2] == allocations[0]);
    CHECK(releases[2] == 0);
    CHECK(streams[2] == 1);
  }
}

}  // namespace mercer::test
