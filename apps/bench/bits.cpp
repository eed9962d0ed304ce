// Prints a hash of attention's output and of every gradient, one line for each kernel and normaliser. Two builds
// compute the same bits when both print the same: mercer_bits > before; …; mercer_bits | diff before -
#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

#include "mercer/base/hash.hpp"
#include "mercer/mercer.hpp"

using namespace mercer;

namespace {

unsigned long long hash(const Tensor& x) {
  return hash_of({reinterpret_cast<const char*>(x.data()), static_cast<std::size_t>(x.size()) * sizeof(Real)});
}

Tensor noise(Index rows, Index columns, std::uint64_t seed) {
  Random random(seed);
  Tensor x(rows, columns);
  for (Real& value : x.values())
    value = static_cast<Real>(random.normal());
  return x;
}

/// Rows of 1 to about 900 edges, isolated nodes among them.
Graph uneven_graph() {
  constexpr std::uint32_t nodes = 1500, hubs = 5;
  Random random(7);
  std::vector<NodePair> edges;
  for (int e = 0; e < 9000; ++e) {
    const auto i = static_cast<Node>(random.below(nodes));
    edges.emplace_back(i, static_cast<Node>(random.below(e % 3 != 0 ? nodes : hubs)));
  }
  return Graph(symmetrised(from_edges(nodes, edges)));
}

struct Case {
  const char* name;
  AnyKernel kernel;
  Index width;  // of a head of q and k; 0: not read
  bool weighted = false;
  bool is_signed = false;
};

std::vector<Case> cases() {
  const SpectralMixture mixture;
  return {{"exponential", Exponential{Real(0.3)}, 16},
          {"additive", Additive{}, 1},
          {"dynamic_additive", DynamicAdditive{}, 16, true},
          {"gaussian", Gaussian{2}, 13},
          {"laplacian", Laplacian{3}, 16},
          {"cauchy", Cauchy{}, 8},
          {"constant", Constant{}, 0},
          {"inner_product", InnerProduct{Real(0.1), 1}, 16, false, true},
          {"positive_inner_product", PositiveInnerProduct{}, 16},
          {"squared_inner_product", SquaredInnerProduct{}, 40},
          {"series_exponential", DotProductSeries{Series::exponential}, 16},
          {"series_inverse", DotProductSeries{Series::inverse}, 16},
          {"series_logarithm", DotProductSeries{Series::logarithm}, 16},
          {"series_root", DotProductSeries{Series::root}, 16},
          {"gaussian_logit", GaussianLogit{}, 16},
          {"cauchy_logit", CauchyLogit{}, 16},
          {"histogram_intersection_logit", HistogramIntersectionLogit{}, 16},
          {"histogram_intersection", HistogramIntersection{}, 16, false, true},
          {"spectral_mixture", mixture, mixture.width(), false, true}};
}

void print(const Graph& graph, const Case& which, Normaliser normaliser, const char* denominator) {
  const Index n = graph.rows(), heads = 3;
  const auto operand = [&](Index columns, std::uint64_t seed) {
    return columns > 0 ? Variable(noise(n, columns, seed), true) : Variable();
  };
  const Variable q = operand(heads * which.width, 1), k = operand(heads * which.width, 2), v = operand(heads * 8, 3);
  AttendOptions options{.heads = heads, .normaliser = normaliser, .dropout = {0.3f, {9, 4, 2}}};
  options.key_bias = operand(heads, 4);
  if (which.weighted) options.kernel_weight = Variable(noise(1, heads * which.width, 5), true);
  Variable y = attend(graph, which.kernel, q, k, v, options);
  std::printf("%s %s y %016llx", which.name, denominator, hash(y.value()));
  y.backward(noise(n, heads * 8, 6));
  const std::pair<const char*, const Variable*> inputs[] = {
      {"q", &q}, {"k", &k}, {"v", &v}, {"bias", &options.key_bias}, {"a", &options.kernel_weight}};
  for (const auto& [name, x] : inputs)
    if (x->defined()) std::printf(" %s %016llx", name, hash(x->grad()));
  std::printf("\n");
}

}  // namespace

int main() {
  const Graph graph = uneven_graph();
  for (const Case& which : cases()) {
    if (!which.is_signed) print(graph, which, Normaliser::softmax, "softmax");
    print(graph, which, Normaliser::row_sum, "row_sum");
    print(graph, which, Normaliser::degree, "degree");
    print(graph, which, Normaliser::symmetric, "symmetric");
    print(graph, which, Normaliser::none, "none");
  }
}
