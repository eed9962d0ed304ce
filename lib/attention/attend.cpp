#include "mercer/attention/attend.hpp"

#include <cmath>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "attention/part.hpp"
#include "backend/edge_ops.hpp"
#include "backend/select.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

/// ½ or 1 times ln of the number of edges of each row of g, [rows, 1]; 0 for a row without edges.
Tensor log_degrees(CsrView g, Real factor) {
  Tensor shift(g.rows, 1);
  for (Index i = 0; i < g.rows; ++i)
    if (g.degree(i) > 0) shift(i, 0) = factor * std::log(static_cast<Real>(g.degree(i)));
  return shift;
}

/// A denominator that does not depend on the scores, as logarithms to be taken off.
struct FixedNormaliser {
  Tensor row, column;
};

FixedNormaliser fixed_normaliser(const Graph& graph, Normaliser normaliser, Device device) {
  switch (normaliser) {
    case Normaliser::degree:
      return {log_degrees(graph.listens(), 1).to(device), {}};
    case Normaliser::symmetric:
      return {log_degrees(graph.listens(), Real(0.5)).to(device), log_degrees(graph.speaks(), Real(0.5)).to(device)};
    default:
      return {};
  }
}

ConstView view_of(const Variable& x) { return x ? x.value().view() : ConstView{}; }
ConstView view_of(const Tensor& x) { return x.empty() ? ConstView{} : x.view(); }

/// Everything that α is made of, kept alive together for the backward pass.
struct Terms {
  Terms(Graph g, const AnyKernel& kernel, const Variable& q, const Variable& k, const AttendOptions& options,
        Device device)
      : graph(std::move(g)), normaliser(fixed_normaliser(graph, options.normaliser, device)) {
    edge.graph = &graph;
    edge.kernel = kernel;
    edge.heads = options.heads;
    edge.q = view_of(q);
    edge.k = view_of(k);
    edge.storage = options.storage;
    edge.kernel_weight = view_of(options.kernel_weight);
    edge.key_bias = view_of(options.key_bias);
    edge.edge_bias = view_of(options.edge_bias);
    edge.edge_weight = view_of(options.edge_weight);
    edge.row_sum = options.normaliser == Normaliser::softmax || options.normaliser == Normaliser::row_sum;
    edge.guard = options.guard;
    edge.guarded = options.guarded;
    edge.row_shift = view_of(normaliser.row);
    edge.column_shift = view_of(normaliser.column);
    edge.dropout = options.dropout;
  }
  Terms(const Terms&) = delete;  // edge looks at graph and normaliser
  Terms& operator=(const Terms&) = delete;

  Graph graph;
  FixedNormaliser normaliser;
  EdgeTerms edge;
};

struct KernelFacts {
  bool compares, weighted, half_scores;
  Index width = 0;  // of a head's row, where the kernel says so
};

KernelFacts facts_of(const AnyKernel& kernel) {
  return std::visit(
      [](const auto& kappa) {
        using K = std::remove_cvref_t<decltype(kappa)>;
        using P = PairingOf<K>;
        if constexpr (RowKernel<K>)
          return KernelFacts{.compares = true, .weighted = false, .half_scores = false, .width = kappa.width()};
        else
          return KernelFacts{!std::is_same_v<P, Nothing>, P::weighted, std::is_same_v<P, Sum>};
      },
      kernel);
}

