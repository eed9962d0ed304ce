#include <algorithm>

#include "backend/cuda/attend/team.cuh"
#include "backend/cuda/runtime/launch.cuh"
#include "backend/dense_ops.hpp"
#include "backend/edge_ops.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cuda {
namespace {

constexpr const char* op = "edge_energy";
constexpr int some = 8;  // features whose sums a thread holds

/// The edges of a row, or of a chunk of a long row.
struct Item {
  Index row;
  Edge first, last;
};

/// A pass over the edges of a list; q and k are its near and its far ends.
struct EnergyPass {
  EdgeList list;
  WeightedLeakySum pairing;
  Index heads;
  ConstView near, far, a, features, weight;

  EnergyPass(const EnergyTerms& terms, const EdgeList& edges, bool over_rows)
      : list(edges),
        pairing(terms.pairing),
        heads(terms.heads),
        near(over_rows ? terms.q : terms.k),
        far(over_rows ? terms.k : terms.q),
        a(terms.a),
        features(terms.features),
        weight(terms.weight) {}

  MERCER_HD Index columns() const { return a.columns; }
  MERCER_HD Index width() const { return a.columns / heads; }
  /// All rows, then the chunks of the long ones; a long row itself has no edges.
  MERCER_HD Index items() const { return list.edges.rows + list.chunk_count; }
  MERCER_HD Item item(Index n) const {
    if (n >= list.edges.rows) {
      const RowChunk& chunk = list.chunks[n - list.edges.rows];
      return {chunk.row, chunk.first, chunk.last};
    }
    const Edge first = list.edges.offset[n], last = list.edges.offset[n + 1];
    return {n, first, last - first <= list.longest ? last : first};
  }

  /// z of column c of the edge at a place of the list, and its slot.
  __device__ Real sum(Index row, Edge place, Edge slot, Index c) const {
    Real z = __ldg(near.row(row) + c) + __ldg(far.row(list.edges.neighbour[place]) + c);
    for (Index r = 0; r < features.columns; ++r)
      z += __ldg(features.row(slot) + r) * __ldg(weight.row(r) + c);
    return z;
  }
  /// ∂L/∂z
  __device__ Real slope(Real z, Index c, Real ds) const { return ds * pairing.slope(z, Real(0), __ldg(a.data + c)); }
};

/// A team for each item and head.
struct Energies {
  EnergyPass pass;
  View energy;

