#include "mercer/graph/laplacian.hpp"

#include <Spectra/SymEigsSolver.h>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "base/counted.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/base/random.hpp"
#include "mercer/graph/inspect.hpp"

namespace mercer {
namespace {

constexpr Index rows_of_product = 1024;  // of one block of work
constexpr Index dense_nodes = 256;       // up to so many, all eigenvectors of a dense matrix are quicker
constexpr Index most_restarts = 300;
constexpr double residual = 1e-10;  // of a converged vector
constexpr double one_value = 1e-8;  // eigenvalues so near to one another count as one
constexpr double one_size = 1e-6;   // entries so near in size, relatively, tie
constexpr double below_all = -3;    // S has no such eigenvalue

using EigenPair = std::pair<double, std::vector<double>>;  // of S: its largest are the smallest of L = I − S

/// S = D^-½ A D^-½ where vectors stand at a right angle to those set aside; these get an eigenvalue below all others.
/// As Spectra wants its operators.
class NormalisedAdjacency {
 public:
  using Scalar = double;

  explicit NormalisedAdjacency(CsrView g)
      : graph_(g), part_(components(g)), scale_(places(g.rows), 0), trivial_(places(g.rows), 1) {
    std::vector<double> mass(places(part_.count), 0);
    for (Index i = 0; i < g.rows; ++i) {
      double degree = 0;
      for (const Edge e : g.row(i))
        degree += static_cast<Index>(g.neighbour[e]) == i ? 0 : 1;
      if (degree == 0) continue;  // its eigenvector of 0 is 1 there
      scale_[places(i)] = 1 / std::sqrt(degree);
      trivial_[places(i)] = std::sqrt(degree);
      mass[part_of(i)] += degree;
    }
    for (Index i = 0; i < g.rows; ++i)
      if (mass[part_of(i)] > 0) trivial_[places(i)] /= std::sqrt(mass[part_of(i)]);
  }

  Index components_count() const { return part_.count; }
  std::vector<EigenPair>& aside() { return aside_; }
  const std::vector<EigenPair>& aside() const { return aside_; }

  Eigen::Index rows() const { return graph_.rows; }
  Eigen::Index cols() const { return graph_.rows; }
  void perform_op(const double* x, double* y) const {
    std::vector<double> inner(x, x + graph_.rows), image(places(graph_.rows));
    project(inner);
    parallel_ranges(graph_.rows, rows_of_product, [&](Index first, Index last) {
      for (Index i = first; i < last; ++i) {
        double sum = 0;
        for (const Edge e : graph_.row(i))
          if (const Node j = graph_.neighbour[e]; static_cast<Index>(j) != i)
            sum += scale_[places(j)] * inner[places(j)];
        image[places(i)] = scale_[places(i)] * sum;
      }
    });
    project(image);
    for (std::size_t i = 0; i < image.size(); ++i)
      y[i] = image[i] + below_all * (x[i] - inner[i]);
  }

  /// x less its part along the vectors set aside: those of the eigenvalue 0, and others.
  void project(std::vector<double>& x) const {
    std::vector<double> along(places(part_.count), 0);
    for (Index i = 0; i < graph_.rows; ++i)
      along[part_of(i)] += trivial_[places(i)] * x[places(i)];
    for (Index i = 0; i < graph_.rows; ++i)
      x[places(i)] -= along[part_of(i)] * trivial_[places(i)];
    for (const auto& [value, v] : aside_) {
      const double dot = std::inner_product(x.begin(), x.end(), v.begin(), 0.0);
      for (std::size_t i = 0; i < x.size(); ++i)
        x[i] -= dot * v[i];
    }
  }

 private:
  static std::size_t places(Index i) { return static_cast<std::size_t>(i); }
  std::size_t part_of(Index i) const { return static_cast<std::size_t>(part_.of[places(i)]); }

