#include "attention/terms.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>

#include "backend/capture.hpp"
#include "base/heads.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// `factor` times the logarithm of the degrees, [rows, 1]: those given, else the numbers of edges of each row of g; 0
/// for rows without edges.
Tensor log_degrees(const EdgeRows& g, std::span<const Edge> given, Real factor) {
  Tensor shift(g.rows, 1);
  for (Index i = 0; i < g.rows; ++i) {
    const Edge degree = given.empty() ? g.degree(i) : given[static_cast<std::size_t>(i)];
    if (degree > 0) shift(i, 0) = factor * std::log(static_cast<Real>(degree));
  }
  return shift;
}

FixedNormaliser fixed_normaliser(const TopologyView& g, Normaliser normaliser, Device device) {
  constexpr Real half = Real(0.5);
  switch (normaliser) {
    case Normaliser::degree:
      return {log_degrees(g.adjacency, g.in_degree, 1).to(device), {}};
    case Normaliser::symmetric:
      return {log_degrees(g.adjacency, g.in_degree, half).to(device),
              log_degrees(g.transpose, g.out_degree, half).to(device)};
    default:
      return {};
  }
}

std::string named(const KernelTraits& kernel) { return "the " + std::string(kernel.name) + " kernel"; }

/// Throws ValueError for a parameter for which κ is not defined.
void check_numbers(const KernelTraits& facts) {
  for (const auto& [name, value, above_zero] : facts.numbers)
    require(std::isfinite(value) && (value > 0 || !above_zero), "attend",
            std::string(name) + " of " + named(facts) + ": got " + std::to_string(value) + ", want a finite number" +
                (above_zero ? " above 0" : ""));
}

/// Throws ValueError for facts of the edges that the options don't use.
void check_facts(const EdgeFacts& facts, const AttendOptions& options) {
  require(!facts.weight || options.edge_weight, "attend",
          "edge weights of the neighbourhood: attend takes those of AttendOptions::edge_weight; give them there");
  require((facts.types == 0 && !facts.features) || options.edge_bias, "attend",
          "edge types or features of the neighbourhood: attend takes what is made of them, AttendOptions::edge_bias");
}

void check_dropout(const char* name, const Dropout& dropout) {
  require(dropout.p >= 0 && dropout.p <= 1, "attend",
          std::string(name) + ": got " + std::to_string(dropout.p) + ", want 0 … 1");
}

/// The mask of dropout is drawn for eight heads at once.
void check_first_head(const AttendOptions& options, Device device) {
  constexpr Index at_once = 8;
  const Index first = options.first_head;
  require(first >= 0 && (first % at_once == 0 || first % at_once + options.heads <= at_once), "attend",
          "first_head: got " + std::to_string(first) + " of " + std::to_string(options.heads) +
              " heads, want a multiple of 8, or heads that end before the next multiple");
  require(first == 0 || device.is_cpu(), "attend",
          "first_head: got " + std::to_string(first) + " with operands on CUDA, want 0 there: all heads in one call");
}

void check_magnitude_dropout(const AttendOptions& options) {
  check_dropout("magnitude_dropout", options.magnitude_dropout);
  require(!options.magnitude_dropout.active() || options.query_bias || options.key_bias, "attend",
          "magnitude_dropout: no effect without a magnitude; want query_bias, key_bias or both");
}

