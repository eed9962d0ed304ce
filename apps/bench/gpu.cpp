// The bandwidth of fused attention on a CUDA device and of a copy on the same device, measured in turn:
//    mercer_gpu_bench [NODES EDGES [ROUNDS]]      default: 169343 nodes and 2585043 edges
// Bytes are those that attention must move without any cache; docs/cuda.md has the formulas. Each line names its
// figure, its bar and whether it is kept; the exit code is 1 when one is not, at the default size.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "measure.hpp"
#include "mercer/attention/attend.hpp"
#include "mercer/device/device.hpp"
#include "mercer/graph/generate.hpp"

using namespace mercer;

namespace {

struct Case {
  const char* name;
  AnyKernel kernel;
  Index heads, key_width, width;
  double forward = 0, backward = 0;  // bars: shares of a copy's bandwidth
  Storage storage = Storage::real;
  bool one_tensor = false;  // is k also v?
};

Variable noise(Index rows, Index columns, std::uint32_t call) {
  return Variable(bench::noise(rows, columns, call).to(Device::cuda), true);
}

/// Until the device has made what work() returns.
template <class Work>
double seconds(Work&& work) {
  return bench::seconds([&] { bench::wait(work()); });
}

/// E [4 + b (Fk + F)] + N [8 + b (Fq + F) + 4h] forward; rows and columns passes backward. b is 2 for 16-bit q, k and
/// v.
struct Bytes {
  double forward, backward;
};

Bytes bytes_of(const Case& c, const Graph& graph) {
  const double E = static_cast<double>(graph.edges()), N = static_cast<double>(graph.rows());
  const double r = sizeof(Real), b = c.storage == Storage::real ? r : 2, h = static_cast<double>(c.heads);
  const double k = h * static_cast<double>(c.key_width), f = h * static_cast<double>(c.width);
  const double rows = E * (4 + b * (k + f)) + N * (8 + r * (2 * k + 2 * f) + 2 * r * h);
  const double columns = E * (4 + b * k + r * f + 2 * r * h) + N * (8 + 2 * r * (k + f));
  return {E * (4 + b * (k + f)) + N * (8 + r * (k + f) + r * h), rows + columns};
}

struct Times {
  double forward, backward, copy_rate;  // s, s, bytes/s
};

Times time(const Case& c, const Graph& graph, int rounds) {
  Variable q = noise(graph.rows(), c.heads * c.key_width, 1), k = noise(graph.rows(), c.heads * c.key_width, 2);
  Variable v = c.one_tensor ? k : noise(graph.rows(), c.heads * c.width, 3);
  AttendOptions options{.heads = c.heads, .storage = c.storage};
  if (c.kernel.traits().weighted) options.kernel_weight = noise(1, c.heads * c.key_width, 4);
  const Tensor seed = noise(graph.rows(), c.heads * c.width, 5).value();
  const Tensor block(std::max<Index>(graph.rows(), 1), 256, Device::cuda);
  Tensor target = block;
  std::vector<double> forward, backward, copy;
  for (int round = 0; round <= rounds; ++round) {  // the first warms up
    Variable y;
    const double ahead = seconds([&]() -> const Tensor& {
      y = attend(graph, c.kernel, q, k, v, options);
      return y.value();
    });
    const double back = seconds([&]() -> const Tensor& {
      y.backward(seed);
      return v.grad();
    });
    const double copied = seconds([&]() -> const Tensor& {
      copy_bytes(target.data(), Device::cuda, block.data(), Device::cuda,
                 static_cast<std::size_t>(block.size()) * sizeof(Real));
      return target;
    });
    for (Variable* x : {&q, &k, &v, &options.kernel_weight})
      if (x->defined()) x->clear_grad();
    if (round == 0) continue;
    forward.push_back(ahead), backward.push_back(back), copy.push_back(copied);
  }
  const double moved = 2 * static_cast<double>(block.size()) * sizeof(Real);
  return {bench::middle(forward), bench::middle(backward), moved / bench::middle(copy)};
}

/// Prints figures and remembers whether one misses its bar.
class Report {
 public:
  /// Bandwidth against the copy's; a bar of 0 is none.
  void bandwidth(const Case& c, const char* pass, double bytes, double time, double copy, double bar) {
    const double share = bytes / time / copy;
    std::printf("%-22s %-9s %8.3f ms %8.1f GB/s %5.2f of a copy (%.1f GB/s)  ", c.name, pass, 1e3 * time,
                bytes / time / 1e9, share, copy / 1e9);
    judge(share >= bar, bar, ">=");
  }
  /// A ratio of two times, at most the bar.
  void ratio(const std::string& name, double value, double bar) {
    std::printf("%-70s %5.2f  ", name.c_str(), value);
    judge(value <= bar, bar, "<=");
  }
  bool kept() const { return kept_; }