void check_scores(const Graph& graph, const AnyKernel& kernel, const Variable& q, const Variable& k,
                  const AttendOptions& options) {
  const KernelFacts facts = facts_of(kernel);
  const Index heads = options.heads;
  require(heads >= 1, "attend", "heads: got " + std::to_string(heads) + ", want at least 1");
  require(q.defined() == facts.compares && k.defined() == facts.compares, "attend",
          facts.compares ? "this kernel compares q and k: both are wanted" : "the constant kernel takes no q and no k");
  require(!is_signed(kernel) || options.normaliser != Normaliser::softmax, "attend",
          "softmax: this kernel can be negative; use row_sum, degree, symmetric or none");
  require(options.guard >= 0, "attend", "guard: got " + std::to_string(options.guard) + ", want at least 0");
  require(options.kernel_weight.defined() == facts.weighted, "attend",
          facts.weighted ? "GATv2's kernel wants its vector a as kernel_weight" : "this kernel has no kernel_weight");
  if (facts.compares) {
    expect("attend", {{"rows of q", q.rows(), graph.rows()},
                      {"rows of k", k.rows(), graph.columns()},
                      {"columns of k", k.columns(), q.columns()},
                      {"columns of q modulo heads", q.columns() % heads, 0}});
    if (facts.half_scores) expect("attend", {{"columns of q (half scores)", q.columns(), heads}});
    if (facts.width > 0) expect("attend", {{"columns of q (rows of the kernel)", q.columns(), heads * facts.width}});
  }
  if (facts.weighted)
    expect("attend", {{"rows of kernel_weight", options.kernel_weight.rows(), 1},
                      {"columns of kernel_weight", options.kernel_weight.columns(), q.columns()}});
  if (options.key_bias)
    expect("attend", {{"rows of key_bias", options.key_bias.rows(), graph.columns()},
                      {"columns of key_bias", options.key_bias.columns(), heads}});
  if (options.edge_bias) {
    expect("attend", {{"rows of edge_bias", options.edge_bias.rows(), graph.edges()}});
    if (options.edge_bias.columns() != 1)
      expect("attend", {{"columns of edge_bias", options.edge_bias.columns(), heads}});
  }
  if (options.edge_weight)
    expect("attend", {{"rows of edge_weight", options.edge_weight.rows(), graph.edges()},
                      {"columns of edge_weight", options.edge_weight.columns(), 1}});
}

/// Nonnegative weights only: a softmax has no place for others. One look at [edges, 1] values.
void check_edge_weight(const Variable& weight) {
  if (!weight || weight.device() != Device::cpu) return;
  for (Index e = 0; e < weight.rows(); ++e)
    if (!(weight.value()(e, 0) >= 0))
      throw ValueError("[attend] edge_weight of edge slot " + std::to_string(e) + ": got " +
                       std::to_string(weight.value()(e, 0)) + ", want at least 0");
}

/// Room for the gradient of a wanted operand; empty otherwise.
Tensor room_for(const Variable& x) {
  return x.wants_grad() ? Tensor::uninitialized(x.rows(), x.columns(), x.device()) : Tensor();
}

View writable(Tensor& x) { return x.empty() ? View{} : x.view(); }

/// What the forward pass of y leaves for the way back.
struct KeptTensors {
  KeptTensors(const Tensor& y, Index heads, bool with_slope)
      : state(Tensor::uninitialized(y.rows(), heads, y.device())),
        slope(with_slope ? Tensor::uninitialized(y.rows(), y.columns(), y.device()) : Tensor()) {}
  Kept view() { return {state, writable(slope)}; }

  Tensor state, slope;
};

/// On a device a slope spares a pass over edges, unless their own gradients ask for it; the CPU's passes leave out
/// rows whose dy is 0, a slope would not.
bool wants_slope(const AnyKernel& kernel, const Variable& q, const AttendOptions& options) {
  return has_slope(kernel) && q.device() == Device::cuda && q.wants_grad() && !options.edge_bias.wants_grad() &&
         !options.edge_weight.wants_grad();
}

}  // namespace