void check_scores(const Neighbourhood& neighbourhood, const AnyKernel& kernel, const Variable& q, const Variable& k,
                  const AttendOptions& options) {
  const KernelTraits facts = kernel.traits();
  const Index heads = options.heads;
  check_numbers(facts);
  check_facts(neighbourhood.facts(), options);
  require(heads >= 1, "attend", "heads: got " + std::to_string(heads) + ", want at least 1");
  require(q.defined() == facts.compares && k.defined() == facts.compares, "attend",
          named(facts) + (facts.compares ? " compares q and k: both are wanted" : " takes no q and no k"));
  require(!facts.is_signed || options.normaliser != Normaliser::softmax, "attend",
          "softmax: " + named(facts) + " can be negative; use row_sum, degree, symmetric or none");
  check_dropout("dropout", options.dropout);
  require(options.guard >= 0, "attend", "guard: got " + std::to_string(options.guard) + ", want at least 0");
  require(options.kernel_weight.defined() == facts.weighted, "attend",
          named(facts) + (facts.weighted ? " wants its learned vector as kernel_weight" : " takes no kernel_weight"));
  if (facts.compares) {
    expect("attend", {{"rows of q", q.rows(), neighbourhood.rows()},
                      {"rows of k", k.rows(), neighbourhood.columns()},
                      {"columns of k", k.columns(), q.columns()}});
    expect_heads("attend", "q", q.columns(), heads);
    if (facts.width > 0)
      expect("attend", {{facts.half_scores ? "columns of q (half scores)" : "columns of q (rows of the kernel)",
                         q.columns(), heads * facts.width}});
  }
  if (facts.weighted)
    expect("attend", {{"rows of kernel_weight", options.kernel_weight.rows(), 1},
                      {"columns of kernel_weight", options.kernel_weight.columns(), q.columns()}});
  if (options.query_bias)
    expect("attend", {{"rows of query_bias", options.query_bias.rows(), neighbourhood.rows()},
                      {"columns of query_bias", options.query_bias.columns(), heads}});
  if (options.key_bias)
    expect("attend", {{"rows of key_bias", options.key_bias.rows(), neighbourhood.columns()},
                      {"columns of key_bias", options.key_bias.columns(), heads}});
  check_magnitude_dropout(options);
  require(!std::holds_alternative<Segments>(neighbourhood.topology()) || (!options.edge_bias && !options.edge_weight),
          "attend", "edge_bias, edge_weight: segments have none; spell their pairs out: Graph{complete(segments)}");
  if (options.edge_bias) {
    expect("attend", {{"rows of edge_bias", options.edge_bias.rows(), neighbourhood.edges()}});
    if (options.edge_bias.columns() != 1)
      expect("attend", {{"columns of edge_bias", options.edge_bias.columns(), heads}});
  }
  if (options.edge_weight)
    expect("attend", {{"rows of edge_weight", options.edge_weight.rows(), neighbourhood.edges()},
                      {"columns of edge_weight", options.edge_weight.columns(), 1}});
}

/// Throws ValueError for negative weights. It reads all [edges, 1] values; captured work skips this, since the same
/// work ran uncaptured before.
void check_edge_weight(const Variable& weight) {
  if (!weight || (weight.device().is_cuda() && is_captured())) return;
  const Tensor& given = weight.value();
  const Tensor copy = given.device().is_cpu() ? Tensor() : given.to(Device::cpu);
  const Tensor& values = given.device().is_cpu() ? given : copy;
  for (Index e = 0; e < values.rows(); ++e)
    if (!(values(e, 0) >= 0))
      throw ValueError("[attend] edge_weight of edge slot " + std::to_string(e) + ": got " +
                       std::to_string(values(e, 0)) + ", want at least 0");
}

// The sum of a signed row has no largest logarithm that is taken out on the way, as a softmax has. So where the largest
// bias of a row or a segment has a size of more than this, all are made relative to it: that cancels in the row's sum.
// The guard then compares sums of the relative terms. Others keep their bits.
constexpr Real largest_moderate_bias = 60;

bool is_moderate(Real bias) { return !std::isfinite(bias) || std::abs(bias) <= largest_moderate_bias; }

bool any_beyond(ConstView x) {
  return std::any_of(x.data, x.data + x.size(), [](Real bias) { return std::abs(bias) > largest_moderate_bias / 2; });
}

/// Minus the largest key_bias_j + edge_bias_e of each row, [n, h]; 0 of a moderate one. It acts as a query's bias,
/// which cancels.
Tensor largest_of_rows(const EdgeTerms& terms, const EdgeRows& g) {
  const auto bias_of = [](ConstView x, Index row, Index h) {
    return x.data != nullptr ? x(row, x.columns == 1 ? 0 : h) : Real(0);
  };
  Tensor taken(g.rows, terms.heads);
  for (Index i = 0; i < g.rows; ++i)
    for (Index h = 0; h < terms.heads; ++h) {
      Real largest = -std::numeric_limits<Real>::infinity();
      for (const Edge e : g.row(i))
        largest = std::max(largest, bias_of(terms.key_bias, g.column(i, e), h) + bias_of(terms.edge_bias, e, h));
      if (!is_moderate(largest)) taken(i, h) = -largest;
    }
  return taken;
}

