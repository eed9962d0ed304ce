// Attention on a small graph: prints the attention weight of each edge, "0 attends to 1: 0.661", then y of each node.
#include <iomanip>
#include <iostream>
#include <vector>

#include <mercer/attention/attend.hpp>
#include <mercer/graph/build.hpp>

using namespace mercer;

int main() {
  // (i, j): i attends to j. Node 4 has no neighbours.
  const std::vector<NodePair> pairs{{0, 1}, {0, 2}, {1, 0}, {2, 0}, {2, 3}, {3, 2}};
  const Graph graph(from_edges(5, pairs));
  const Variable x(Tensor::from({{0, 0}, {1, 0}, {0, 2}, {3, 2}, {5, 5}}), /*wants_grad=*/true);  // [n, 2]

  // α_ij = κ(x_i, x_j) / Σ_l κ(x_i, x_l),   κ(q, k) = exp(−‖q − k‖² / 2σ²),   y_i = Σ_j α_ij x_j
  const Gaussian kappa{.sigma = Real(1.5)};
  const Tensor alpha = attention_weights(graph, kappa, x, x);  // [edges, 1]
  Variable y = attend(graph, kappa, x, x, x);                  // [n, 2]
  y.backward(Tensor::filled(y.rows(), y.columns(), 1));        // gradients of Σ y

  std::cout << std::fixed << std::setprecision(3);
  for_each_edge(graph.adjacency(),
                [&](Node i, Node j, Edge e) { std::cout << i << " attends to " << j << ": " << alpha(e, 0) << '\n'; });
  for (Index i = 0; i < y.rows(); ++i)
    std::cout << "y_" << i << " = (" << y.value()(i, 0) << ", " << y.value()(i, 1) << "), gradient of x_" << i << " = ("
              << x.grad()(i, 0) << ", " << x.grad()(i, 1) << ")\n";
}
