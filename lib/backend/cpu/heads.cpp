#include <cmath>
#include <limits>
#include <vector>

#include "backend/cpu/blocks.hpp"
#include "backend/cpu/exp.hpp"
#include "backend/dense_ops.hpp"
#include "mercer/kernel/loops/components.hpp"

namespace mercer::cpu {
namespace {

/// sum_h = ⟨x_h, y_h⟩ for the heads of a row.
void dot_heads(Index heads, Index d, const Real* x, const Real* y, Real* sum) {
  sum_heads(heads, d, sum, [=]<class R>(Index c) -> R { return load<R>(x + c) * load<R>(y + c); });
}

/// sum_h = ‖x_h‖₁
void size_heads(Index heads, Index d, const Real* x, Real* sum) {
  sum_heads(heads, d, sum, [=]<class R>(Index c) -> R {
    const R value = load<R>(x + c);
    return value < 0 ? -value : value;
  });
}

Real sign(Real x) { return x > 0 ? Real(1) : x < 0 ? Real(-1) : Real(0); }

/// ‖x_h‖ₚ of the heads of a row for any p > 1. Powers of u = |x| / largest neither overflow nor underflow:
/// ‖x‖ₚ = largest S^(1/p), S = Σ_c u_c^p.
struct PowerRow {
  Index heads, d;
  Real p;
  std::vector<Real> size = std::vector<Real>(static_cast<std::size_t>(heads * d));   // u
  std::vector<Real> power = std::vector<Real>(static_cast<std::size_t>(heads * d));  // u^(p−1)
  std::vector<Real> largest = std::vector<Real>(static_cast<std::size_t>(heads));
  std::vector<Real> sum = std::vector<Real>(static_cast<std::size_t>(heads));  // S

  void look_at(const Real* x) {
    for (Index h = 0; h < heads; ++h) {
      Real most = 0;
      for (Index c = h * d; c < (h + 1) * d; ++c)
        most = std::abs(x[c]) > most ? std::abs(x[c]) : most;
      // a largest value of 0, inf or NaN can't divide: 1 does
      most = most > 0 && most < std::numeric_limits<Real>::infinity() ? most : Real(1);
      largest[static_cast<std::size_t>(h)] = most;
      for (Index c = h * d; c < (h + 1) * d; ++c)
        size[static_cast<std::size_t>(c)] = std::abs(x[c]) / most;
    }
    const Real *u = size.data(), less_one = p - 1;
    Real* to = power.data();
#pragma omp simd
    for (Index c = 0; c < heads * d; ++c)
      to[c] = exp_of(less_one * log_of(u[c]));
    dot_heads(heads, d, u, to, sum.data());
  }

  Real squared_norm(Index h) const {
    const auto at = static_cast<std::size_t>(h);
    const Real norm = largest[at] * std::pow(sum[at], 1 / p);
    return norm * norm;
  }

  /// dx_c = slope 2 ‖x‖ₚ^(2−p) |x_c|^(p−1) sign(x_c) = slope 2 largest S^((2−p)/p) u_c^(p−1) sign(x_c)
  void gradient(Index h, const Real* x, Real slope, Real* dx) const {
    const auto at = static_cast<std::size_t>(h);
    const Real outer = sum[at] == 0 ? Real(0) : 2 * slope * largest[at] * std::pow(sum[at], (2 - p) / p);
    for (Index c = h * d; c < (h + 1) * d; ++c)
      dx[c] = outer * power[static_cast<std::size_t>(c)] * sign(x[c]);
  }
};

}  // namespace

void head_dot(ConstView x, ConstView a, View s) {
  const Index heads = s.columns, d = x.columns / heads;
  parallel_rows(x.rows, x.columns, [=](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      dot_heads(heads, d, x.row(i), a.data, s.row(i));
  });
}

void head_dot_backward_x(ConstView ds, ConstView a, View dx) {
  const Index heads = ds.columns, d = dx.columns / heads;
  parallel_rows(dx.rows, dx.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h) {
        const Real slope = ds(i, h), *from = a.data + h * d;
        Real* to = dx.row(i) + h * d;
#pragma omp simd
        for (Index c = 0; c < d; ++c)
          to[c] = slope * from[c];
      }
  });
}