/// The biases of keys relative to the largest of their segment, where that is not moderate.
Tensor relative_to_segments(ConstView key_bias, std::span<const Index> offset) {
  Tensor relative = Tensor::uninitialized(key_bias.rows, key_bias.columns);
  for (std::size_t s = 0; s + 1 < offset.size(); ++s)
    for (Index h = 0; h < key_bias.columns; ++h) {
      Real largest = -std::numeric_limits<Real>::infinity();
      for (Index j = offset[s]; j < offset[s + 1]; ++j)
        largest = std::max(largest, key_bias(j, h));
      for (Index j = offset[s]; j < offset[s + 1]; ++j)
        relative(j, h) = is_moderate(largest) ? key_bias(j, h) : key_bias(j, h) - largest;
    }
  return relative;
}

/// Takes large biases out of a signed row sum. Not on a device and on parts of a graph, where they are elsewhere, nor
/// under a mask, where they don't cancel.
Tensor take_large_bias_out(const Neighbourhood& neighbourhood, EdgeTerms& edge) {
  if (!edge.key_bias.device.is_cpu() || !edge.edge_bias.device.is_cpu()) return {};  // attend refuses a mixture
  if (!any_beyond(edge.key_bias) && !any_beyond(edge.edge_bias)) return {};
  Tensor moderate;
  if (const auto* segments = std::get_if<Segments>(&neighbourhood.topology())) {
    moderate = relative_to_segments(edge.key_bias, segments->source_offset());
    edge.key_bias = moderate.view();
  } else {
    moderate = largest_of_rows(edge, neighbourhood.view().adjacency);
    edge.query_bias = moderate.view();
  }
  return moderate;
}

}  // namespace

void check_relative_bias(const char* op, const Neighbourhood& neighbourhood, const Variable& bias, Index heads) {
  if (!bias) return;
  const auto* segments = std::get_if<Segments>(&neighbourhood.topology());
  require(segments != nullptr && segments->is_square(), op,
          "relative_bias: want segments whose targets are their sources; on other topologies give an edge_bias");
  require(bias.rows() % 2 == 1, op,
          "rows of relative_bias: got " + std::to_string(bias.rows()) + ", want an odd number, 2 L + 1");
  expect(op, {{"columns of relative_bias", bias.columns(), heads}});
}

Terms::Terms(Neighbourhood attended, const AnyKernel& kernel, const Variable& q, const Variable& k,
             const AttendOptions& options, Device device)
    : neighbourhood(std::move(attended)), topology(neighbourhood.view()) {
  check_scores(neighbourhood, kernel, q, k, options);
  check_relative_bias("attend", neighbourhood, options.relative_bias, options.heads);
  check_first_head(options, device);
  check_edge_weight(options.edge_weight);
  for (const Dropout& each : {options.dropout, options.magnitude_dropout})
    if (device.is_cpu() && each.active()) expect_known_step("attend", each.stream);
  normaliser = fixed_normaliser(topology, options.normaliser, device);
  edge.kernel = kernel;
  edge.heads = options.heads;
  edge.first_head = options.first_head;
  take_ends(q, k);
  edge.storage = options.storage;
  edge.kernel_weight = view_of(options.kernel_weight);
  edge.key_bias = view_of(options.key_bias);
  edge.relative_bias = view_of(options.relative_bias);
  edge.edge_bias = view_of(options.edge_bias);
  edge.edge_weight = view_of(options.edge_weight);
  edge.row_sum = options.normaliser == Normaliser::softmax || options.normaliser == Normaliser::row_sum;
  edge.magnitude_dropout = options.magnitude_dropout;
  query_cancels = edge.row_sum && !edge.magnitude_dropout.active();
  if (!query_cancels) edge.query_bias = view_of(options.query_bias);
  if (query_cancels && kernel.traits().is_signed && device.is_cpu() && neighbourhood.partitioned() == nullptr)
    moderate_bias = take_large_bias_out(neighbourhood, edge);
  edge.guard = options.guard;
  edge.guarded = options.guarded;
  edge.row_shift = view_of(normaliser.row);
  edge.column_shift = view_of(normaliser.column);
  edge.dropout = options.dropout;
}

}  // namespace mercer
