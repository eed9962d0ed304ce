#pragma once

#include <optional>

#include "mercer/layers/linear.hpp"

/// Layers with κ = 1: only the graph and its edge weights decide.
namespace mercer {

struct GraphConvolutionOptions {
  Index in = 0;
  Index out = 0;
  bool bias = true;
  float input_dropout = 0;  // on x
};

/// y = D^(−1/2) A D^(−1/2) x W + b: attention with κ = 1 and the symmetric denominator
/// (Kipf and Welling, Semi-Supervised Classification with Graph Convolutional Networks, ICLR 2017, equation 2). A
/// should hold loops: see with_loops. Edge weights, if any, are the values of A, and D their row sums, as in PyTorch
/// Geometric's gcn_norm; they need a whole square graph, or blocks of one (full_blocks.hpp).
struct GraphConvolution {
  GraphConvolutionOptions options;
  Variable weight;  // [in, out]
  Variable bias;    // [1, out], undefined without one

  GraphConvolution(GraphConvolutionOptions options, Random& random);

  Output operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  Parameters parameters(const std::string& prefix = "") const;
};

/// y_i = (1/|N(i)|) Σ_{j∈N(i)} x_j W + x_i U + b: GraphSAGE with the mean of neighbours, U of the node itself
/// (Hamilton, Ying, Leskovec, Inductive Representation Learning on Large Graphs, NeurIPS 2017, algorithm 1; PyTorch
/// Geometric's SAGEConv). The mean of no neighbours is 0. Runs on every topology and execution; refuses edge facts.
struct SageConvolution {
  GraphConvolutionOptions options;
  Variable weight;  // [in, out]  W
  Variable own;     // [in, out]  U
  Variable bias;    // [1, out], undefined without one

  SageConvolution(GraphConvolutionOptions options, Random& random);

  Output operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  Parameters parameters(const std::string& prefix = "") const;
};

struct GraphIsomorphismOptions {
  Index in = 0;
  Index out = 0;
  std::optional<Index> hidden{};  // columns between W and U; absent: out
  Real epsilon = 0;               // first value of ε
  bool learn_epsilon = true;
  bool bias = true;
  float input_dropout = 0;  // on x
};

/// y_i = relu((1 + ε) x_i W + Σ_j w_ij x_j W + b) U + c: GIN, a sum over neighbours, which separates more graphs than
/// means and maxima, and a network of two layers (Xu, Hu, Leskovec, Jegelka, How Powerful are Graph Neural Networks?,
/// ICLR 2019, equation 4.1). w is the neighbourhood's edge weight, 1 without one. The term ε adds the node itself, so
/// the graph should have no loops. Runs on every topology and execution; with segments each row sums over its segment.
/// Refuses edge types and features by name.
struct GraphIsomorphism {
  GraphIsomorphismOptions options;
  Variable weight;   // [in, hidden]  W
  Variable bias;     // [1, hidden]   b, undefined without one
  Variable epsilon;  // [1, 1]
  Linear output;     // U and c

  GraphIsomorphism(GraphIsomorphismOptions options, Random& random);

  Output operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
