#include "mercer/exchange/ranks.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <string>

#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("a sum over ranks is the same on all of them, whatever its size") {
  for (const int size : {1, 2, 3, 4})
    for (const Index values : {0, 1, 2, 3, 7, 100}) {
      CAPTURE(size);
      CAPTURE(values);
      Tensor want(1, values);
      for (int r = 0; r < size; ++r)
        for (Index n = 0; n < values; ++n)
          want(0, n) += random_tensor(1, values, static_cast<std::uint64_t>(r) + 1)(0, n);
      std::vector<Tensor> sums(static_cast<std::size_t>(size));
      run_ranks(size, [&](Communicator& ranks) {
        Tensor x = random_tensor(1, values, static_cast<std::uint64_t>(ranks.rank()) + 1);
        all_reduce_sum(ranks, x);
        sums[static_cast<std::size_t>(ranks.rank())] = x;
      });
      for (const Tensor& sum : sums)
        CHECK(same_bits(sum, want));
    }
}

TEST_CASE("a rank that fails ends the ranks that wait for it, with its message") {
  for (const int failing : {0, 1, 2}) {
    std::atomic<int> messages{0};
    const std::string thrown = message_of<ValueError>([&] {
      run_ranks(3, [&](Communicator& ranks) {
        ranks.exchange({}, {}, Device::cpu);
        if (ranks.rank() == failing) throw ValueError("[test] no more");
        const std::string message = message_of<RankError>([&] { ranks.exchange({}, {}, Device::cpu); });
        if (message == "[exchange] rank " + std::to_string(failing) + " failed: [test] no more") ++messages;
      });
    });
    CHECK(thrown == "[test] no more");
    CHECK(messages == 2);
  }
}

TEST_CASE("a rank that ends before the others is reported by name") {
  CHECK(message_of<RankError>([] {
          run_ranks(2, [](Communicator& ranks) {
            if (ranks.rank() == 0) ranks.exchange({}, {}, Device::cpu);
          });
        }) == "[exchange] rank 1 has ended, others still want to exchange with it");
}

TEST_CASE("messages that don't match are refused on the receiving rank, and the others learn of it") {
  const auto exchanged = [](Index sent, Index received, std::size_t messages) {
    return message_of<ShapeError>([&] {
      run_ranks(2, [&](Communicator& ranks) {
        Tensor x(1, 8), y(1, 8);
        if (ranks.rank() == 0) {
          const Sent out[]{{1, x.data(), sent}};
          ranks.exchange(out, {}, Device::cpu);
        } else {
          const std::vector<Received> in(messages, {0, y.data(), received});
          ranks.exchange({}, in, Device::cpu);
        }
        ranks.exchange({}, {}, Device::cpu);
      });
    });
  };
  for (const int other : {-1, 0, 2})
    CHECK(message_of<ValueError>([&] {
            run_ranks(2, [&](Communicator& ranks) {
              const Sent out[]{{other, nullptr, 0}};
              if (ranks.rank() == 0) ranks.exchange(out, {}, Device::cpu);
            });
          }).starts_with("[exchange] a message's other rank: got " + std::to_string(other) + " on rank 0"));
  CHECK(exchanged(3, 3, 1).empty());
  CHECK(exchanged(3, 4, 1).starts_with("[exchange] values from another rank: got 4, want 3"));
  CHECK(exchanged(3, 3, 0).starts_with("[exchange] values from another rank: got 0, want 3"));
  CHECK(exchanged(3, 3, 2).starts_with("[exchange] messages from another rank: got 0, want 1"));
}

TEST_CASE("gradients are summed together; a parameter without a gradient on all ranks has none") {
  run_ranks(3, [](Communicator& ranks) {
    const auto parameter = [](Index rows, Index columns) { return Variable(Tensor(rows, columns), true); };
    Parameters all{{"a", parameter(2, 3)}, {"b", parameter(1, 1)}, {"c", parameter(4, 1)}};
    for (const std::size_t p : {std::size_t{0}, std::size_t{2}}) {
      Variable& x = all[p].variable;
      x.add_grad(Tensor::filled(x.rows(), x.columns(), static_cast<Real>(ranks.rank() + 1)));
    }
    all_reduce_gradients(ranks, all);
    CHECK(same_bits(all[0].variable.grad(), Tensor::filled(2, 3, 6)));
    CHECK_FALSE(all[1].variable.has_grad());
    CHECK(same_bits(all[2].variable.grad(), Tensor::filled(4, 1, 6)));
  });
}

TEST_CASE("ranks without a device each, and no ranks, are refused") {
  const auto nothing = [](Communicator&) {};
  CHECK(message_of<ValueError>([&] { run_ranks(0, nothing); }) == "[run_ranks] ranks: got 0, want at least 1");
  CHECK(message_of<ShapeError>([&] {
          run_ranks(2, nothing, {.devices = {0}});
        }).starts_with("[run_ranks] devices: got 1, want 2"));
}