  CsrView graph_;
  Components part_;
  std::vector<double> scale_;    // [n]  d^-½; 0 without neighbours
  std::vector<double> trivial_;  // [n]  the eigenvectors of 0, one for each component
  std::vector<EigenPair> aside_{};
};

/// From the largest eigenvalue on.
std::vector<EigenPair> by_dense_matrix(const NormalisedAdjacency& s, Index count) {
  const Eigen::Index nodes = s.rows();
  const Eigen::MatrixXd unit = Eigen::MatrixXd::Identity(nodes, nodes);
  Eigen::MatrixXd dense(nodes, nodes);
  for (Eigen::Index j = 0; j < nodes; ++j)
    s.perform_op(unit.col(j).data(), dense.col(j).data());
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(dense);
  std::vector<EigenPair> pairs;
  for (Eigen::Index k = nodes - 1; k >= nodes - count; --k) {
    const auto column = solver.eigenvectors().col(k);
    pairs.emplace_back(solver.eigenvalues()[k], std::vector<double>(column.begin(), column.end()));
  }
  return pairs;
}

/// The same beside the vectors set aside, by restarted Lanczos: a Krylov space may miss copies of an eigenvalue that it
/// has already.
std::vector<EigenPair> by_lanczos(NormalisedAdjacency& s, Index count) {
  std::vector<double> start(static_cast<std::size_t>(s.rows()));
  Random random(0);
  for (double& x : start)
    x = random.normal();
  s.project(start);
  Spectra::SymEigsSolver<NormalisedAdjacency> solver(s, count, std::min<Index>(s.rows(), 3 * count + 40));
  solver.init(start.data());
  const Index found =
      solver.compute(Spectra::SortRule::LargestAlge, most_restarts, residual, Spectra::SortRule::LargestAlge);
  require(solver.info() == Spectra::CompInfo::Successful, "laplacian_eigenvectors",
          "got " + std::to_string(found) + " of " + counted(count, "eigenvector") + " in " +
              std::to_string(most_restarts) +
              " rounds of Lanczos' iteration: the graph is too long and thin for it; want fewer, or another encoding");
  const auto values = solver.eigenvalues();
  const auto vectors = solver.eigenvectors();
  std::vector<EigenPair> pairs;
  for (Index k = 0; k < count; ++k)
    pairs.emplace_back(values[k], std::vector<double>(vectors.col(k).begin(), vectors.col(k).end()));
  return pairs;
}

/// By Lanczos again beside what is found, until nothing as large is left: every copy of an eigenvalue.
std::vector<EigenPair> by_lanczos_with_copies(NormalisedAdjacency& s, Index count) {
  const auto larger = [](const EigenPair& a, const EigenPair& b) { return a.first > b.first; };
  const Index possible = s.rows() - s.components_count();
  std::vector<EigenPair>& found = s.aside();
  std::vector<EigenPair> more = by_lanczos(s, count);
  do {
    found.insert(found.end(), more.begin(), more.end());
    std::ranges::stable_sort(found, larger);
    if (std::ssize(found) == possible) break;
    more = by_lanczos(s, 1);
  } while (more.front().first > found[static_cast<std::size_t>(count) - 1].first + one_value);
  return {found.begin(), found.begin() + count};
}

void orient(std::vector<double>& v) {
  double top = 0;
  for (const double x : v)
    top = std::max(top, std::abs(x));
  const auto first = std::ranges::find_if(v, [&](double x) { return std::abs(x) >= (1 - one_size) * top; });
  if (first == v.end() || *first > 0) return;
  for (double& x : v)
    x = -x;
}

}  // namespace

LaplacianEigenvectors laplacian_eigenvectors(CsrView g, Index count) {
  expect("laplacian_eigenvectors", {{"columns", g.columns, g.rows}});
  require(is_symmetric(g), "laplacian_eigenvectors", "got a directed graph, want a symmetric one: symmetrise it");
  NormalisedAdjacency s(g);
  const Index possible = g.rows - s.components_count();
  require(count >= 1 && count <= possible, "laplacian_eigenvectors",
          "got " + std::to_string(count) + " eigenvectors, want at least 1 and at most " + std::to_string(possible) +
              ": " + counted(g.rows, "node") + " in " + counted(s.components_count(), "component") +
              " have no more whose eigenvalue is above 0");
  std::vector<EigenPair> pairs = g.rows <= dense_nodes ? by_dense_matrix(s, count) : by_lanczos_with_copies(s, count);
  LaplacianEigenvectors result{{}, std::vector<double>(static_cast<std::size_t>(g.rows * count))};
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    auto& [value, v] = pairs[k];
    orient(v);
    result.values.push_back(1 - value);
    for (std::size_t i = 0; i < v.size(); ++i)
      result.vectors[i * pairs.size() + k] = v[i];
  }
  return result;
}

}  // namespace mercer
