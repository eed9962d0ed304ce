#include <cuda_runtime.h>
#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <utility>

#include "backend/cuda/machine.hpp"
#include "backend/cuda/nccl_face.hpp"
#include "backend/dense_ops.hpp"
#include "backend/edge_list.hpp"
#include "exchange/part_case.hpp"
#include "exchange/part_training.hpp"
#include "mercer/base/check.hpp"
#include "mercer/device/device.hpp"
#include "support/kernels.hpp"
#include "support/random_tensor.hpp"

/// One graph on several devices: one rank for each, on its own thread.
namespace mercer::test {
namespace {

constexpr std::size_t MiB = std::size_t{1} << 20;

const RankOptions two{.devices = {0, 1}, .nccl = false}, three{.devices = {2, 0, 1}, .nccl = false};

RankOptions by_nccl(RankOptions where) {
  where.nccl = true;
  return where;
}

void check_devices(const PartCase& c, const std::vector<Index>& sizes, const RankOptions& where) {
  check_parts(c, runs_of(sizes), Device::cuda, where);
  check_all_given_back();
}

}  // namespace

TEST_CASE("attention on two devices has the bits of one: every kernel") {
  fresh_machine({64 * MiB, 64 * MiB});
  for (const AnyKernel& kernel : all_kernels())
    check_devices({.graph = Graph(hubs_and_scattered(24)), .kernel = kernel, .normaliser = Normaliser::row_sum},
                  {9, 15}, two);
}

TEST_CASE("attention on three devices, one without rows: dropout, biases and weights belong to their edges") {
  fresh_machine({64 * MiB, 64 * MiB, 64 * MiB});
  for (const Normaliser by : {Normaliser::softmax, Normaliser::symmetric, Normaliser::none})
    for (const std::vector<Index>& sizes : {std::vector<Index>{10, 0, 14}, {7, 9, 8}})
      check_devices({.graph = Graph(hubs_and_scattered(24)),
                     .kernel = Exponential{},
                     .normaliser = by,
                     .heads = 3,
                     .biased = true,
                     .dropout = 0.4f,
                     .few_rows = true},
                    sizes, three);
}

TEST_CASE("copies and kernels of all devices run in any order that the events allow") {
  for (const simt::Order order : {simt::Order::forward, simt::Order::reverse, simt::Order::random}) {
    fresh_machine({64 * MiB, 64 * MiB, 64 * MiB});
    simt::config().streams = order;
    check_devices({.graph = Graph(hubs_and_scattered(24)), .kernel = Additive{}, .biased = true, .dropout = 0.3f},
                  {7, 9, 8}, three);
  }
}

TEST_CASE("peer access is enabled on each thread that needs it, also when another thread enabled it before") {
  fresh_machine({64 * MiB, 64 * MiB});
  simt::config().peers = true;
  for (int run = 0; run < 2; ++run)
    check_devices({.graph = Graph(hubs_and_scattered(24)), .kernel = Gaussian{}}, {9, 15}, two);
  CHECK(cudaDeviceEnablePeerAccess(1, 0) == cudaErrorPeerAccessAlreadyEnabled);
  CHECK(cudaGetLastError() == cudaErrorPeerAccessAlreadyEnabled);
}

TEST_CASE("exchange by NCCL gives the bits of exchange by copies") {
  CHECK(nccl_description() == "version 2.28.3");
  const auto joined = [](const PartCase& c, const std::vector<Index>& sizes, const RankOptions& where) {
    static_cast<void>(nccl_counts());
    check_devices(c, sizes, by_nccl(where));
    const NcclCounts counts = nccl_counts();
    CHECK(counts.joined == static_cast<int>(std::ssize(sizes)));
    CHECK(counts.destroyed == counts.joined);
    CHECK(counts.aborted == 0);
    CHECK(counts.messages > 0);
  };
  for (const simt::Order order : {simt::Order::forward, simt::Order::reverse, simt::Order::random}) {
    fresh_machine({64 * MiB, 64 * MiB, 64 * MiB});
    simt::config().streams = order;
    const PartCase c{.graph = Graph(hubs_and_scattered(24)), .kernel = Additive{}, .biased = true, .dropout = 0.3f};
    joined(c, {7, 9, 8}, three);
    joined(c, {10, 0, 14}, three);
    joined(c, {9, 15}, two);
  }
  CHECK(cuda_device_in_use() == 0);
}

TEST_CASE("with NCCL, messages that don't match are refused on all devices before any is sent") {
  fresh_machine({64 * MiB, 64 * MiB, 64 * MiB});
  static_cast<void>(nccl_counts());
  std::atomic<int> refused{0};
  CHECK(says(message_of<ShapeError>([&] {
               run_ranks(
                   3,
                   [&](Communicator& ranks) {
                     Tensor x(1, 4, Device::cuda);
                     const Sent out[]{{(ranks.rank() + 1) % 3, x.data(), 2}};
                     const Received in[]{{(ranks.rank() + 2) % 3, x.data() + 2, ranks.rank() == 1 ? 1 : 2}};
                     if (!message_of<ShapeError>([&] { ranks.exchange(out, in, Device::cuda); }).empty()) ++refused;
                   },
                   by_nccl(three));
             }),
             "[exchange] values from another rank: got 1, want 2"));
  CHECK(refused == 3);
  CHECK(nccl_counts().messages == 0);
  check_all_given_back();
}

TEST_CASE("when any call of NCCL fails, no rank waits forever, no communicator leaks, and a retry works") {
  const PartCase c{.graph = Graph(hubs_and_scattered(12)), .kernel = Exponential{}, .biased = true};
  const auto attended = [&] { return on_parts(c, runs_of({5, 7}), Device::cuda, by_nccl(two)); };
  fresh_machine({64 * MiB, 64 * MiB});
  const PartResults want = attended();
  for (const NcclCall call : {NcclCall::init, NcclCall::send, NcclCall::group_end}) {
    int failed = 0;
    for (int n = 1;; n += 2) {
      CAPTURE(n);
      fresh_machine({64 * MiB, 64 * MiB});
      static_cast<void>(nccl_counts());
      nccl_fails_at(call, n);
      const std::string message = message_of<DeviceError>([&] { static_cast<void>(attended()); });
      nccl_fails_at(call, 0);
      const NcclCounts counts = nccl_counts();
      CHECK(counts.joined == counts.destroyed + counts.aborted);
      CHECK(same_bits(attended().front(), want.front()));
      check_all_given_back();
      if (message.empty()) break;
      CHECK(says(message, "[exchange] NCCL: "));
      ++failed;
    }
    CHECK(failed > 0);
  }
}

TEST_CASE("with NCCL, a rank that fails ends the waiting of the others") {
  fresh_machine({64 * MiB, 64 * MiB});
  static_cast<void>(nccl_counts());
  CHECK(message_of<ValueError>([] {
          run_ranks(
              2,
              [](Communicator& ranks) {
                Tensor x(1, 4, Device::cuda);
                all_reduce_sum(ranks, x);
                if (ranks.rank() == 1) throw ValueError("[test] no more");
                all_reduce_sum(ranks, x);
              },
              by_nccl(two));
        }) == "[test] no more");
  CHECK(nccl_counts().aborted == 2);
  check_all_given_back();
}

TEST_CASE("one graph that is used on two devices has a copy on each") {
  fresh_machine({64 * MiB, 64 * MiB});
  {
    const Graph graph(hubs_and_scattered(12));
    const Edge* first = cuda::edge_lists(graph.view()).adjacency.edges.offset;
    CHECK(first == cuda::edge_lists(graph.view()).adjacency.edges.offset);
    const Tensor q = random_tensor(12, 8, 1), v = random_tensor(12, 8, 2);
    const auto on_its_device = [&] {
      const Variable there(q.to(Device::cuda));
      return attend(graph, Gaussian{}, there, there, Variable(v.to(Device::cuda)), {.heads = 2})
          .value()
          .to(Device::cpu);
    };
    const Tensor want = on_its_device();
    run_ranks(1,
              [&](Communicator&) {
                CHECK(same_bits(on_its_device(), want));
                CHECK(cuda::edge_lists(graph.view()).adjacency.edges.offset != first);
              },
              {.devices = {1}});
  }
  check_all_given_back();
}

TEST_CASE("ranks may share a device") {
  fresh_machine({64 * MiB, 64 * MiB});
  check_devices({.graph = Graph(hubs_and_scattered(24)), .kernel = Gaussian{}}, {7, 9, 8}, {.devices = {1, 0, 1}});
}

TEST_CASE("training on two and three devices equals training on one" * doctest::test_suite("parts, long")) {
  fresh_machine({64 * MiB, 64 * MiB, 64 * MiB});
  for (const char* model : {"gat", "gatv2", "gcn", "rbf", "ikan-direct"}) {
    check_training({.name = model}, {33, 27}, Device::cuda, two);
    check_all_given_back();
  }
  check_training({.name = "gat"}, {20, 0, 40}, Device::cuda, three);
  check_all_given_back();
}

TEST_CASE("each rank's tensors are on its device, and the caller's device stays") {
  fresh_machine({64 * MiB, 64 * MiB});
  use_cuda_device(1);
  run_ranks(
      2,
      [](Communicator& ranks) {
        CHECK(cuda_device_in_use() == ranks.rank());
        Tensor x = Tensor::filled(2, 3, static_cast<Real>(ranks.rank() + 1)).to(Device::cuda);
        all_reduce_sum(ranks, x);
        CHECK(same_bits(x.to(Device::cpu), Tensor::filled(2, 3, 3)));
      },
      two);
  CHECK(cuda_device_in_use() == 1);
  check_all_given_back();
}

TEST_CASE("a failing device is reported to all ranks") {
  fresh_machine({64 * MiB, 64 * MiB});
  std::atomic<int> reports{0};
  const std::string thrown = message_of<DeviceError>([&] {
    run_ranks(
        2,
        [&](Communicator& ranks) {
          const Tensor there(1, 1, Device::cuda);
          if (ranks.rank() == 1) Tensor(Index{2} << 30, 1, Device::cuda);
          if (says(message_of<RankError>([&] { ranks.exchange({}, {}, Device::cuda); }), "rank 1 failed: [allocate]"))
            ++reports;
        },
        two);
  });
  CHECK(says(thrown, "[allocate] CUDA: out of memory"));
  CHECK(reports == 1);
  CHECK(message_of<DeviceError>([] { run_ranks(1, [](Communicator&) {}, {.devices = {7}}); }) ==
        "[device] CUDA device 7: there are 2, from 0");
  check_all_given_back();
}

TEST_CASE("when any call of any device fails, no rank waits forever, and a retry works") {
  const PartCase c{.graph = Graph(hubs_and_scattered(12)), .kernel = Exponential{}, .biased = true, .dropout = 0.3f};
  const auto attended = [&](const RankOptions& where) { return on_parts(c, runs_of({5, 7}), Device::cuda, where); };
  const std::pair<simt::Call, cudaError_t> faults[] = {{simt::Call::allocate, cudaErrorMemoryAllocation},
                                                       {simt::Call::copy, cudaErrorInvalidValue},
                                                       {simt::Call::launch, cudaErrorLaunchOutOfResources},
                                                       {simt::Call::create, cudaErrorUnknown},
                                                       {simt::Call::event, cudaErrorUnknown},
                                                       {simt::Call::synchronize, cudaErrorUnknown}};
  fresh_machine({64 * MiB, 64 * MiB});
  const PartResults want = attended(two);
  check_all_given_back();
  for (const RankOptions& where : {two, by_nccl(two)})
    for (const auto& fault : faults) {
      const auto [call, status] = fault;
      CAPTURE(where.nccl);
      CAPTURE(static_cast<int>(fault.first));
      int failed = 0;
      for (unsigned n = 1;; n += 5) {
        CAPTURE(n);
        fresh_machine({64 * MiB, 64 * MiB});
        simt::fail_at(call, n, status);
        const std::string message = message_of<DeviceError>([&] { static_cast<void>(attended(where)); });
        simt::fail_at(call, 0, cudaSuccess);
        CHECK(same_bits(attended(where).front(), want.front()));
        check_all_given_back();
        if (message.empty()) break;
        CHECK((says(message, cudaGetErrorName(status)) || (where.nccl && says(message, "[exchange] NCCL: "))));
        ++failed;
      }
      CHECK(failed > 0);
    }
}

TEST_CASE("dropout of rows of a tensor is the same on a device and on the CPU") {
  fresh_machine();
  const SparseMatrix sparse = random_sparse(40, 21);
  for (const Index first : {Index{0}, Index{1}, Index{2}, Index{7}, Index{39}, Index{40}}) {
    Dropout drop{0.3f, {.seed = 5, .step = 2, .call = 1}};
    drop.first_row = first;
    const Tensor x = random_tensor(40 - first, 13);
    Tensor want(x.rows(), 13), got(x.rows(), 13, Device::cuda);
    cpu::dropout(x, drop, nullptr, want);
    cuda::dropout(x.to(Device::cuda), drop, nullptr, got);
    CHECK(same_bits(got.to(Device::cpu), want));
    const SparseMatrix rows = sparse.rows(first, 40);
    CHECK(same_bits(cuda::sparse_dropout(rows.to(Device::cuda), drop).to(Device::cpu).to_dense(),
                    cpu::sparse_dropout(rows, drop).to_dense()));
  }
}

TEST_CASE("values on a device and on the host are not exchanged") {
  fresh_machine();
  CHECK(says(message_of<ShapeError>([] {
               run_ranks(2, [](Communicator& ranks) {
                 Tensor x(1, 4, ranks.rank() == 0 ? Device::cpu : Device::cuda);
                 all_reduce_sum(ranks, x);
               });
             }),
             "[exchange] ranks on a CUDA device, of 2"));
  check_all_given_back();
}

}  // namespace mercer::test
