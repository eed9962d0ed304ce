#pragma once

#include <cmath>

#include "backend/cuda/attend/edge_scores.cuh"
#include "backend/cuda/attend/kernel_passes.hpp"
#include "backend/cuda/attend/stored_rows.cuh"

/// α and its factors, edge by edge.
namespace mercer::cuda {

/// One warp for each row, even a long one: these are not used in training.
template <class Kernels, class Take>
__global__ void __launch_bounds__(128, 4) visit_edges(KernelPass<Kernels> pass, Take take) {
  MERCER_SHARED(Real, shared);
  Work work;
  if (!work.find(pass, false) && work.item >= pass.list.edges.rows) return;
  WarpMemory memory(pass, shared);
  copy_own(pass, work, memory);
  for (Edge from = work.first; from < work.last; from += chunk_capacity) {
    const int edges = take_chunk(pass, work, from, chunk_capacity, memory);
    score<false, Kernels>(pass, work, edges, memory, [&](int e, int h, Real f, const auto& kappa) {
      const Edge slot = work.first + memory.place[e];
      take(pass, work, memory, e, h, slot, f, log_magnitude(pass, work, memory, e, h), kappa);
    });
  }
}

struct TakeWeight {
  ConstView state;
  View alpha;

  template <class K>
  __device__ void operator()(const EdgePass& pass, const Work& work, const WarpMemory&, int, int h, Edge slot, Real f,
                             Real m, const K&) const {
    const int head = work.head + h;
    const Real row = state(work.row, head);
    alpha(slot, head) = pass.is_signed ? f * std::exp(m) * row : std::exp(f + m - row);
  }
};

struct TakeFactors {
  ConstView target, source;
  View similarity, log_magnitude;

  template <class K>
  __device__ void operator()(const EdgePass&, const Work& work, const WarpMemory& memory, int e, int h, Edge slot,
                             Real f, Real m, const K& kappa) const {
    const int head = work.head + h;
    Real of_norms = 0;  // f′(t) times the sum of both ends
    if constexpr (!RowKernel<K>)
      if (target.data != nullptr)
        of_norms =
            slope_of(kappa, memory.t[h * head_stride + e]) * (target(work.row, head) + source(memory.node[e], head));
    similarity(slot, head) = f - of_norms;
    log_magnitude(slot, head) = m + of_norms;
  }
};

template <class Kernels, class Take>
void visit_edges_of(const EdgeTerms& terms, const EdgeList& adjacency, const char* op, Take take) {
  const StoredRows k(terms, terms.k);
  KernelPass<Kernels> pass(terms, adjacency, true, k.gathered(), ConstView{});
  pass.dropout = pass.magnitude_dropout = {};
  if (pass.list.edges.rows > 0)
    launch(op, shape_of(pass, pass.list.edges.rows, 1), visit_edges<Kernels, Take>, pass, take);
}

template <class Kernels>
void attend_weights_of(const EdgeTerms& terms, const EdgeList& adjacency, ConstView state, View alpha) {
  visit_edges_of<Kernels>(terms, adjacency, "attention_weights", TakeWeight{state, alpha});
}

template <class Kernels>
void edge_factors_of(const EdgeTerms& terms, const EdgeList& adjacency, const HalfSquareViews& halves, View similarity,
                     View log_magnitude) {
  visit_edges_of<Kernels>(terms, adjacency, "attention_factors",
                          TakeFactors{halves.target, halves.source, similarity, log_magnitude});
}

}  // namespace mercer::cuda
