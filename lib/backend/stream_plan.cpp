#include "backend/stream_plan.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/side_cache.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// Goes through the rows of a graph and closes a piece whenever the next row would be too much for it.
class Cutter {
 public:
  Cutter(CsrView g, const PieceCost& cost, std::size_t most)
      : g_(g), cost_(cost), most_(most), listed_by_(at(g.columns), -1), number_(at(g.columns)) {}

  std::vector<GraphPiece> cut() {
    for (Index i = 0; i < g_.rows; ++i) {
      if (const std::size_t more = cost_of_row(i); bytes_ + more > most_) {
        close(i);
        bytes_ = cost_.once + cost_of_row(i);
        if (bytes_ > most_) too_large(i);
      } else {
        bytes_ += more;
      }
      list(i);
    }
    close(g_.rows);
    return std::move(pieces_);
  }

 private:
  static std::size_t at(Index i) { return static_cast<std::size_t>(i); }

  /// What the row adds to the piece in work.
  std::size_t cost_of_row(Index i) {
    std::size_t fresh = 0;
    for (const Edge e : g_.row(i))
      if (listed_by_[at(g_.neighbour[e])] != turn_) ++fresh;
    return cost_.row + fresh * cost_.column + at(g_.degree(i)) * cost_.edge;
  }

  void list(Index i) {
    for (const Edge e : g_.row(i))
      if (std::exchange(listed_by_[at(g_.neighbour[e])], turn_) != turn_) columns_.push_back(g_.neighbour[e]);
  }

  void close(Index last) {
    if (last == first_) return;
    std::ranges::sort(columns_);
    for (std::size_t c = 0; c < columns_.size(); ++c)
      number_[at(columns_[c])] = static_cast<Node>(c);
    const Edge first_slot = g_.offset[first_];
    std::vector<Edge> offset;
    std::vector<Node> neighbour;
    for (Index i = first_; i <= last; ++i)
      offset.push_back(g_.offset[i] - first_slot);
    for (Edge e = first_slot; e < g_.offset[last]; ++e)
      neighbour.push_back(number_[at(g_.neighbour[e])]);
    const Index columns = std::ssize(columns_);
    pieces_.push_back({first_, last, first_slot, std::exchange(columns_, {}),
                       Csr(last - first_, columns, std::move(offset), std::move(neighbour))});
    first_ = last;
    ++turn_;
  }

  [[noreturn]] void too_large(Index i) const {
    throw ValueError("[pieces_of] row " + std::to_string(i) + " with its " + std::to_string(g_.degree(i)) +
                     " neighbours wants " + std::to_string(bytes_) + " bytes at once, a piece has " +
                     std::to_string(most_));
  }

  CsrView g_;
  PieceCost cost_;
  std::size_t most_;
  std::vector<Index> listed_by_;  // [columns]  the last piece that listed it
  std::vector<Node> number_;      // [columns]  in the piece that is closed
  std::vector<GraphPiece> pieces_;
  std::vector<Node> columns_;  // of the piece in work
  Index first_ = 0, turn_ = 0;
  std::size_t bytes_ = cost_.once;
};

}  // namespace

std::size_t PieceCost::of(const GraphPiece& piece) const {
  return once + static_cast<std::size_t>(piece.rows()) * row + piece.columns.size() * column +
         static_cast<std::size_t>(piece.edges.edges()) * edge;
}

std::vector<GraphPiece> pieces_of(CsrView g, const PieceCost& cost, std::size_t most) {
  return Cutter(g, cost, most).cut();
}

StreamPlan::StreamPlan(const CsrView& adjacency, const CsrView& transpose, std::size_t device_bytes)
    : adjacency_(adjacency), transpose_(transpose), device_bytes_(device_bytes) {
  require(device_bytes > 0, "StreamPlan", "device_bytes: got 0, want more");
}

StreamPlan::Pass& StreamPlan::found(Over over, const PieceCost& cost) {
  const auto known = std::ranges::find_if(passes_, [&](const Pass& p) { return p.over == over && p.cost == cost; });
  if (known != passes_.end()) return *known;
  const CsrView& g = over == Over::rows ? adjacency_ : transpose_;
  Pass made{.over = over, .cost = cost, .pieces = pieces_of(g, cost, device_bytes_ / 2)};
  for (const GraphPiece& piece : made.pieces) {
    made.slot_bytes = std::max(made.slot_bytes, cost.of(piece));
    made.moved_bytes += cost.of(piece);
  }
  return passes_.emplace_back(std::move(made));
}

const StreamPlan::Pass& StreamPlan::pass(Over over, const PieceCost& cost) {
  const std::scoped_lock lock(cutting_);
  Pass& pass = found(over, cost);
  ++pass.times;
  return pass;
}

const StreamPlan::Pass& StreamPlan::cut(Over over, const PieceCost& cost) {
  const std::scoped_lock lock(cutting_);
  return found(over, cost);
}

StreamPlan& stream_plan(const TopologyView& topology, std::size_t device_bytes) {
  using Kept = std::shared_ptr<StreamPlan>;
  const auto listed = [](const EdgeRows& g) { return CsrView{g.rows, g.columns, g.offset, g.neighbour}; };
  return *topology.cache->get<Kept>(device_bytes, [&] {
    return std::make_shared<StreamPlan>(listed(topology.adjacency), listed(topology.transpose), device_bytes);
  });
}

}  // namespace mercer
