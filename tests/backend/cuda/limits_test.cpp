#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "backend/cuda/machine.hpp"
#include "backend/dense_ops.hpp"
#include "backend/edge_ops.hpp"
#include "mercer/base/check.hpp"
#include "mercer/tensor/tensor.hpp"
#include "support/graphs.hpp"

/// Sizes too large for a grid or an int are refused before any memory is read.
namespace mercer::test {
namespace {

constexpr Index many = Index{1} << 33;

}  // namespace

TEST_CASE("more rows than a grid has blocks") {
  fresh_machine();
  const Tensor w(1, 4, Device::cuda);
  Tensor memory(1, 1, Device::cuda);
  const View y{memory.data(), many, 4, Device::cuda};
  SparseView x;
  x.rows = many, x.columns = 1, x.device = Device::cuda;
  CHECK(message_of<DeviceError>([&] { cuda::sparse_gemm(x, w, y); }) ==
        "[sparse_gemm] CUDA: blocks of a grid: got 8589934592 x 1 x 1, want at most 2147483647 x 65535 x 65535");
  CHECK(says(message_of<DeviceError>([&] {
               cuda::gemm({memory.data(), 64 * many, 1, Device::cuda}, false, w, false,
                          {memory.data(), 64 * many, 4, Device::cuda});
             }),
             "[gemm] CUDA: blocks of a grid: got "));
}

TEST_CASE("wider rows than an int counts") {
  fresh_machine();
  Tensor memory(1, 1, Device::cuda);
  const View wide{memory.data(), 1, many, Device::cuda};
  CHECK(message_of<DeviceError>([&] { cuda::add_row(wide, wide, wide); }) ==
        "[add_row] CUDA: columns: got 8589934592, want at most 2147483647");
  CHECK(says(message_of<DeviceError>([&] { cuda::sparse_gemm({.rows = 1, .columns = 1}, wide, wide); }),
             "[sparse_gemm] CUDA: blocks of a grid: got 1 x 16777216 x 1"));
}

TEST_CASE("more heads and wider ones than attention counts") {
  fresh_machine();
  const Graph graph(cycle(1));
  Tensor memory(1, 1, Device::cuda);
  const View wide{memory.data(), 1, many, Device::cuda}, narrow{memory.data(), 1, 1, Device::cuda};
  EdgeTerms terms;
  terms.kernel = Exponential{};
  const auto refused = [&](ConstView q, ConstView v, Index heads) {
    terms.q = terms.k = q;
    terms.heads = heads;
    return message_of<DeviceError>(
        [&] { cuda::attend_forward(terms, cuda::edge_lists(graph.view()).adjacency, v, narrow, {narrow}); });
  };
  CHECK(refused(wide, narrow, 1) == "[attend] CUDA: columns of a head of q: got 8589934592, want at most 2147483647");
  CHECK(refused(narrow, wide, 1) == "[attend] CUDA: columns of a head of v: got 8589934592, want at most 2147483647");
  CHECK(refused(wide, wide, many) == "[attend] CUDA: heads: got 8589934592, want at most 2147483647");
  CHECK(
      says(refused({memory.data(), 1, 1 << 20, Device::cuda}, narrow, 1), "bytes of shared memory, there are 232448"));
  terms.kernel = Constant{};
  CHECK(says(refused({}, {memory.data(), 1, 8 << 20, Device::cuda}, 8 << 20), "[attend] CUDA: blocks of a grid: got "));
}

}  // namespace mercer::test
