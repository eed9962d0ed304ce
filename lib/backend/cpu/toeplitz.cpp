#include "backend/toeplitz_ops.hpp"

#include <algorithm>
#include <complex>
#include <unsupported/Eigen/FFT>
#include <vector>

#include "mercer/base/parallel.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cpu {
namespace {

using Complex = std::complex<double>;
using Row = std::vector<Complex>;

/// The least 2^a 3^b 5^c of at least 2 n − 1 for n rows: sizes that the transform takes fast, with room for all
/// offsets. At least 2: Eigen has no transform of one number.
Index transform_size(Index rows) {
  Index n = std::max<Index>(2 * rows - 1, 2);
  const auto is_smooth = [](Index size) {
    for (const Index factor : {2, 3, 5})
      while (size % factor == 0)
        size /= factor;
    return size == 1;
  };
  while (!is_smooth(n))
    ++n;
  return n;
}

/// Transforms of rows of one size, without factors.
class Transform {
 public:
  explicit Transform(Index size)
      : size_(static_cast<std::size_t>(size)), fft_(Eigen::default_fft_impl<double>(), Eigen::FFT<double>::Unscaled) {}

  std::size_t size() const { return size_; }
  void forward(const Row& x, Row& to) { fft_.fwd(to.data(), x.data(), static_cast<int>(size_)); }
  void inverse(const Row& x, Row& to) { fft_.inv(to.data(), x.data(), static_cast<int>(size_)); }

 private:
  std::size_t size_;
  Eigen::FFT<double> fft_;
};

/// One head of the rows of one segment.
struct HeadOfSegment {
  Index first, rows, head;
};

/// A head of a matrix: columns `at` and the next of its e columns are one complex column, the last one of an odd number
/// alone.
struct Columns {
  Columns(ConstView x, Index heads, const HeadOfSegment& place)
      : data(x.row(place.first) + place.head * (x.columns / heads)), stride(x.columns), e(x.columns / heads) {}

  double real(Index i, Index at) const { return static_cast<double>(data[i * stride + at]); }
  Complex pair(Index i, Index at) const { return {real(i, at), at + 1 < e ? real(i, at + 1) : 0}; }

