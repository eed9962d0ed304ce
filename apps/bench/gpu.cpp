// The bandwidth of fused attention on a CUDA device and of a copy on the same device, measured in turn:
//    mercer_gpu_bench [NODES EDGES [ROUNDS]]      default: 169343 nodes and 2585043 edges
// Bytes are those that attention must move without any cache; docs/cuda.md has the formulas.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "mercer/attention/attend.hpp"
#include "mercer/base/random.hpp"
#include "mercer/device/device.hpp"
#include "mercer/graph/build.hpp"

using namespace mercer;

namespace {

struct Case {
  const char* name;
  AnyKernel kernel;
  Index heads, key_width, width;
};

Csr random_graph(Index nodes, Index edges) {
  Random random(1);
  std::vector<NodePair> pairs(static_cast<std::size_t>(edges));
  for (auto& [i, j] : pairs) {
    i = static_cast<Node>(random.below(static_cast<std::uint32_t>(nodes)));
    j = static_cast<Node>(random.below(static_cast<std::uint32_t>(nodes)));
  }
  return from_edges(nodes, pairs);
}

Variable noise(Index rows, Index columns, std::uint32_t call) {
  Random random(2, call);
  Tensor x = Tensor::uninitialized(rows, columns);
  for (Real& value : x.values())
    value = static_cast<Real>(random.uniform(-1, 1));
  return Variable(x.to(Device::cuda), true);
}

/// Waits for all earlier work.
void wait(const Tensor& x) {
  Tensor one = Tensor::uninitialized(1, 1);
  copy_bytes(one.data(), Device::cpu, x.data(), x.device(), sizeof(Real));
}

template <class Work>
double seconds(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  wait(work());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double middle(std::vector<double> x) {
  std::ranges::sort(x);
  return x[x.size() / 2];
}

/// E [4 + b (Fk + F)] + N [8 + b (Fq + F) + 4h] forward; rows and columns passes backward.
struct Bytes {
  double forward, backward;
};

Bytes bytes_of(const Case& c, const Graph& graph) {
  const double E = static_cast<double>(graph.edges()), N = static_cast<double>(graph.rows());
  const double b = sizeof(Real), h = static_cast<double>(c.heads);
  const double k = h * static_cast<double>(c.key_width), f = h * static_cast<double>(c.width);
  const double rows = E * (4 + b * (k + f)) + N * (8 + b * (2 * k + 2 * f) + 2 * b * h);
  const double columns = E * (4 + b * (k + f) + 2 * b * h) + N * (8 + 2 * b * (k + f));
  return {E * (4 + b * (k + f)) + N * (8 + b * (k + f) + b * h), rows + columns};
}

void measure(const Case& c, const Graph& graph, int rounds) {
  Variable q = noise(graph.rows(), c.heads * c.key_width, 1), k = noise(graph.rows(), c.heads * c.key_width, 2);
  Variable v = noise(graph.rows(), c.heads * c.width, 3);
  AttendOptions options{.heads = c.heads};
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
  const Bytes bytes = bytes_of(c, graph);
  const double ceiling = 2 * static_cast<double>(block.size()) * sizeof(Real) / middle(copy) / 1e9;
  const auto show = [&](const char* what, double moved, double time) {
    std::printf("%-22s %-9s %9.3f ms %8.1f GB/s %6.0f %% of a copy (%.1f GB/s)\n", c.name, what, 1e3 * time,
                moved / time / 1e9, 100 * moved / time / 1e9 / ceiling, ceiling);
  };
  show("forward", bytes.forward, middle(forward));
  show("backward", bytes.backward, middle(backward));
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
  for (const Case& c : {Case{"dot 8 x 8", Exponential{}, 8, 8, 8}, Case{"gat 8 x 8", Additive{}, 8, 1, 8},
                        Case{"gatv2 8 x 8", DynamicAdditive{}, 8, 8, 8}, Case{"dot 4 x 64", Exponential{}, 4, 64, 64},
                        Case{"implicit 8 x 128, 8", SquaredInnerProduct{}, 8, 128, 8}})
    measure(c, graph, rounds);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "mercer_gpu_bench: %s\n", error.what());
  return 1;
}
