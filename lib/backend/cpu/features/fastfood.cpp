#include "backend/fastfood_ops.hpp"

#include <algorithm>
#include <numbers>
#include <vector>

#include "backend/cpu/blocks.hpp"
#include "backend/cpu/turns.hpp"

namespace mercer::cpu {
namespace {

/// Vectors that go through the transform side by side: entry c of all of them is one run of memory.
constexpr Index lanes = 16;

struct LaneVectors {
  explicit LaneVectors(Index width) : d(width), values(static_cast<std::size_t>(width * lanes)) {}

  Real* at(Index c) { return values.data() + c * lanes; }

  /// Vectors first … first + count − 1 of `from`, `stride` numbers apart; the other lanes are 0.
  void load(const Real* from, Index stride, Index count) {
    for (Index c = 0; c < d; ++c)
      for (Index r = 0; r < lanes; ++r)
        at(c)[r] = r < count ? from[r * stride + c] : Real(0);
  }
  void store(Real* to, Index stride, Index count) {
    for (Index r = 0; r < count; ++r)
      for (Index c = 0; c < d; ++c)
        to[r * stride + c] = at(c)[r];
  }
  /// x ← H x
  void transform() {
    for (Index half = 1; half < d; half *= 2)
      for (Index start = 0; start < d; start += 2 * half)
        for (Index c = start; c < start + half; ++c) {
          Real *a = at(c), *b = at(c + half);
#pragma omp simd
          for (Index r = 0; r < lanes; ++r) {
            const Real sum = a[r] + b[r], difference = a[r] - b[r];
            a[r] = sum;
            b[r] = difference;
          }
        }
  }

  Index d;
  std::vector<Real> values;
};

/// y = factor x over the lanes.
void times(Real factor, const Real* x, Real* y) {
#pragma omp simd
  for (Index r = 0; r < lanes; ++r)
    y[r] = factor * x[r];
}

void add_times(Real factor, const Real* x, Real* y) {
#pragma omp simd
  for (Index r = 0; r < lanes; ++r)
    y[r] += factor * x[r];
}

Real product_of_lanes(const Real* x, const Real* y) {
  Real sum = 0;
#pragma omp simd reduction(+ : sum)
  for (Index r = 0; r < lanes; ++r)
    sum += x[r] * y[r];
  return sum;
}

/// One block of Ω with what its product leaves behind: first = H B x, second = H G Π H B x.
struct FastfoodBlock {
  FastfoodBlock(const FastfoodFactors& f, Index number)
      : s(f.s.row(number)), g(f.g.row(number)), b(f.b.row(number)), place(f.place.data() + number * f.s.columns) {}

  void forward(LaneVectors& x, LaneVectors& first, LaneVectors& second) const {
    for (Index c = 0; c < x.d; ++c)
      times(b[c], x.at(c), first.at(c));
    first.transform();
    for (Index r = 0; r < x.d; ++r)
      times(g[r], first.at(place[r]), second.at(r));
    second.transform();
  }

  /// Adds to dx and to the diagonals' gradients. `dy` is used up, `work` is overwritten.
  void backward(LaneVectors& x, LaneVectors& first, LaneVectors& second, LaneVectors& dy, LaneVectors& work,
                LaneVectors& dx, Real* ds, Real* dg, Real* db) const {
    for (Index m = 0; m < x.d; ++m) {
      ds[m] += product_of_lanes(dy.at(m), second.at(m));
      times(s[m], dy.at(m), dy.at(m));
    }
    dy.transform();
    for (Index r = 0; r < x.d; ++r) {
      dg[r] += product_of_lanes(dy.at(r), first.at(place[r]));
      times(g[r], dy.at(r), work.at(place[r]));
    }
    work.transform();
    for (Index c = 0; c < x.d; ++c) {
      db[c] += product_of_lanes(work.at(c), x.at(c));
      add_times(b[c], work.at(c), dx.at(c));
    }
  }

  const Real *s, *g, *b;
  const Node* place;
};

/// So many of the n*h vectors of x [n, h*d] are one piece of work: whole lanes.
Index vectors_per_piece(Index width) { return std::max(lanes, rows_per_block(8 * width) / lanes * lanes); }

}  // namespace

void fastfood(ConstView x, const FastfoodFactors& f, View y) {
  const Index d = f.s.columns, blocks = f.s.rows, M = blocks * d, count = x.size() / d;
  parallel_ranges(count, vectors_per_piece(M), [&](Index first_vector, Index last_vector) {
    LaneVectors in(d), first(d), second(d);
    for (Index i = first_vector; i < last_vector; i += lanes) {
      const Index here = std::min(lanes, last_vector - i);
      in.load(x.data + i * d, d, here);
      for (Index block = 0; block < blocks; ++block) {
        const FastfoodBlock transform(f, block);
        transform.forward(in, first, second);
        for (Index m = 0; m < d; ++m)
          times(transform.s[m], second.at(m), second.at(m));
        second.store(y.data + i * M + block * d, M, here);
      }
    }
  });
}

void fastfood_backward(ConstView x, const FastfoodFactors& f, ConstView dy, View dx, View dfactors) {
  const Index d = f.s.columns, blocks = f.s.rows, M = blocks * d, count = x.size() / d;
  sum_blocks(count, vectors_per_piece(M), dfactors, [&](Index first_vector, Index last_vector, Real* partial) {
    LaneVectors in(d), first(d), second(d), out(d), work(d), din(d);
    for (Index i = first_vector; i < last_vector; i += lanes) {
      const Index here = std::min(lanes, last_vector - i);
      in.load(x.data + i * d, d, here);
      std::ranges::fill(din.values, Real(0));
      for (Index block = 0; block < blocks; ++block) {
        const FastfoodBlock transform(f, block);
        transform.forward(in, first, second);
        out.load(dy.data + i * M + block * d, M, here);
        transform.backward(in, first, second, out, work, din, partial + block * d, partial + (blocks + block) * d,
                           partial + (2 * blocks + block) * d);
      }
      din.store(dx.data + i * d, d, here);
    }
  });
}

void features_of_turns(ConstView u, Index heads, View phi) {
  const Index M = u.columns / heads;
  parallel_rows(u.rows, 8 * u.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h) {
        const Real* turns = u.row(i) + h * M;
        Real *cosines = phi.row(i) + h * 2 * M, *sines = cosines + M;
#pragma omp simd
        for (Index m = 0; m < M; ++m) {
          const auto [sine, cosine] = sin_cos_of_turns(turns[m]);
          cosines[m] = cosine;
          sines[m] = sine;
        }
      }
  });
}

void features_of_turns_backward(ConstView phi, Index heads, ConstView dphi, View du) {
  constexpr Real full = 2 * std::numbers::pi_v<Real>;
  const Index M = du.columns / heads;
  parallel_rows(du.rows, 4 * du.columns, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      for (Index h = 0; h < heads; ++h) {
        const Real *cosines = phi.row(i) + h * 2 * M, *dcosines = dphi.row(i) + h * 2 * M;
        Real* to = du.row(i) + h * M;
#pragma omp simd
        for (Index m = 0; m < M; ++m)
          to[m] = full * (cosines[m] * dcosines[M + m] - cosines[M + m] * dcosines[m]);
      }
  });
}

}  // namespace mercer::cpu
