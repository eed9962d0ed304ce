#include "mercer/experiment/kernel_picture.hpp"

#include <algorithm>
#include <cmath>

namespace mercer {

namespace {

constexpr Index line_steps = 41, map_steps = 21;
constexpr double reach = 2;  // times the root mean square distance of keys from q̄

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t c = 0; c < a.size(); ++c)
    sum += a[c] * b[c];
  return sum;
}

Vector mean_row(ConstView x, Index first, Index d) {
  Vector mean(static_cast<std::size_t>(d), 0);
  for (Index i = 0; i < x.rows; ++i)
    for (Index c = 0; c < d; ++c)
      mean[static_cast<std::size_t>(c)] += static_cast<double>(x(i, first + c)) / static_cast<double>(x.rows);
  return mean;
}

/// [d, d]
std::vector<Vector> covariance(ConstView x, Index first, Index d) {
  const Vector mean = mean_row(x, first, d);
  std::vector<Vector> sum(mean.size(), Vector(mean.size(), 0));
  Vector row(mean.size());
  for (Index i = 0; i < x.rows; ++i) {
    for (std::size_t c = 0; c < row.size(); ++c)
      row[c] = static_cast<double>(x(i, first + static_cast<Index>(c))) - mean[c];
    for (std::size_t a = 0; a < row.size(); ++a)
      for (std::size_t b = 0; b < row.size(); ++b)
        sum[a][b] += row[a] * row[b];
  }
  return sum;
}

/// The points of one head at which κ is computed.
struct Axes {
  Vector origin;                   // q̄
  std::vector<Vector> directions;  // unit
  Vector lengths;                  // root mean square of ⟨k − q̄, direction⟩; 1 when all keys are q̄
};

Axes axes_of(const KernelProbe& probe, Index head, Index count) {
  const Index d = probe.width, first = head * d;
  Axes axes{.origin = mean_row(probe.q.view(), first, d),
            .directions = principal_directions(probe.k.view(), first, d, count),
            .lengths = {}};
  for (const Vector& direction : axes.directions) {
    double squares = 0;
    for (Index j = 0; j < probe.k.rows(); ++j) {
      double along = 0;
      for (Index c = 0; c < d; ++c)
        along += (static_cast<double>(probe.k(j, first + c)) - axes.origin[static_cast<std::size_t>(c)]) *
                 direction[static_cast<std::size_t>(c)];
      squares += along * along / static_cast<double>(probe.k.rows());
    }
    axes.lengths.push_back(squares > 0 ? std::sqrt(squares) : 1);
  }
  return axes;
}

double step(Index at, Index steps, double low, double high) {
  return low + (high - low) * static_cast<double>(at) / static_cast<double>(steps - 1);
}

/// Sets every row of q to q̄ and row r of k to q̄ + Σ_a offset(r, a) u_a, for every head.
std::pair<Tensor, Tensor> asked(const std::vector<Axes>& heads, Index width, Index rows, auto&& offset) {
  const Index columns = static_cast<Index>(heads.size()) * width;
  std::pair<Tensor, Tensor> made{Tensor(rows, columns), Tensor(rows, columns)};
  for (std::size_t h = 0; h < heads.size(); ++h)
    for (Index r = 0; r < rows; ++r)
      for (Index c = 0; c < width; ++c) {
        const auto at = static_cast<std::size_t>(c);
        double k = heads[h].origin[at];
        for (std::size_t a = 0; a < heads[h].directions.size(); ++a)
          k += offset(heads[h], r, a) * heads[h].directions[a][at];
        const Index column = static_cast<Index>(h) * width + c;
        made.first(r, column) = static_cast<Real>(heads[h].origin[at]);
        made.second(r, column) = static_cast<Real>(k);
      }
  return made;
}

}  // namespace

std::vector<Vector> principal_directions(ConstView x, Index first, Index d, Index count) {
  constexpr int rounds = 200;  // of the power method: enough for a picture
  const std::vector<Vector> c = covariance(x, first, d);
  std::vector<Vector> found;
  while (static_cast<Index>(found.size()) < std::min(count, d)) {
    Vector u(c.size());
    for (std::size_t at = 0; at < u.size(); ++at)
      u[at] = at == found.size() ? 1 : 0.5 / static_cast<double>(at + 2);
    for (int round = 0; round <= rounds; ++round) {
      Vector next(u.size(), 0);
      for (std::size_t a = 0; a < u.size(); ++a)
        next[a] = dot(c[a], u);
      if (!(dot(next, next) > 0)) next = u;  // no variance left: any direction
      for (const Vector& other : found) {
        const double along = dot(next, other);
        for (std::size_t a = 0; a < u.size(); ++a)
          next[a] -= along * other[a];
      }
      const double length = std::sqrt(dot(next, next));
      if (!(length > 0)) break;
      for (std::size_t a = 0; a < u.size(); ++a)
        u[a] = next[a] / length;
    }
    found.push_back(u);
  }
  return found;
}

KernelPicture picture_of(const KernelProbe& probe, std::size_t most) {
  KernelPicture picture{.is_signed = probe.is_signed, .is_stationary = probe.stationary};
  if (probe.width == 0 || probe.k.rows() == 0 || probe.q.rows() == 0) return picture;
  picture.is_map = !probe.stationary && probe.width > 1;
  std::vector<Axes> heads;
  for (Index h = 0; h < probe.heads; ++h)
    heads.push_back(axes_of(probe, h, picture.is_map ? 2 : 1));
  const Index steps = picture.is_map ? map_steps : line_steps;
  const double low = probe.stationary ? 0 : -reach;
  const auto place = [&](const Axes& axes, Index row, std::size_t a) {
    const Index at = !picture.is_map ? row : a == 0 ? row % steps : row / steps;
    return step(at, steps, low, reach) * axes.lengths[a];
  };
  const auto [q, k] = asked(heads, probe.width, picture.is_map ? steps * steps : steps, place);
  const Tensor kappa = probe.similarity(q, k);
  for (std::size_t h = 0; h < std::min(heads.size(), most); ++h) {
    Vector x, values;
    for (Index s = 0; s < steps; ++s)
      x.push_back(step(s, steps, low, reach) * (picture.is_map ? 1 : heads[h].lengths[0]));
    for (Index r = 0; r < kappa.rows(); ++r)
      values.push_back(static_cast<double>(kappa(r, static_cast<Index>(h))));
    if (!picture.is_map || h == 0) picture.x.push_back(std::move(x));
    picture.kappa.push_back(std::move(values));
  }
  return picture;
}

}  // namespace mercer
