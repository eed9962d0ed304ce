#include "mercer/exchange/partitioned.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backend/operators.hpp"
#include "backend/peers.hpp"
#include "mercer/base/check.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer {
namespace {

/// The rows that other ranks need, from matrices on any device.
class SentRows {
 public:
  explicit SentRows(std::vector<Node> rows) : rows_(std::move(rows)) {}

  Tensor of(const HaloRows& matrix, Device device) {
    Tensor rows = Tensor::uninitialized(std::ssize(rows_), matrix.columns, device);
    if (!rows.empty()) op::take_rows(matrix.own, on(device), rows);
    return rows;
  }

 private:
  const Node* on(Device device) {
    if (device.is_cpu()) return rows_.data();
    if (!on_device_) on_device_ = Buffer::of(std::span<const Node>(rows_), device);
    return static_cast<const Node*>(on_device_->data());
  }

  std::vector<Node> rows_;
  std::optional<Buffer> on_device_;  // copied on first use
};

/// A halo whose rows come from the other ranks.
class RankHalo : public Halo {
 public:
  RankHalo(const Part& part, Communicator& ranks)
      : ranks_(ranks), side_{Lists(part.source_halo), Lists(part.target_halo), Lists(part.edge_halo)} {}

  Index ghosts(Side side) const override { return of(side).ghosts; }

  void pull(Side side, std::span<const HaloRows> matrices, Device device) const override {
    Lists& lists = of(side);
    std::vector<Tensor> packed;
    std::vector<Sent> sent;
    std::vector<Received> received;
    for (const HaloRows& matrix : matrices) {
      const Tensor& rows = packed.emplace_back(lists.sent.of(matrix, device));
      for (const PartRange& range : lists.send)
        sent.push_back({range.part, rows.row(range.first), (range.last - range.first) * matrix.columns});
      for (const PartRange& range : lists.receive)
        received.push_back(
            {range.part, matrix.ghosts + range.first * matrix.columns, (range.last - range.first) * matrix.columns});
    }
    ranks_.exchange(sent, received, device);
  }

  void add_up(Real* x, Index count, Device device) const override { all_reduce_sum(ranks_, {x, 1, count, device}); }

 private:
  struct Lists {
    explicit Lists(const HaloLists& of) : sent(of.sent), send(of.send), receive(of.receive), ghosts(of.ghosts) {}

    SentRows sent;
    std::vector<PartRange> send, receive;
    Index ghosts;
  };

  Lists& of(Side side) const { return side_[static_cast<std::size_t>(side)]; }

  Communicator& ranks_;
  mutable Lists side_[3];
};

}  // namespace

Partitioned partitioned(const Part& part, Communicator& ranks) {
  for (const HaloLists* lists : {&part.source_halo, &part.target_halo, &part.edge_halo})
    for (const PartRange& range : lists->receive)
      require(range.part < ranks.size() && range.part != ranks.rank(), "partitioned",
              "part: asks part " + std::to_string(range.part) + ", there are " + std::to_string(ranks.size()) +
                  " ranks and this is " + std::to_string(ranks.rank()));
  return {std::make_shared<const Part>(part), std::make_shared<const RankHalo>(part, ranks)};
}

}  // namespace mercer