  __device__ void operator()(Index n, const Team& team) const {
    const Item item = pass.item(n / pass.heads);
    const Index h = n % pass.heads, d = pass.width();
    for (Edge place = item.first; place < item.last; ++place) {
      const Edge slot = pass.list.slot(place);
      Real mine = 0;
      for (Index c = h * d + team.lane; c < (h + 1) * d; c += team.lanes)
        mine += pass.pairing.term(pass.sum(item.row, place, slot, c), Real(0), __ldg(pass.a.data + c));
      const Real total = team.sum(mine);
      if (team.lane == 0) energy(slot, h) = total;
    }
  }
};

/// The gradient of the near ends: a thread for each item and column, then the sums over the chunks of long rows.
void differentiate_near(const EnergyPass& pass, ConstView denergy, View near) {
  Tensor shares = Tensor::uninitialized(pass.list.chunk_count, pass.columns(), Device::cuda);
  const View share = shares;
  for_each_entry(op, pass.items(), pass.columns(), [=] __device__(Index n, Index c) {
    const Item item = pass.item(n);
    Real total = 0;
    for (Edge place = item.first; place < item.last; ++place) {
      const Edge slot = pass.list.slot(place);
      const Real ds = __ldg(denergy.row(slot) + c / pass.width());
      if (ds != 0) total += pass.slope(pass.sum(item.row, place, slot, c), c, ds);
    }
    const Index chunk = n - pass.list.edges.rows;
    (chunk < 0 ? near(item.row, c) : share(chunk, c)) = total;
  });
  for_each_entry(op, pass.list.long_row_count, pass.columns(), [=] __device__(Index n, Index c) {
    const LongRow row = pass.list.long_rows[n];
    Real total = 0;
    for (Index chunk = row.first; chunk < row.last; ++chunk)
      total += share(chunk, c);
    near(row.row, c) = total;
  });
}

/// dW, and da as a row after it: in parts of every so many items, which are summed in their order.
void differentiate_shared(const EnergyPass& pass, ConstView denergy, View a, View weight) {
  constexpr Index most_values = Index{1} << 21, most_parts = 1024, items_of_part = 16;
  const Index f = pass.features.columns, columns = pass.columns();
  const Index parts =
      std::clamp<Index>(std::min(pass.items() / items_of_part, most_values / ((f + 1) * columns)), 1, most_parts);
  Tensor of_parts = Tensor::uninitialized(parts, (f + 1) * columns, Device::cuda);
  Tensor sums = Tensor::uninitialized(1, (f + 1) * columns, Device::cuda);
  const View share = of_parts;
  for_each_entry(op, parts, (f + some) / some * columns, [=] __device__(Index part, Index at) {
    const Index c = at % columns, first = at / columns * some, end = first + some <= f + 1 ? first + some : f + 1;
    Real total[some] = {};
    for (Index n = part; n < pass.items(); n += parts) {
      const Item item = pass.item(n);
      for (Edge place = item.first; place < item.last; ++place) {
        const Edge slot = pass.list.slot(place);
        const Real ds = __ldg(denergy.row(slot) + c / pass.width());
        if (ds == 0) continue;
        const Real z = pass.sum(item.row, place, slot, c), dz = pass.slope(z, c, ds);
#pragma unroll
        for (int r = 0; r < some; ++r)
          if (first + r < f)
            total[r] += __ldg(pass.features.row(slot) + first + r) * dz;
          else if (first + r == f)
            total[r] += ds * pass.pairing.weight_slope(z, Real(0));
      }
    }
#pragma unroll
    for (int r = 0; r < some; ++r)
      if (first + r < end) share(part, (first + r) * columns + c) = total[r];
  });
  sum_of_rows(of_parts, sums);
  const View sum = sums;
  for_each(op, (f + 1) * columns, [=] __device__(Index n) {
    const View& to = n < f * columns ? weight : a;
    if (to.data != nullptr) to.data[n < f * columns ? n : n - f * columns] = sum.data[n];
  });
}

/// The gradient of features: a team for each item, which takes some features at a time.
struct FeatureGradients {
  EnergyPass pass;
  ConstView denergy;
  View features;

  __device__ void operator()(Index n, const Team& team) const {
    const Item item = pass.item(n);
    for (Edge place = item.first; place < item.last; ++place)
      for (Index first = 0; first < features.columns; first += some)
        take(item.row, place, first, team);
  }

 private:
  __device__ void take(Index row, Edge place, Index first, const Team& team) const {
    const Edge slot = pass.list.slot(place);
    Real mine[some] = {};
    for (Index c = team.lane; c < pass.columns(); c += team.lanes) {
      const Real ds = __ldg(denergy.row(slot) + c / pass.width());
      if (ds == 0) continue;
      const Real dz = pass.slope(pass.sum(row, place, slot, c), c, ds);
#pragma unroll
      for (int r = 0; r < some; ++r)
        if (first + r < features.columns) mine[r] += __ldg(pass.weight.row(first + r) + c) * dz;
    }
#pragma unroll
    for (int r = 0; r < some; ++r) {
      const Real total = team.sum(mine[r]);
      if (team.lane == 0 && first + r < features.columns) features(slot, first + r) = total;
    }
  }
};

}  // namespace

void edge_energy(const EnergyTerms& terms, const EdgeList& adjacency, View energy) {
  const EnergyPass pass(terms, adjacency, true);
  for_each_team(op, pass.items() * pass.heads, pass.width(), Energies{pass, energy});
}

void edge_energy_backward(const EnergyTerms& terms, const EdgeLists& edges, ConstView denergy,
                          const EnergyGradients& wanted) {
  const EnergyPass rows(terms, edges.adjacency, true);
  if (wanted.q.data != nullptr) differentiate_near(rows, denergy, wanted.q);
  if (wanted.a.data != nullptr || wanted.weight.data != nullptr)
    differentiate_shared(rows, denergy, wanted.a, wanted.weight);
  if (wanted.features.data != nullptr)
    for_each_team(op, rows.items(), rows.columns(), FeatureGradients{rows, denergy, wanted.features});
  if (wanted.k.data != nullptr) differentiate_near(EnergyPass(terms, edges.transpose, false), denergy, wanted.k);
}

}  // namespace mercer::cuda