Variable attend(const Graph& graph, const AnyKernel& kernel, const Variable& q, const Variable& k, const Variable& v,
                const AttendOptions& options) {
  check_scores(graph, kernel, q, k, options);
  check_edge_weight(options.edge_weight);
  expect("attend",
         {{"rows of v", v.rows(), graph.columns()}, {"columns of v modulo heads", v.columns() % options.heads, 0}});

  const auto terms = std::make_shared<Terms>(graph, kernel, q, k, options, v.device());
  std::shared_ptr<const parts::Heard> heard;  // of a part
  if (graph.halo() != nullptr) heard = std::make_shared<const parts::Heard>(terms->edge, v.value());
  Tensor y = Tensor::uninitialized(graph.rows(), v.columns(), v.device());
  const auto kept = std::make_shared<KeptTensors>(y, options.heads, wants_slope(kernel, q, options));
  const auto on_host = graph.stream() != nullptr ? streamed::attend_forward : cpu::attend_forward;
  const Index guarded = select(v.device(), on_host, cuda::attend_forward)(
      heard ? heard->terms : terms->edge, heard ? heard->v : v.value(), y, kept->view());
  if (options.guarded != nullptr) *options.guarded += guarded;

  std::vector<Variable> inputs{
      q, k, v, options.kernel_weight, options.key_bias, options.edge_bias, options.edge_weight};
  return Variable::record(
      std::move(y), std::move(inputs), [terms, heard, kept](std::span<Variable> in, const Tensor& y, Tensor& dy) {
        Tensor gradient[7];
        for (std::size_t n = 0; n < 7; ++n)
          gradient[n] = room_for(in[n]);
        const EdgeGradients out{writable(gradient[0]), writable(gradient[1]), writable(gradient[2]),
                                writable(gradient[3]), writable(gradient[4]), writable(gradient[5]),
                                writable(gradient[6])};
        const auto on_host = terms->graph.stream() != nullptr ? streamed::attend_backward : cpu::attend_backward;
        if (heard)
          parts::attend_backward(terms->edge, *heard, in[2].value(), y, kept->view(), dy, out,
                                 in[1].wants_grad() || in[2].wants_grad() || in[4].wants_grad());
        else
          select(dy.device(), on_host, cuda::attend_backward)(terms->edge, in[2].value(), y, kept->view(), dy, out);
        for (std::size_t n = 0; n < 7; ++n)
          if (in[n].wants_grad()) in[n].add_grad(std::move(gradient[n]));
      });
}

Tensor attention_weights(const Graph& graph, const AnyKernel& kernel, const Variable& q, const Variable& k,
                         const AttendOptions& options) {
  require(graph.halo() == nullptr, "attention_weights", "graph: got a part of one, want the whole");
  check_scores(graph, kernel, q, k, options);
  check_edge_weight(options.edge_weight);
  AttendOptions whole = options;
  whole.dropout = {};
  const Device device = q ? q.device() : Device::cpu;
  const Terms terms(graph, kernel, q, k, whole, device);
  const Tensor nothing(graph.columns(), 0, device);
  Tensor y(graph.rows(), 0, device);
  KeptTensors kept(y, options.heads, false);
  Tensor alpha = Tensor::uninitialized(graph.edges(), options.heads, device);
  select(device, cpu::attend_forward, cuda::attend_forward)(terms.edge, nothing, y, kept.view());
  select(device, cpu::attend_weights, cuda::attend_weights)(terms.edge, kept.state, alpha);
  return alpha;
}

Factors attention_factors(const Graph& graph, const AnyKernel& kernel, const Variable& q, const Variable& k,
                          const AttendOptions& options, const HalfSquares& halves) {
  Factors made{.alpha = attention_weights(graph, kernel, q, k, options), .is_signed = is_signed(kernel)};
  if (halves.listener || halves.speaker) {
    require(std::holds_alternative<Exponential>(kernel) || std::holds_alternative<Additive>(kernel),
            "attention_factors", "half squares: want a kernel that is an exponential of a dot product");
    expect("attention_factors", {{"rows of halves.listener", halves.listener.rows(), graph.rows()},
                                 {"columns of halves.listener", halves.listener.columns(), options.heads},
                                 {"rows of halves.speaker", halves.speaker.rows(), graph.columns()},
                                 {"columns of halves.speaker", halves.speaker.columns(), options.heads}});
  }
  const Device device = made.alpha.device();
  const Terms terms(graph, kernel, q, k, options, device);
  made.similarity = Tensor::uninitialized(graph.edges(), options.heads, device);
  made.log_magnitude = Tensor::uninitialized(graph.edges(), options.heads, device);
  select(device, cpu::edge_factors, cuda::edge_factors)(terms.edge, view_of(halves.listener), view_of(halves.speaker),
                                                        made.similarity, made.log_magnitude);
  return made;
}

}  // namespace mercer
