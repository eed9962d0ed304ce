// A layer over edges with weights, given in any order; prints α of each edge in that order, "0 -> 1: 0.279".
#include <iomanip>
#include <iostream>
#include <vector>

#include <mercer/attention/edge_order.hpp>
#include <mercer/layers/kernel_attention.hpp>

using namespace mercer;

int main() {
  // as PyTorch Geometric's edge_index and edge_attr: edge e goes from source[e] to target[e]
  const std::vector<Node> source{0, 2, 1, 3, 2}, target{1, 1, 0, 2, 0};
  const Tensor weight = Tensor::from({{Real(0.5)}, {2}, {1}, {3}, {1}});

  // a loop for each node, of weight 1, after the edges given
  const GivenEdges edges = with_loops(edge_list(4, source, target));
  const Neighbourhood neighbourhood(edges.adjacency, {.weight = Variable(to_slots(edges, weight, 1))});

  Random random(1);
  const KernelAttention layer({.in = 2, .width = 4}, {.similarity = Gaussian{}, .edge_weights = true}, random);
  const Variable x(Tensor::from({{0, 0}, {1, 0}, {0, 2}, {3, 2}}));
  Pass pass = Pass::inference();
  const Tensor alpha = to_edges(edges, attention_weights(layer.operands(neighbourhood, x, pass)));  // [edges, 1]

  std::cout << std::fixed << std::setprecision(3);
  for (std::size_t e = 0; e < source.size(); ++e)
    std::cout << source[e] << " -> " << target[e] << ": " << alpha(static_cast<Index>(e), 0) << '\n';
}
