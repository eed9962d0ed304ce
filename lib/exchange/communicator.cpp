#include "mercer/exchange/communicator.hpp"

#include <string>
#include <vector>

#include "backend/operators.hpp"
#include "mercer/base/check.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer {
namespace {

/// The begin of slice r when `count` values are cut into a slice for each rank.
Index slice(Index count, int r, int ranks) { return count * r / ranks; }

}  // namespace

void Communicator::exchange(std::span<const Sent> sent, std::span<const Received> received, Device device) {
  const auto check = [this](int other) {
    require(other >= 0 && other < size() && other != rank(), "exchange",
            "a message's other rank: got " + std::to_string(other) + " on rank " + std::to_string(rank()) +
                ", want another of " + std::to_string(size()));
  };
  for (const Sent& message : sent)
    check(message.to);
  for (const Received& message : received)
    check(message.from);
  transfer(sent, received, device);
  for (const Received& message : received)
    received_bytes_ += static_cast<std::size_t>(message.count) * sizeof(Real);
}

void all_reduce_sum(Communicator& ranks, View x) {
  const int size = ranks.size(), me = ranks.rank();
  const Index mine = slice(x.size(), me, size), width = slice(x.size(), me + 1, size) - mine;
  std::vector<Sent> sent;
  std::vector<Received> received;
  const auto each_other = [&](auto&& visit) {
    sent.clear(), received.clear();
    for (int r = 0; r < size; ++r)
      if (r != me) visit(r, slice(x.size(), r, size), slice(x.size(), r + 1, size));
    ranks.exchange(sent, received, x.device);
  };
  // pass 1: each rank receives its slice of x from all ranks and adds these up
  Tensor shares = Tensor::uninitialized(size, width, x.device);
  copy_bytes(shares.row(me), x.device, x.data + mine, x.device, static_cast<std::size_t>(width) * sizeof(Real));
  each_other([&](int r, Index first, Index last) {
    sent.push_back({r, x.data + first, last - first});
    received.push_back({r, shares.row(r), width});
  });
  const View sum{x.data + mine, 1, width, x.device};
  op::sum_of_rows(shares, sum);
  // pass 2: each gets everyone's sums
  each_other([&](int r, Index first, Index last) {
    sent.push_back({r, sum.data, width});
    received.push_back({r, x.data + first, last - first});
  });
}

void all_reduce_gradients(Communicator& ranks, const Parameters& parameters) {
  std::vector<Variable> with;
  Index count = 0;
  for (const Parameter& p : parameters)
    if (p.variable.has_grad()) {
      with.push_back(p.variable);
      count += p.variable.grad().size();
    }
  if (with.empty()) return;
  const Device device = with.front().device();
  Tensor all = Tensor::uninitialized(1, count, device);
  const auto each = [&](auto&& visit) {
    Real* at = all.data();
    for (Variable& x : with) {
      visit(at, x.mutable_grad(), static_cast<std::size_t>(x.grad().size()) * sizeof(Real));
      at += x.grad().size();
    }
  };
  each([&](Real* at, Tensor& grad, std::size_t bytes) { copy_bytes(at, device, grad.data(), device, bytes); });
  all_reduce_sum(ranks, all);
  each([&](Real* at, Tensor& grad, std::size_t bytes) { copy_bytes(grad.data(), device, at, device, bytes); });
}

}  // namespace mercer
