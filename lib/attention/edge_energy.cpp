#include "mercer/attention/edge_energy.hpp"

#include <string>
#include <utility>
#include <variant>

#include "attention/terms.hpp"
#include "backend/select.hpp"
#include "base/heads.hpp"
#include "mercer/base/check.hpp"

namespace mercer {
namespace {

void check(const Neighbourhood& neighbourhood, const Variable& q, const Variable& k, const Variable& a,
           const Variable& features, const Variable& weight, const EdgeEnergyOptions& options) {
  constexpr const char* op = "edge_energy";
  require(neighbourhood.partitioned() == nullptr, op,
          "graph: got a part of one, want the whole: the other ends of its edges are elsewhere");
  require(!std::holds_alternative<Segments>(neighbourhood.topology()), op,
          "segments: their pairs have no features; spell them out: Graph{complete(segments)}");
  expect_at_least_one(op, "heads", options.heads);
  expect(op, {{"rows of q", q.rows(), neighbourhood.rows()},
              {"rows of k", k.rows(), neighbourhood.columns()},
              {"columns of k", k.columns(), q.columns()},
              {"rows of a", a.rows(), 1},
              {"columns of a", a.columns(), q.columns()},
              {"rows of features", features.rows(), neighbourhood.edges()},
              {"rows of weight", weight.rows(), features.columns()},
              {"columns of weight", weight.columns(), q.columns()}});
  expect_heads(op, "q", q.columns(), options.heads);
}

/// Memory for the gradient of an operand, or empty when it is not needed.
Tensor memory_for_gradient(const Variable& x) {
  return x.wants_grad() ? Tensor::uninitialized(x.rows(), x.columns(), x.device()) : Tensor();
}

EnergyTerms terms_of(std::span<const Variable> in, const EdgeEnergyOptions& options) {
  return {.heads = options.heads,
          .pairing = {options.negative_slope},
          .q = view_of(in[0]),
          .k = view_of(in[1]),
          .a = view_of(in[2]),
          .features = view_of(in[3]),
          .weight = view_of(in[4])};
}

}  // namespace

Variable edge_energy(const Neighbourhood& neighbourhood, const Variable& q, const Variable& k, const Variable& a,
                     const Variable& features, const Variable& weight, const EdgeEnergyOptions& options) {
  check(neighbourhood, q, k, a, features, weight, options);
  const Device device = q.device();
  Tensor energy = Tensor::uninitialized(neighbourhood.edges(), options.heads, device);
  std::vector<Variable> inputs{q, k, a, features, weight};
  select(device, cpu::edge_energy, cuda::edge_energy)(terms_of(inputs, options),
                                                      edge_lists(neighbourhood.view(), device).adjacency, energy);
  return Variable::record(
      std::move(energy), std::move(inputs), [neighbourhood, options](std::span<Variable> in, Tensor& denergy) {
        Tensor gradient[5];
        for (std::size_t n = 0; n < 5; ++n)
          gradient[n] = memory_for_gradient(in[n]);
        const EnergyGradients out{.q = writable(gradient[0]),
                                  .k = writable(gradient[1]),
                                  .a = writable(gradient[2]),
                                  .features = writable(gradient[3]),
                                  .weight = writable(gradient[4])};
        select(denergy.device(), cpu::edge_energy_backward, cuda::edge_energy_backward)(
            terms_of(in, options), edge_lists(neighbourhood.view(), denergy.device()), denergy, out);
        for (std::size_t n = 0; n < 5; ++n)
          if (in[n].wants_grad()) in[n].add_grad(std::move(gradient[n]));
      });
}

}  // namespace mercer
