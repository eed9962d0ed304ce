// What a layer tells of its attention: nothing here is trained.
#include <cmath>
#include <utility>

#include "layers/kernel_facts.hpp"
#include "mercer/layers/kernel_attention.hpp"

namespace mercer {
namespace {

/// What was taken out of φ(k), or depends on k alone in κ, [m, h], is the similarity's and not the magnitude's.
void move_to_similarity(const Tensor& taken_out, const EdgeRows& adjacency, Factors& factors) {
  for_each_edge(adjacency, [&](Node, Node j, Edge e) {
    for (Index h = 0; h < taken_out.columns(); ++h) {
      factors.similarity(e, h) += taken_out(j, h);
      factors.log_magnitude(e, h) -= taken_out(j, h);
    }
  });
}

}  // namespace

Tensor KernelAttention::attention(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  const Operands of = operands(neighbourhood, x, pass);
  const auto weights = [&](const Variable& q, const Variable& k, const AttendOptions& with) {
    return Variable(attention_weights(neighbourhood, kernel, q, k, with));
  };
  return over_draws(of, pass, weights).y.value();
}

bool KernelAttention::splits_dot_products() const {
  return kernel.is<Exponential>() && !comparison && !features && !options.p;
}

Factors KernelAttention::factors(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  const Operands of = operands(neighbourhood, x, pass);
  HalfSquares halves;
  if (splits_dot_products())
    halves = {squared_norm(of.q, options.heads, 2, 2), squared_norm(of.k, options.heads, 2, 2)};
  Mapped seen{.q = of.q, .k = of.heard, .key_bias = of.of_kernel};
  AttendOptions with = of.options;
  if (features) {
    seen = (*features)(of.q, of.heard, of.all, pass);
    with.key_bias = sum_of(with.key_bias, seen.key_bias);
  }
  Factors made = attention_factors(neighbourhood, kernel, seen.q, seen.k, with, halves);
  if (seen.key_bias) move_to_similarity(seen.key_bias.value(), neighbourhood.view().adjacency, made);
  return made;
}

KernelProbe KernelAttention::probe(const Neighbourhood& neighbourhood, const Input& x) const {
  const NoGrad no_tape;
  KernelProbe made{.heads = options.heads};
  Variable q, k;
  if (kernel.traits().compares) {
    q = options.tied ? value(x) : (*query)(x);
    k = options.tied ? q : (*key)(x);
    made.width = key_width();
    made.q = neighbourhood.targets(q).value();
    made.k = neighbourhood.sources(k).value();
  }
  AnyKernel asked = kernel;
  if (const auto* dot = kernel.get_if<Exponential>(); splits_dot_products() && dot->scale > 0)
    asked = Gaussian{.sigma = 1 / std::sqrt(dot->scale)};
  made.similarity = [asked, q, k, layer = *this](const Tensor& asked_q, const Tensor& asked_k) {
    const NoGrad none;
    const Mapped seen = layer.seen_by_kernel(Variable(asked_q), Variable(asked_k), q, k);
    Tensor kappa = similarity_of_pairs(asked, seen.q.value(), seen.k.value(), layer.options.heads);
    return seen.key_bias ? multiply(Variable(std::move(kappa)), exp(seen.key_bias)).value() : kappa;
  };
  made.stationary = features ? features->is_stationary() : asked.traits().stationary;
  made.is_signed = kernel.traits().is_signed;
  return made;
}

Mapped KernelAttention::seen_by_kernel(const Variable& asked_q, const Variable& asked_k, const Variable& q,
                                       const Variable& k) const {
  if (features) {
    Pass pass = Pass::inference();
    return (*features)(asked_q, asked_k, {q, k}, pass);
  }
  if (!comparison) return {.q = asked_q, .k = asked_k};
  return {.q = comparison->seen(asked_q),
          .k = comparison->seen(asked_k),
          .key_bias = comparison->key_bias ? comparison->key_bias(asked_k) : Variable()};
}

}  // namespace mercer
