#include <algorithm>
#include <memory>
#include <utility>

#include "backend/operators.hpp"
#include "bench/operators.hpp"
#include "mercer/attention/attend.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/kernel/loops/components.hpp"

namespace mercer::program::timing {

namespace {

constexpr Edge gathered_at_once = 1 << 16;  // edges of one copy on a device

/// One attention, its operands and its result.
struct Attention {
  Graph graph;
  AnyKernel kernel;
  AttendOptions options{};
  Variable q, k, v, y;
  Tensor dy;

  Attention(const Sizes& s, const Graph& on, const AnyKernel& kappa, Storage storage) : graph(on), kernel(kappa) {
    const KernelTraits traits = kernel.traits();
    const Index columns = s.heads * head_width(traits, s.width);
    const auto learned = [&](Index rows, Index width, std::uint32_t which) {
      return Variable(operand(s.device, rows, width, which), true);
    };
    options.heads = s.heads;
    options.storage = storage;
    if (traits.compares) q = learned(s.nodes, columns, 1), k = learned(s.nodes, columns, 2);
    v = learned(s.nodes, s.columns(), 3);
    if (traits.weighted) options.kernel_weight = learned(1, columns, 4);
    if (traits.is_signed) options.normaliser = Normaliser::row_sum;
    dy = timing::matrix(s, 5);
  }
  void forward() { y = attend(graph, kernel, q, k, v, options); }
  void backward() { y.backward(dy); }
  void clear() {
    for (Variable* x : {&q, &k, &v, &options.kernel_weight})
      if (x->defined()) x->clear_grad();
  }
};

/// Values that an edge reads of k and v, and a node's rows of q and of v: Fk and F of docs/cuda.md.
struct Widths {
  double edges, nodes, real = sizeof(Real), stored, key, value, heads;

  Widths(const Sizes& s, const Graph& graph, const KernelTraits& traits, Storage storage)
      : edges(static_cast<double>(graph.edges())),
        nodes(static_cast<double>(s.nodes)),
        stored(storage == Storage::real ? sizeof(Real) : 2),
        key(traits.compares ? static_cast<double>(s.heads * head_width(traits, s.width)) : 0),
        value(static_cast<double>(s.columns())),
        heads(static_cast<double>(s.heads)) {}

  /// E [4 + b (Fk + F)] + N [8 + r (Fk + F + h)], b bytes of a stored value
  double forward() const {
    return edges * (4 + stored * (key + value)) + nodes * (8 + real * (key + value) + real * heads);
  }
  /// The pass over rows reads k and v again, that over columns q and dy.
  double backward() const {
    return edges * (4 + stored * (key + value)) + nodes * (8 + real * (2 * key + 2 * value) + 2 * real * heads) +
           edges * (4 + stored * key + real * value + 2 * real * heads) + nodes * (8 + 2 * real * (key + value));
  }
  double forward_flops() const { return edges * 2 * (key + value); }
  double backward_flops() const { return edges * (8 * key + 6 * value); }
};

Call forward_of(const AnyKernel& kernel, Storage storage, const Sizes& s, const Graph& graph) {
  const Widths widths(s, graph, kernel.traits(), storage);
  const auto attention = std::make_shared<Attention>(s, graph, kernel, storage);
  return {[attention] { attention->forward(); }, widths.forward(), widths.forward_flops()};
}

Call backward_of(const AnyKernel& kernel, Storage storage, const Sizes& s, const Graph& graph) {
  const Widths widths(s, graph, kernel.traits(), storage);
  const auto attention = std::make_shared<Attention>(s, graph, kernel, storage);
  return {[attention] { attention->backward(); }, widths.backward(), widths.backward_flops(),
          [attention] {
            attention->clear();
            attention->forward();
          }};
}

/// α of the dot product: a pass for the rows' sums and one that writes.
Call weights_of(const Sizes& s, const Graph& graph) {
  const Widths w(s, graph, AnyKernel(Exponential{}).traits(), Storage::real);
  const auto attention = std::make_shared<Attention>(s, graph, Exponential{}, Storage::real);
  return {[attention] {
            attention_weights(attention->graph, attention->kernel, attention->q, attention->k, attention->options);
          },
          w.edges * (8 + 2 * w.real * w.key + w.real * w.heads) + 2 * w.nodes * (8 + w.real * (w.key + w.heads)),
          w.edges * 4 * w.key};
}

void sum_rows(const CsrView& rows, ConstView x, View y) {
  parallel_ranges(y.rows, 256, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      std::fill_n(y.row(i), y.columns, Real(0));
      const Node* row = rows.neighbour + rows.offset[i];
      cpu::add_components(y.row(i), y.columns, 0, static_cast<int>(rows.degree(i)),
                          [&]<class R>(int e, Index c) -> R { return cpu::load<R>(x.row(row[e]) + c); });
    }
  });
}

}  // namespace

Call gather_call(const Sizes& s, const Graph& graph) {
  const double edges = static_cast<double>(graph.edges()), nodes = static_cast<double>(s.nodes);
  if (s.device.is_cpu())
    return {[graph, x = matrix(s), y = matrix(s)]() mutable { sum_rows(graph.adjacency(), x, y); },
            edges * (sizeof(Node) + s.row()) + nodes * (sizeof(Edge) + s.row()),
            edges * static_cast<double>(s.columns())};
  const CsrView rows = graph.adjacency();
  const Buffer order = Buffer::of(std::span(rows.neighbour, static_cast<std::size_t>(graph.edges())), s.device);
  const Edge most = std::min<Edge>(graph.edges(), gathered_at_once);
  return {
      [order, all = graph.edges(), most, x = matrix(s), y = operand(s.device, most, s.columns())]() mutable {
        const auto* row = static_cast<const Node*>(order.data());
        for (Edge first = 0; first < all; first += most)
          op::take_rows(x.data(), row + first, View{y.data(), std::min(most, all - first), y.columns(), y.device()});
      },
      edges * (sizeof(Node) + 2 * s.row()), 0};
}

std::vector<MeasuredOperator> edge_operators() {
  std::vector<MeasuredOperator> all;
  const auto take = [&](const AnyKernel& kernel, Storage storage, const std::string& suffix) {
    const std::string name = "attend/" + std::string(kernel.name()) + suffix;
    const auto with = [&](const char* pass, Call (*make)(const AnyKernel&, Storage, const Sizes&, const Graph&)) {
      all.push_back({name + pass, Ceiling::gather,
                     [=](const Sizes& s, const Graph& graph) { return make(kernel, storage, s, graph); }});
    };
    with("/forward", forward_of);
    with("/backward", backward_of);
  };
  Catalogue::each([&]<class K>() { take(K{}, Storage::real, ""); });
  take(Exponential{}, Storage::bf16, "/bf16");
  all.push_back({"attention_weights/dot", Ceiling::gather, weights_of});
  return all;
}

}  // namespace mercer::program::timing