  const Real* data;
  Index stride, e;
};

/// x_j = f_j c_j, followed by zeros.
void fill(const Columns& f, Index m, const Columns& c, Index at, Index rows, Row& x) {
  std::fill(x.begin() + rows, x.end(), Complex());
  for (Index j = 0; j < rows; ++j)
    x[static_cast<std::size_t>(j)] = f.real(j, m) * c.pair(j, at);
}

/// The transform of w_r at r mod size, over the size.
Row spectrum(Transform& transform, ConstView w, Index head, Index rows) {
  Row x(transform.size()), to(transform.size());
  const Index middle = w.rows / 2;
  for (Index r = 1 - rows; r < rows; ++r)
    x[r < 0 ? transform.size() - static_cast<std::size_t>(-r) : static_cast<std::size_t>(r)] =
        static_cast<double>(w(middle + r, head)) / static_cast<double>(transform.size());
  transform.forward(x, to);
  return to;
}

void sum_head(const HeadOfSegment& place, Index heads, ConstView w, ConstView a, ConstView b, ConstView c, View y) {
  const Columns left(a, heads, place), right(b, heads, place), values(c, heads, place);
  Transform transform(transform_size(place.rows));
  const Row weights = spectrum(transform, w, place.head, place.rows);
  Row x(transform.size()), to(transform.size());
  std::vector<Complex> sums(static_cast<std::size_t>(place.rows));
  for (Index at = 0; at < values.e; at += 2) {
    std::ranges::fill(sums, Complex());
    for (Index m = 0; m < right.e; ++m) {
      fill(right, m, values, at, place.rows, x);
      transform.forward(x, to);
      for (std::size_t f = 0; f < to.size(); ++f)
        to[f] *= weights[f];
      transform.inverse(to, x);
      for (Index i = 0; i < place.rows; ++i)
        sums[static_cast<std::size_t>(i)] += left.real(i, m) * x[static_cast<std::size_t>(i)];
    }
    for (Index i = 0; i < place.rows; ++i) {
      Real* row = y.row(place.first + i) + place.head * values.e;
      row[at] = static_cast<Real>(sums[static_cast<std::size_t>(i)].real());
      if (at + 1 < values.e) row[at + 1] = static_cast<Real>(sums[static_cast<std::size_t>(i)].imag());
    }
  }
}

/// Adds to dw, whose entry middle + r is that of the offset r.
void add_gradient_of_head(const HeadOfSegment& place, Index heads, ConstView a, ConstView b, ConstView c, ConstView dy,
                          double* dw, Index middle) {
  const Columns left(a, heads, place), right(b, heads, place), values(c, heads, place), slopes(dy, heads, place);
  Transform transform(transform_size(place.rows));
  Row x(transform.size()), of_sources(transform.size()), of_targets(transform.size()), sum(transform.size());
  // the real part of Σ dG conj(F) is that of both columns of a pair
  for (Index at = 0; at < values.e; at += 2)
    for (Index m = 0; m < right.e; ++m) {
      fill(right, m, values, at, place.rows, x);
      transform.forward(x, of_sources);
      fill(left, m, slopes, at, place.rows, x);
      transform.forward(x, of_targets);
      for (std::size_t f = 0; f < sum.size(); ++f)
        sum[f] += of_targets[f] * std::conj(of_sources[f]);
    }
  transform.inverse(sum, x);
  for (Index r = 1 - place.rows; r < place.rows; ++r)
    dw[middle + r] += x[r < 0 ? transform.size() - static_cast<std::size_t>(-r) : static_cast<std::size_t>(r)].real() /
                      static_cast<double>(transform.size());
}

/// body(the head of a segment with rows, its number).
template <class Body>
void parallel_heads(std::span<const Index> offset, Index heads, Body&& body) {
  parallel_blocks((std::ssize(offset) - 1) * heads, [&](Index n) {
    const auto s = static_cast<std::size_t>(n / heads);
    if (offset[s + 1] > offset[s]) body(HeadOfSegment{offset[s], offset[s + 1] - offset[s], n % heads}, n);
  });
}

}  // namespace

void toeplitz_sums(std::span<const Index> offset, Index heads, ConstView w, ConstView a, ConstView b, ConstView c,
                   View y) {
  parallel_heads(offset, heads, [&](const HeadOfSegment& place, Index) { sum_head(place, heads, w, a, b, c, y); });
}

void toeplitz_gradient(std::span<const Index> offset, Index heads, ConstView a, ConstView b, ConstView c, ConstView dy,
                       View dw) {
  std::vector<std::vector<double>> of_heads(static_cast<std::size_t>(std::ssize(offset) - 1) *
                                            static_cast<std::size_t>(heads));
  parallel_heads(offset, heads, [&](const HeadOfSegment& place, Index n) {
    auto& mine = of_heads[static_cast<std::size_t>(n)];
    mine.resize(static_cast<std::size_t>(2 * place.rows - 1));
    add_gradient_of_head(place, heads, a, b, c, dy, mine.data(), place.rows - 1);
  });
  std::vector<double> total(static_cast<std::size_t>(dw.size()));
  for (std::size_t n = 0; n < of_heads.size(); ++n) {
    const Index reach = std::ssize(of_heads[n]) / 2, head = static_cast<Index>(n) % heads;
    for (Index r = -reach; r <= reach && !of_heads[n].empty(); ++r)
      total[static_cast<std::size_t>((dw.rows / 2 + r) * heads + head)] +=
          of_heads[n][static_cast<std::size_t>(reach + r)];
  }
  for (Index n = 0; n < dw.size(); ++n)
    dw.data[n] = static_cast<Real>(total[static_cast<std::size_t>(n)]);
}

}  // namespace mercer::cpu
