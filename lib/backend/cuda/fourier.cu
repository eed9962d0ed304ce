#include <algorithm>
#include <array>
#include <numbers>

#include "backend/cuda/head_product.cuh"
#include "backend/cuda/runtime/launch.cuh"
#include "backend/dense_ops.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cuda {
namespace {

constexpr int rows_of_thread = 4;  // rows that use each frequency that a thread reads
constexpr int sets_at_once = 4;

/// The matrices of frequencies of one launch.
struct Sets {
  std::array<const Real*, sets_at_once> w;
  int count;
};

struct Sizes {
  Index rows, heads, d, M;
};

/// The work of a thread: frequency m of a head, and every row_lanes-th row from `row` on. Neighbouring threads have
/// neighbouring frequencies.
struct Place {
  Index head, m, row;
  int row_lanes;

  __device__ explicit Place(int lanes) : row_lanes(threads_of_block / lanes) {
    const int thread = static_cast<int>(threadIdx.x);
    head = blockIdx.y;
    m = static_cast<Index>(blockIdx.z) * lanes + thread % lanes;
    row = static_cast<Index>(blockIdx.x) * row_lanes * rows_of_thread + thread / lanes;
  }
  __device__ Index row_of(int r) const { return row + static_cast<Index>(r) * row_lanes; }
};

/// u_r = Σ_c x_rc w_cm for the rows of a thread; a row beyond the end is replaced by the last row.
__device__ void project(const Place& at, const Sizes& n, const Real* x, const Real* w, Real (&u)[rows_of_thread]) {
  const Real* of_row[rows_of_thread];
  for (int r = 0; r < rows_of_thread; ++r) {
    const Index i = at.row_of(r) < n.rows ? at.row_of(r) : n.rows - 1;
    of_row[r] = x + (i * n.heads + at.head) * n.d;
    u[r] = 0;
  }
  const Real* frequency = w + at.head * n.d * n.M + at.m;
  for (Index c = 0; c < n.d; ++c, frequency += n.M)
    for (int r = 0; r < rows_of_thread; ++r)
      u[r] += of_row[r][c] * *frequency;
}

/// phi = Σ_s [cos 2πu_s | sin 2πu_s], or += when `add`
__global__ void __launch_bounds__(threads_of_block)
    sum_waves(int lanes, Sizes n, const Real* x, Sets sets, bool add, Real* phi) {
  const Place at(lanes);
  if (at.m >= n.M) return;
  Real cosine[rows_of_thread] = {}, sine[rows_of_thread] = {}, u[rows_of_thread];
  for (int s = 0; s < sets.count; ++s) {
    project(at, n, x, sets.w[static_cast<std::size_t>(s)], u);
    for (int r = 0; r < rows_of_thread; ++r) {
      Real sin_of, cos_of;
      sincospif(2 * u[r], &sin_of, &cos_of);
      cosine[r] += cos_of;
      sine[r] += sin_of;
    }
  }
  for (int r = 0; r < rows_of_thread && at.row_of(r) < n.rows; ++r) {
    Real* to = phi + (at.row_of(r) * n.heads + at.head) * 2 * n.M + at.m;
    to[0] = add ? to[0] + cosine[r] : cosine[r];
    to[n.M] = add ? to[n.M] + sine[r] : sine[r];
  }
}

/// g = ∂L/∂u = 2π (−sin 2πu · G_m + cos 2πu · G_{M+m}), G = dphi; g [rows, h*M]
__global__ void __launch_bounds__(threads_of_block)
    turn_gradients(int lanes, Sizes n, const Real* x, const Real* w, const Real* dphi, Real* g) {
  constexpr Real full = 2 * std::numbers::pi_v<Real>;
  const Place at(lanes);
  if (at.m >= n.M) return;
  Real of_cosine[rows_of_thread], of_sine[rows_of_thread], u[rows_of_thread] = {};
  bool alive = false;
  for (int r = 0; r < rows_of_thread; ++r) {
    const bool inside = at.row_of(r) < n.rows;
    const Real* from = dphi + (at.row_of(r) * n.heads + at.head) * 2 * n.M + at.m;
    of_cosine[r] = inside ? from[0] : Real(0);
    of_sine[r] = inside ? from[n.M] : Real(0);
    alive = alive || of_cosine[r] != 0 || of_sine[r] != 0;
  }
  if (alive) project(at, n, x, w, u);  // with a loss on few nodes most gradients are 0
  for (int r = 0; r < rows_of_thread && at.row_of(r) < n.rows; ++r) {
    Real sine = 0, cosine = 1;
    if (alive) sincospif(2 * u[r], &sine, &cosine);
    g[(at.row_of(r) * n.heads + at.head) * n.M + at.m] = full * (cosine * of_sine[r] - sine * of_cosine[r]);
  }
}

Launch shape_for(const Sizes& n, int lanes) {
  const Index rows_of_block = threads_of_block / lanes * rows_of_thread;
  return {{(n.rows + rows_of_block - 1) / rows_of_block, n.heads, (n.M + lanes - 1) / lanes}};
}

/// Rows first … first + count − 1 of x.
template <class T>
MatrixView<T> rows_of(const MatrixView<T>& x, Index first, Index count) {
  return {x.row(first), count, x.columns, x.device};
}

}  // namespace

void fourier_features(ConstView x, std::span<const ConstView> w, Index heads, View phi) {
  const Sizes n{x.rows, heads, x.columns / heads, w.front().columns};
  if (phi.size() == 0) return;
  const int lanes = lanes_for(n.M);
  for (std::size_t first = 0; first < w.size(); first += sets_at_once) {
    Sets sets{{}, static_cast<int>(std::min<std::size_t>(sets_at_once, w.size() - first))};
    for (std::size_t s = 0; s < static_cast<std::size_t>(sets.count); ++s)
      sets.w[s] = w[first + s].data;
    launch("fourier_features", shape_for(n, lanes), sum_waves, lanes, n, x.data, sets, first > 0, phi.data);
  }
}

void fourier_features_backward(ConstView x, std::span<const ConstView> w, Index heads, ConstView dphi, View dx,
                               std::span<const View> dw) {
  const char* op = "fourier_features_backward";
  constexpr Index most_values = Index{1} << 22;  // of g at once: 16 MiB, which fits the second-level cache
  const Index M = w.front().columns, width = heads * M;
  const Index rows_at_once = std::max<Index>(1, most_values / std::max<Index>(width, 1));
  const int lanes = lanes_for(M);
  Tensor g = Tensor::uninitialized(std::min(rows_at_once, x.rows), width, Device::cuda);
  Index first = 0;
  do {  // once even without rows, to set dw to 0
    const Index rows = std::min(rows_at_once, x.rows - first);
    const ConstView some_x = rows_of(x, first, rows), some_dphi = rows_of(dphi, first, rows);
    const View some_g = rows_of(g.view(), 0, rows);
    const Sizes n{rows, heads, x.columns / heads, M};
    for (std::size_t s = 0; s < w.size(); ++s) {
      if (some_g.size() > 0)
        launch(op, shape_for(n, lanes), turn_gradients, lanes, n, some_x.data, w[s].data, some_dphi.data, some_g.data);
      head_times_backward_x(op, some_g, w[s], heads, s > 0, rows_of(dx, first, rows));
      head_times_backward_w(op, some_x, some_g, heads, first > 0, dw[s]);
    }
    first += rows_at_once;
  } while (first < x.rows);
}

}  // namespace mercer::cuda