 private:
  void judge(bool keeps, double bar, const char* relation) {
    if (bar > 0) {
      std::printf("bar %s %.2f: %s", relation, bar, keeps ? "kept" : "MISSED");
      kept_ = kept_ && keeps;
    }
    std::printf("\n");
    std::fflush(stdout);
  }
  bool kept_ = true;
};

Times show(const Case& c, const Graph& graph, int rounds, Report& report) {
  const Times took = time(c, graph, rounds);
  const Bytes bytes = bytes_of(c, graph);
  report.bandwidth(c, "forward", bytes.forward, took.forward, took.copy_rate, c.forward);
  report.bandwidth(c, "backward", bytes.backward, took.backward, took.copy_rate, c.backward);
  return took;
}

}  // namespace

int main(int count, char** words) try {
  if (!cuda_available()) {
    std::printf("no CUDA device: %s\n", cuda_description().c_str());
    return 77;
  }
  const Index nodes = count > 2 ? std::atoll(words[1]) : 169343, edges = count > 2 ? std::atoll(words[2]) : 2585043;
  const int rounds = count > 3 ? std::atoi(words[3]) : 20;
  if (nodes < 1 || edges < 0 || rounds < 1) {
    std::fprintf(stderr, "usage: mercer_gpu_bench [NODES EDGES [ROUNDS]], each at least 1\n");
    return 2;
  }
  const Graph graph(random_graph(nodes, edges));
  std::printf("%s\n%lld nodes, %lld edge slots, medians of %d rounds\n", cuda_description(0).c_str(),
              static_cast<long long>(graph.rows()), static_cast<long long>(graph.edges()), rounds);
  Report report;
  const Case dot{"dot 4 x 64", Exponential{}, 4, 64, 64, 0.95, 0.9};
  const Times whole = show(dot, graph, rounds, report);
  Case half = dot;
  half.name = "dot 4 x 64, 16 bits", half.storage = Storage::bf16, half.forward = 0.8, half.backward = 0;
  const Times halves = show(half, graph, rounds, report);
  report.ratio("dot 4 x 64, 16 bits: backward, of float's time", halves.backward / whole.backward, 0.72);
  Case tied{"gatv2 4 x 64, k = v", DynamicAdditive{}, 4, 64, 64, 0.95, 0.9};
  tied.one_tensor = true;
  show(tied, graph, rounds, report);
  for (const Case& c :
       {Case{"gatv2 4 x 64", DynamicAdditive{}, 4, 64, 64, 0.95, 0.9},
        Case{"rbf 4 x 64", Gaussian{}, 4, 64, 64, 0.95, 0.9}, Case{"gat 4 x 64", Additive{}, 4, 1, 64, 0.95, 0.9},
        Case{"dot 1 x 128", Exponential{}, 1, 128, 128, 0.95, 0.9},
        Case{"gatv2 1 x 128", DynamicAdditive{}, 1, 128, 128, 0.95, 0.9},
        Case{"rbf 1 x 128", Gaussian{}, 1, 128, 128, 0.95, 0.9}, Case{"gat 1 x 128", Additive{}, 1, 1, 128, 0.95, 0.9},
        Case{"dot 8 x 8", Exponential{}, 8, 8, 8, 0.6, 0.55},
        Case{"gatv2 8 x 8", DynamicAdditive{}, 8, 8, 8, 0.6, 0.55}, Case{"rbf 8 x 8", Gaussian{}, 8, 8, 8, 0.6, 0.55},
        Case{"gat 8 x 8", Additive{}, 8, 1, 8, 0.6, 0.55},
        Case{"implicit 8 x 128, 8", SquaredInnerProduct{}, 8, 128, 8}})
    show(c, graph, rounds, report);
  const Graph hubs(power_law_graph(nodes, edges));
  Edge longest = 0;
  for (Index i = 0; i < hubs.rows(); ++i)
    longest = std::max(longest, hubs.adjacency().degree(i));
  std::printf("hubs: %lld edge slots, the longest row has %lld\n", static_cast<long long>(hubs.edges()),
              static_cast<long long>(longest));
  const double per_edge = static_cast<double>(graph.edges()) / static_cast<double>(hubs.edges());
  for (const Case& c :
       {dot, Case{"gatv2 4 x 64", DynamicAdditive{}, 4, 64, 64}, Case{"gat 8 x 8", Additive{}, 8, 1, 8}}) {
    const Times flat = time(c, graph, rounds), hub = time(c, hubs, rounds);
    report.ratio(std::string(c.name) + ": forward on hubs, of the random graph's time",
                 hub.forward / flat.forward * per_edge, 1.4);
    report.ratio(std::string(c.name) + ": backward on hubs, of the random graph's time",
                 hub.backward / flat.backward * per_edge, 1.4);
  }
  return report.kept() || count > 2 ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "mercer_gpu_bench: %s\n", error.what());
  return 1;
}