void head_dot_backward_a(ConstView ds, ConstView x, View da) {
  const Index heads = ds.columns, d = x.columns / heads;
  sum_blocks(x.rows, rows_per_block(x.columns), da, [&](Index first, Index last, Real* partial) {
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h) {
        const Real slope = ds(i, h), *from = x.row(i) + h * d;
        Real* to = partial + h * d;
#pragma omp simd
        for (Index c = 0; c < d; ++c)
          to[c] += slope * from[c];
      }
  });
}

void head_mean(ConstView x, Index heads, View y) {
  const Index d = y.columns;
  const Real share = Real(1) / static_cast<Real>(heads);
  parallel_rows(x.rows, x.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      Real* to = y.row(i);
      std::fill_n(to, d, Real(0));
      for (Index h = 0; h < heads; ++h) {
        const Real* from = x.row(i) + h * d;
#pragma omp simd
        for (Index c = 0; c < d; ++c)
          to[c] += from[c];
      }
      for (Index c = 0; c < d; ++c)
        to[c] *= share;
    }
  });
}

void head_mean_backward(ConstView dy, Index heads, View dx) {
  const Index d = dy.columns;
  const Real share = Real(1) / static_cast<Real>(heads);
  parallel_rows(dx.rows, dx.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h)
        for (Index c = 0; c < d; ++c)
          dx(i, h * d + c) = share * dy(i, c);
  });
}

void squared_norm(ConstView x, Real p, Real divisor, View m) {
  const Index heads = m.columns, d = x.columns / heads;
  if (p != 1 && p != 2) {
    return parallel_rows(x.rows, 8 * x.columns, [=](Index first, Index last) {
      PowerRow row{heads, d, p};
      for (Index i = first; i < last; ++i) {
        row.look_at(x.row(i));
        for (Index h = 0; h < heads; ++h)
          m(i, h) = row.squared_norm(h) / divisor;
      }
    });
  }
  parallel_rows(x.rows, x.columns, [=](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      Real* norm = m.row(i);
      if (p == 1)
        size_heads(heads, d, x.row(i), norm);
      else
        dot_heads(heads, d, x.row(i), x.row(i), norm);
      for (Index h = 0; h < heads; ++h)
        norm[h] = (p == 1 ? norm[h] * norm[h] : norm[h]) / divisor;
    }
  });
}

void squared_norm_backward(ConstView x, Real p, Real divisor, ConstView dm, View dx) {
  const Index heads = dm.columns, d = x.columns / heads;
  if (p != 1 && p != 2) {
    return parallel_rows(x.rows, 8 * x.columns, [=](Index first, Index last) {
      PowerRow row{heads, d, p};
      for (Index i = first; i < last; ++i) {
        row.look_at(x.row(i));
        for (Index h = 0; h < heads; ++h)
          row.gradient(h, x.row(i), dm(i, h) / divisor, dx.row(i));
      }
    });
  }
  parallel_rows(x.rows, x.columns, [=](Index first, Index last) {
    std::vector<Real> size(p == 1 ? static_cast<std::size_t>(heads) : 0);
    for (Index i = first; i < last; ++i) {
      if (p == 1) size_heads(heads, d, x.row(i), size.data());
      for (Index h = 0; h < heads; ++h) {
        // p = 1: 2 ‖x‖₁ sign(x_c);  p = 2: 2 x_c
        const Real *from = x.row(i) + h * d, slope = 2 * dm(i, h) / divisor;
        const Real outer = p == 1 ? slope * size[static_cast<std::size_t>(h)] : slope;
        Real* to = dx.row(i) + h * d;
#pragma omp simd
        for (Index c = 0; c < d; ++c)
          to[c] = outer * (p == 1 ? sign(from[c]) : from[c]);
      }
    }
  });
}

}  // namespace mercer::cpu
