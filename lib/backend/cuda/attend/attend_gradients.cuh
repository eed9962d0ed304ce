#pragma once

#include <algorithm>

#include "backend/cuda/attend/direct_gradients.cuh"
#include "backend/cuda/attend/edge_slopes.cuh"
#include "backend/cuda/attend/stored_rows.cuh"
#include "backend/cuda/tiles/backward.cuh"
#include "backend/dense_ops.hpp"
#include "mercer/tensor/tensor.hpp"

/// The passes over rows and over columns of the backward pass.
namespace mercer::cuda {

/// Blocks on a multiprocessor. Code for a single kernel is unrolled further and needs more registers.
template <class Kernels>
constexpr int blocks_of = Kernels::size > 1 ? 4 : 3;

__device__ __forceinline__ void store_bias(const Work& work, Real sum, const Gradients& out) {
  if (out.bias.data != nullptr && work.lane < work.heads && blockIdx.z == 0)
    __stwb(&out.bias(work.item, work.head + work.lane), sum);
}

/// dq, each row's part of da, the gradient of the query's magnitude, and ∂L/∂s of every edge.
template <int count, bool of_weight, class Kernels>
__global__ void __launch_bounds__(128, blocks_of<Kernels>)
    differentiate_rows(KernelPass<Kernels> pass, bool by_chunks, TargetRows rows, Gradients out) {
  MERCER_SHARED(Real, shared);
  Work work;
  if (!work.find(pass, by_chunks)) return;
  WarpMemory memory(pass, shared);
  const Columns<count> columns(work.lane, work.panel_number,
                               out.near.data != nullptr || of_weight ? work.heads * pass.d : 0);
  Sums<count> near, weight;
  Real of_bias = 0;
  if (__ldg(rows.alive + work.row) != 0) {
    copy_own(pass, work, memory);
    copy_heads(work, rows.dy.row(work.row), pass.e, memory.own);
    for (Edge from = work.first; from < work.last; from += pass.chunk) {
      const int edges = take_chunk(pass, work, from, pass.chunk, memory);
      compute_slopes<count == 4, false>(pass, work, edges, rows, memory);
      if (out.edge.data != nullptr && blockIdx.z == 0)
        each_pair(pass, work, edges, [&](int e, int h) {
          out.edge(work.first + memory.place[e], work.head + h) = memory.p[h * head_stride + e];
        });
      if (pass.zero_weight_is_one) forget_zero_weights(pass, work, edges, memory);
      add_near<count, of_weight>(pass, work, edges, memory, columns, near, weight);
      if (out.bias.data != nullptr && work.lane < work.heads) of_bias += bias_gradient(pass, edges, memory, work.lane);
    }
  }
  store_results(work, near, columns, pass.d, out.near);
  if constexpr (of_weight) store_results(work, weight, columns, pass.d, out.weight);
  store_bias(work, of_bias, out);
}

/// dk, dv and the gradient of the magnitude. Each source gathers from its targets.
template <int count, int value_count, class Kernels>
__global__ void __launch_bounds__(128, blocks_of<Kernels>)
    differentiate_columns(KernelPass<Kernels> pass, bool by_chunks, TargetRows rows, Gradients out) {
  MERCER_SHARED(Real, shared);
  Work work;
  if (!work.find(pass, by_chunks)) return;
  WarpMemory memory(pass, shared);
  copy_own(pass, work, memory);
  copy_heads(work, rows.v.row(work.row), pass.e, memory.own, pass.storage);
  const Columns<count> columns(work.lane, work.panel_number, out.near.data != nullptr ? work.heads * pass.d : 0);
  const Columns<value_count> value_columns(work.lane, work.panel_number,
                                           out.value.data != nullptr ? work.heads * pass.e : 0);
  Sums<count> near, none;
  Sums<value_count> value;
  Real of_bias = 0;
  for (Edge from = work.first; from < work.last; from += pass.chunk) {
    const int edges = take_chunk(pass, work, from, pass.chunk, memory);
    if (edges == 0) continue;
    compute_slopes<count == 4, value_count == 4>(pass, work, edges, rows, memory);
    add_near<count, false>(pass, work, edges, memory, columns, near, none);
    add_weighted<value_count, true>(work, edges, memory, memory.s, pass.values, pass.e, value_columns, value);
    if (work.lane < work.heads) of_bias += bias_gradient(pass, edges, memory, work.lane);
  }
  store_results(work, near, columns, pass.d, out.near);
  store_results(work, value, value_columns, pass.e, out.value);
  store_bias(work, of_bias, out);
}

template <class Kernels>
using GradientKernel = void (*)(KernelPass<Kernels>, bool, TargetRows, Gradients);

/// Computes whole rows, then the chunks of long rows and their sums.
template <class Kernels>
void differentiate(const KernelPass<Kernels>& pass, GradientKernel<Kernels> kernel, const TargetRows& rows,
                   const Gradients& out) {
  const Index widest = static_cast<Index>(pass.group()) * std::max(pass.d, pass.e);
  const Index panels = std::max<Index>(1, (widest + panel - 1) / panel), chunk_count = pass.list.chunk_count;
  if (pass.list.edges.rows > 0)
    launch("attend", shape_of(pass, pass.list.edges.rows, panels), kernel, pass, false, rows, out);
  if (chunk_count == 0) return;
  ChunkGradients chunks(pass, out);
  launch("attend", shape_of(pass, chunk_count, panels), kernel, pass, true, rows, chunks.view(out));
  chunks.add_to(pass, out);
}

/// The kernel for one width of packs; only weighted pairings have one with a gradient of the weight.
template <int count, class Kernels>
GradientKernel<Kernels> rows_gradient(bool of_weight) {
  if constexpr (Weighted<Kernels>::size > 0)
    if (of_weight) return differentiate_rows<count, true, Kernels>;
  return differentiate_rows<count, false, Kernels>;
}

/// `dt`: ∂L/∂t of every edge, left by the pass over columns; or null.
template <class Kernels>
void differentiate_over_rows_of(const EdgeTerms& terms, const EdgeList& adjacency, const TargetRows& rows,
                                const EdgeGradients& wanted, Real* dt) {
  const bool of_weight = wanted.kernel_weight.data != nullptr,
             of_edges = wanted.edge_weight.data != nullptr || wanted.edge_bias.data != nullptr;
  const bool in_place = wanted.edge_bias.data != nullptr && wanted.edge_bias.columns == terms.heads;
  Tensor weight, edge;
  if (of_weight) weight = Tensor::uninitialized(rows.dy.rows, terms.kernel_weight.columns, Device::cuda);
  if (of_edges && !in_place)
    edge = Tensor(std::max(wanted.edge_bias.rows, wanted.edge_weight.rows), terms.heads, Device::cuda);
  if (in_place)
    zero_bytes(wanted.edge_bias.data, Device::cuda, static_cast<std::size_t>(wanted.edge_bias.size()) * sizeof(Real));
  const View ds = in_place ? wanted.edge_bias : edge.view();
  const Gradients out{wanted.q, {}, wanted.query_bias, weight, of_edges ? ds : View{}};
  const StoredRows k(terms, terms.k), v(terms, rows.v, dt == nullptr);
  const bool zero_weight_is_one = wanted.edge_weight.data != nullptr;
  if (!(dt == nullptr &&
        tiles::rows_by_tiles<Kernels>(terms, adjacency, rows, k.gathered(), v.gathered(), out, wanted.relative_bias)) &&
      !rows_directly<Kernels>(terms, adjacency, rows, k.gathered(), v.gathered(), zero_weight_is_one, dt, out)) {
    KernelPass<Kernels> pass(terms, adjacency, true, k.gathered(), v.gathered());
    pass.zero_weight_is_one = zero_weight_is_one;
    const GradientKernel<Kernels> kernel =
        by_fours(pass.d) ? rows_gradient<4, Kernels>(of_weight) : rows_gradient<1, Kernels>(of_weight);
    differentiate<Kernels>(pass, kernel, rows, out);
  }
  if (of_weight) sum_of_rows(weight, wanted.kernel_weight);
  if (!of_edges) return;
  const View bias = in_place ? View{} : wanted.edge_bias, by_weight = wanted.edge_weight;
  const ConstView given = terms.edge_weight;
  for_each("attend", ds.rows, [=] __device__(Index slot) {
    Real sum = 0;
    for (Index h = 0; h < ds.columns; ++h)
      sum += ds(slot, h);
    const bool is_zero = by_weight.data != nullptr && !(given.data[slot] > 0);
    if (by_weight.data != nullptr) by_weight.data[slot] = edge_weight_gradient(given.data[slot], sum);
    if (bias.data != nullptr) bias.data[slot] = is_zero ? Real(0) : sum;
    for (Index h = 0; is_zero && in_place && h < ds.columns; ++h)
      ds(slot, h) = 0;
  });
}

/// `dt`: memory for ∂L/∂t of every edge, or null.
template <class Kernels>
void differentiate_over_columns_of(const EdgeTerms& terms, const EdgeList& transpose, const TargetRows& rows,
                                   const EdgeGradients& wanted, Real* dt) {
  const StoredRows q(terms, terms.q);
  const Gradients out{wanted.k, wanted.v, wanted.key_bias, {}, {}};
  if (tiles::columns_by_tiles<Kernels>(terms, transpose, rows, q.gathered(), out)) return;
  if (columns_directly<Kernels>(terms, transpose, rows, q.gathered(), dt, out)) return;
  KernelPass<Kernels> pass(terms, transpose, false, q.gathered(), rows.dy);
  pass.alive = rows.alive;
  const GradientKernel<Kernels> kernel =
      by_fours(pass.d)
          ? (by_fours(pass.e) ? differentiate_columns<4, 4, Kernels> : differentiate_columns<4, 1, Kernels>)
          : (by_fours(pass.e) ? differentiate_columns<1, 4, Kernels> : differentiate_columns<1, 1, Kernels>);
  differentiate<Kernels>(pass, kernel, rows, out);
}

}  // namespace mercer::cuda
