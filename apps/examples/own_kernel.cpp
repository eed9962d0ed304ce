// A user's kernel, Student's t, with a learned bandwidth: training recovers the bandwidth that made the data. Prints
// "bandwidth 1.00 at first, …", then "bandwidth 2.0".
#include <cmath>
#include <iomanip>
#include <iostream>
#include <vector>

#include <mercer/attention/attend.hpp>
#include <mercer/autograd/functions.hpp>
#include <mercer/autograd/heads.hpp>
#include <mercer/base/random.hpp>
#include <mercer/graph/build.hpp>

#include "student_t.hpp"

using namespace mercer;

namespace {

Tensor normal(Index rows, Index columns, std::uint32_t call) {
  Random random(1, call);
  Tensor x(rows, columns);
  for (Real& value : x.values())
    value = static_cast<Real>(random.normal());
  return x;
}

/// y_i = Σ_j α_ij v_j,   α_ij = κ(x_i / ℓ, x_j / ℓ) / Σ_l κ(x_i / ℓ, x_l / ℓ)
Variable smoothed(const Graph& graph, const Variable& x, const Variable& v, const Variable& log_bandwidth) {
  const Variable scaled = scale_heads(x, exp(scale(log_bandwidth, -1)));
  return attend(graph, StudentT{.nu = 3}, scaled, scaled, v);
}

}  // namespace

int main() {
  const Node n = 60;
  std::vector<NodePair> pairs;  // all pairs
  for (Node i = 0; i < n; ++i)
    for (Node j = 0; j < n; ++j)
      pairs.emplace_back(i, j);
  const Graph graph(from_edges(n, pairs));
  const Variable x(normal(n, 3, 1)), v(normal(n, 4, 2));
  const Tensor wanted = smoothed(graph, x, v, Variable(Tensor::filled(1, 1, std::log(Real(2))))).value();

  Variable log_bandwidth(Tensor(1, 1), /*wants_grad=*/true);  // of one head
  const auto bandwidth = [&] { return std::exp(log_bandwidth.value()(0, 0)); };
  std::cout << std::fixed << std::setprecision(2) << "bandwidth " << bandwidth() << " at first\n";
  for (int step = 0; step < 200; ++step) {
    log_bandwidth.clear_grad();
    const Variable y = smoothed(graph, x, v, log_bandwidth), gap = add(y, scale(Variable(wanted), -1));
    sum(multiply(gap, gap)).backward();
    log_bandwidth.mutable_value()(0, 0) -= Real(0.05) * log_bandwidth.grad()(0, 0);
  }
  std::cout << "bandwidth " << bandwidth() << '\n';
  return std::abs(bandwidth() - 2) < Real(0.01) ? 0 : 1;
}
