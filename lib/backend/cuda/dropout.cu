#include "backend/cuda/attend/team.cuh"
#include "backend/cuda/draws.cuh"
#include "backend/dense_ops.hpp"

namespace mercer::cuda {
namespace {

constexpr int of_draw = 8;      // elements that one draw decides
constexpr int team_lanes = 16;  // one draw for each lane
constexpr int chunk = of_draw * team_lanes;

struct Chunk {
  Index start;      // element 0 of the chunk, in x
  Index draw;       // number of its first draw
  int first, last;  // elements first … last − 1 exist

  __device__ bool has(int n) const { return n >= first && n < last; }
};

/// Lane l draws for elements 8 l … 8 l + 7, and reads and writes elements l, 16 + l, …: neighbouring lanes access
/// neighbouring elements.
__device__ void drop_chunk(const Real* x, const Chunk& at, const Dropout& drop, const Team& team, Real* y) {
  Real mine[of_draw];
  bool not_zero = false;
  for (int k = 0; k < of_draw; ++k) {
    const int n = k * team_lanes + team.lane;
    mine[k] = at.has(n) ? x[at.start + n] : Real(0);
    not_zero = not_zero || mine[k] != 0;
  }
  // rows far from any label have gradients of 0: no draw is needed
  const bool drawn = team.any(not_zero);
  const unsigned kept = drawn ? kept_of_elements(drop, at.draw + team.lane) : 0;
  const Real scale = drop.scale();
  for (int k = 0; k < of_draw; ++k) {
    const int n = k * team_lanes + team.lane;
    const unsigned bits = team.of_lane(kept, n / of_draw);
    if (at.has(n)) y[at.start + n] = (bits >> (n % of_draw) & 1u) != 0 ? mine[k] * scale : Real(0);
  }
}

/// The rows of x with numbers of their own: element c of row i is element rows[i] · columns + c of the whole. Each
/// thread takes one draw of a row.
void drop_numbered_rows(ConstView x, const Dropout& drop, const Node* rows, View y) {
  const Index most = (x.columns + 2 * (of_draw - 1)) / of_draw;  // draws of a row, which may begin inside one
  for_each("dropout", x.rows * most, [=] __device__(Index n) {
    const Index i = n / most, first = Index{rows[i]} * x.columns;  // the row's first element in the whole
    const Index draw = first / of_draw + n % most;
    const unsigned kept = kept_of_elements(drop, draw);
    for (int part = 0; part < of_draw; ++part)
      if (const Index c = draw * of_draw + part - first; c >= 0 && c < x.columns)
        y(i, c) = (kept >> part & 1u) != 0 ? x(i, c) * drop.scale() : Real(0);
  });
}

}  // namespace

void dropout(ConstView x, const Dropout& dropped, const Node* rows, View y) {
  const Dropout drop = dropped;
  if (rows != nullptr) return drop_numbered_rows(x, drop, rows, y);
  // the first element of a part may be inside a draw
  const Index origin = drop.first_row * x.columns, late = origin % of_draw;
  for_each_team("dropout", (late + x.size() + chunk - 1) / chunk, team_lanes,
                [=] __device__(Index n, const Team& team) {
                  const Index start = n * chunk - late, left = x.size() - start;
                  const Chunk at{start, origin / of_draw + n * team_lanes, n == 0 ? static_cast<int>(late) : 0,
                                 static_cast<int>(left < chunk ? left : chunk)};
                  drop_chunk(x.data, at, drop, team, y.data);
                });
}

}  // namespace mercer::cuda
