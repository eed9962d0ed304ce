// The time of one call of attend on a planted citation graph of Cora's size, for each kernel: forward only, and with
// the backward pass. build/release/apps/bench/mercer_bench --benchmark_filter=gaussian
#include <benchmark/benchmark.h>

#include <string>

#include "mercer/attention/attend.hpp"
#include "mercer/base/random.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/transform.hpp"

using namespace mercer;

namespace {

constexpr Index heads = 8, width = 8;

Variable normal(Index rows, Index columns, std::uint32_t call) {
  Random random(1, call);
  Tensor x = Tensor::uninitialized(rows, columns);
  for (Real& value : x.values())
    value = static_cast<Real>(random.normal());
  return Variable(std::move(x), /*wants_grad=*/true);
}

struct Operands {
  Variable q, k, v;
  AttendOptions options{.heads = heads};
};

/// The operands of a kernel: half scores for the additive one, a vector a for GATv2's, neither q nor k for the constant
/// one, a denominator that may be negative for signed ones.
Operands operands(const AnyKernel& kernel, Index n) {
  const KernelTraits traits = kernel.traits();
  const Index d = head_width(traits, width);
  Operands made{.q = normal(n, heads * d, 0), .k = normal(n, heads * d, 1), .v = normal(n, heads * width, 2)};
  if (!traits.compares) made.q = made.k = Variable();
  if (traits.weighted) made.options.kernel_weight = normal(1, heads * width, 3);
  if (traits.is_signed) made.options.normaliser = Normaliser::row_sum;
  return made;
}

void attend_once(benchmark::State& state, const AnyKernel& kernel, bool with_backward) {
  const Graph graph(with_loops(planted_citations()).graph);
  Operands x = operands(kernel, graph.rows());
  for ([[maybe_unused]] auto _ : state) {
    Variable y = attend(graph, kernel, x.q, x.k, x.v, x.options);
    if (with_backward) y.backward(Tensor::filled(y.rows(), y.columns(), 1));
    benchmark::DoNotOptimize(y.value().data());
    for (Variable* operand : {&x.q, &x.k, &x.v, &x.options.kernel_weight})
      if (operand->defined()) operand->clear_grad();
  }
  state.SetItemsProcessed(state.iterations() * graph.edges() * heads);  // edges × heads
}

bool register_all() {
  const auto both = [](const AnyKernel& kernel) {
    const std::string name(kernel.name());
    benchmark::RegisterBenchmark((name + "/forward").c_str(), attend_once, kernel, false)->UseRealTime();
    benchmark::RegisterBenchmark((name + "/both").c_str(), attend_once, kernel, true)->UseRealTime();
  };
  Catalogue::each([&]<class K>() { both(K{}); });
  return true;
}

[[maybe_unused]] const bool registered = register_all();

}  // namespace
