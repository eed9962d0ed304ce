// The time of fused attention on the CPU in units of g, the time in which one operand's rows are gathered and added up
// and nothing else is done, measured in turn:
//    mercer_passes_bench [NODES EDGES [ROUNDS [CASE]]]      default: 169343 nodes and 2585043 edges, all cases
// Each line names its figure, its bar and whether it is kept; the exit code is 1 when one is not, at the default size.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "measure.hpp"
#include "mercer/attention/attend.hpp"
#include "mercer/attention/edge_energy.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/graph/generate.hpp"
#include "mercer/kernel/loops/components.hpp"

using namespace mercer;

namespace {

struct Case {
  const char* name;
  AnyKernel kernel;
  Index heads, key_width, width;
  double bar = 0;           // of forward and backward together, in g; 0: none
  bool one_tensor = false;  // is k also v?
  Storage storage = Storage::real;
  Index edge_features = 0;  // which the scores of gatv2 read
};

Variable noise(Index rows, Index columns, std::uint32_t call) {
  return Variable(bench::noise(rows, columns, call), true);
}

/// y_i = Σ_{j∈N(i)} x_j
void gather(const CsrView& rows, ConstView x, View y) {
  parallel_ranges(y.rows, 256, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      std::fill_n(y.row(i), y.columns, Real(0));
      const Node* row = rows.neighbour + rows.offset[i];
      cpu::add_components(y.row(i), y.columns, 0, static_cast<int>(rows.degree(i)),
                          [&]<class R>(int e, Index c) -> R { return cpu::load<R>(x.row(row[e]) + c); });
    }
  });
}

struct Times {
  double forward, backward, gather;  // s
};

Times time(const Case& c, const Graph& graph, int rounds) {
  Variable q = noise(graph.rows(), c.heads * c.key_width, 1), k = noise(graph.rows(), c.heads * c.key_width, 2);
  Variable v = c.one_tensor ? k : noise(graph.rows(), c.heads * c.width, 3);
  AttendOptions options{.heads = c.heads, .storage = c.storage};
  if (c.kernel.traits().weighted) options.kernel_weight = noise(1, c.heads * c.key_width, 4);
  const Variable features(bench::noise(graph.edges(), c.edge_features, 6));
  Variable weight = noise(c.edge_features, c.heads * c.key_width, 7);
  const auto attended = [&] {
    if (c.edge_features == 0) return attend(graph, c.kernel, q, k, v, options);
    const Variable energy = edge_energy(graph, q, k, options.kernel_weight, features, weight, {.heads = c.heads});
    return attend(graph, Constant{}, {}, {}, v, {.heads = c.heads, .edge_bias = energy});
  };
  const Tensor seed = noise(graph.rows(), c.heads * c.width, 5).value();
  Tensor sums(graph.rows(), c.heads * c.width);
  std::vector<double> forward, backward, gathered;
  for (int round = 0; round <= rounds; ++round) {  // the first warms up
    Variable y;
    const double ahead = bench::seconds([&] { y = attended(); });
    const double back = bench::seconds([&] { y.backward(seed); });
    const double plain = bench::seconds([&] { gather(graph.adjacency(), v.value().view(), sums.view()); });
    for (Variable* x : {&q, &k, &v, &weight, &options.kernel_weight})
      if (x->defined()) x->clear_grad();
    if (round == 0) continue;
    forward.push_back(ahead), backward.push_back(back), gathered.push_back(plain);
  }
  return {bench::middle(forward), bench::middle(backward), bench::middle(gathered)};
}

}  // namespace

int main(int count, char** words) try {
  const Index nodes = count > 2 ? std::atoll(words[1]) : 169343, edges = count > 2 ? std::atoll(words[2]) : 2585043;
  const int rounds = count > 3 ? std::atoi(words[3]) : 5;
  if (nodes < 1 || edges < 0 || rounds < 1) {
    std::fprintf(stderr, "usage: mercer_passes_bench [NODES EDGES [ROUNDS [CASE]]], numbers of at least 1\n");
    return 2;
  }
  const Graph graph(random_graph(nodes, edges));
  std::printf("%lld nodes, %lld edge slots, %d threads, medians of %d rounds\n", static_cast<long long>(graph.rows()),
              static_cast<long long>(graph.edges()), threads(), rounds);
  bool kept = true;
  double whole = 0;  // of dot 4 x 64
  for (const Case& c :
       {Case{"gat 4 x 64", Additive{}, 4, 1, 64, 2.7}, Case{"gat 8 x 8", Additive{}, 8, 1, 8, 4.0},
        Case{"dot 4 x 64", Exponential{}, 4, 64, 64, 6.6}, Case{"dot 8 x 8", Exponential{}, 8, 8, 8, 8.0},
        Case{"gatv2 4 x 64", DynamicAdditive{}, 4, 64, 64, 6.6}, Case{"gatv2 8 x 8", DynamicAdditive{}, 8, 8, 8, 8.0},
        Case{"gatv2 4 x 64, k = v", DynamicAdditive{}, 4, 64, 64, 5.0, true},
        Case{"gatv2 4 x 64, k = v, 8 edge features", DynamicAdditive{}, 4, 64, 64, 0, true, Storage::real, 8},
        Case{"rbf 4 x 64", Gaussian{}, 4, 64, 64},
        Case{"dot 4 x 64, bf16", Exponential{}, 4, 64, 64, 0, false, Storage::bf16}}) {
    if (count > 4 && std::string(c.name) != words[4]) continue;
    const Times took = time(c, graph, rounds);
    const double both = took.forward + took.backward, share = both / took.gather;
    std::printf("%-36s forward %5.2f g, backward %5.2f g, both %5.2f g (g = %.1f ms)", c.name,
                took.forward / took.gather, took.backward / took.gather, share, 1e3 * took.gather);
    if (c.bar > 0) {
      std::printf("  bar <= %.1f: %s", c.bar, share <= c.bar ? "kept" : "MISSED");
      kept = kept && share <= c.bar;
    }
    if (std::string(c.name) == "dot 4 x 64") whole = both;
    if (c.storage != Storage::real) {
      std::printf("  %.2f times as fast as float  bar >= 1.5: %s", whole / both,
                  whole / both >= 1.5 ? "kept" : "MISSED");
      kept = kept && whole / both >= 1.5;
    }
    std::printf("\n");
    std::fflush(stdout);
  }
  return kept || count > 2 ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "mercer_passes_bench: %s\n", error.what());
  return 1;
}
