#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/measure.hpp"
#include "mercer/graph/graph.hpp"
#include "mercer/tensor/tensor.hpp"

/// The measured operators: every one of the backends' dense table, and attention with every kernel of the catalogue.
/// Bytes are what a call must move when nothing stays in a cache: each operand that the signature reads and each result
/// that it writes once, r bytes a value (4 in float); an operand that changes in place counts twice, indices 4 bytes,
/// an offset 8. Products count 2 flops a multiplication and addition, all else one a value of the result.
namespace mercer::program::timing {

/// n nodes, h heads of width w, d = h w columns, on one device.
struct Sizes {
  Index nodes = 0, heads = 1, width = 1;
  Device device = Device::cpu;

  Index columns() const { return heads * width; }
  double matrix() const { return static_cast<double>(nodes * columns()) * sizeof(Real); }  // bytes of n d values
  double row() const { return static_cast<double>(columns()) * sizeof(Real); }             // of d values
  double per_node() const { return static_cast<double>(nodes) * sizeof(Real); }            // of n values
  double per_head() const { return static_cast<double>(nodes * heads) * sizeof(Real); }    // of n h values
  double values() const { return static_cast<double>(nodes * columns()); }
};

struct MeasuredOperator {
  std::string name;
  Ceiling ceiling = Ceiling::copy;
  std::function<Call(const Sizes&, const Graph&)> make;
};

/// Values in [0.5, 1.5), the same in every run, on the device.
Tensor operand(Device device, Index rows, Index columns, std::uint32_t which = 0);

/// [n, d]
Tensor matrix(const Sizes& sizes, std::uint32_t which = 0);
/// x ← values, of one shape.
void set_to(Tensor& x, const Tensor& values);

std::vector<MeasuredOperator> elementwise_operators();
std::vector<MeasuredOperator> row_operators();
std::vector<MeasuredOperator> head_operators();
std::vector<MeasuredOperator> product_operators();
std::vector<MeasuredOperator> feature_operators();
std::vector<MeasuredOperator> edge_operators();
/// Adds those of the table that are not among them and that take matrices [n, d] alone, each read or written once.
void take_by_signature(std::vector<MeasuredOperator>& operators);
/// All of them, the table first.
std::vector<MeasuredOperator> all_operators();

/// The ceilings. copy: y ← x of n d values, 2 r n d bytes. gather: y_i = Σ_{j∈N(i)} x_j, each edge's row of d values in
/// the graph's order, m (4 + r d) + n (8 + r d) bytes; on a CUDA device rows are copied in that order instead,
/// m (4 + 2 r d). product: of square matrices, 2 k³ flops.
Call ceiling_call(Ceiling ceiling, const Sizes& sizes, const Graph& graph);

}  // namespace mercer::program::timing
