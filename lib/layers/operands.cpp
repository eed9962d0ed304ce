#include "mercer/layers/operands.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <variant>

#include "layers/sums.hpp"
#include "mercer/attention/attend_linear.hpp"
#include "mercer/autograd/row_runs.hpp"

namespace mercer {
namespace {

/// The options of one draw. The factor of κ that depends on k alone is added to the key bias.
AttendOptions options_of(const Operands& operands, const Compared& compared) {
  AttendOptions options = operands.options;
  options.key_bias = sum_of(options.key_bias, compared.key_bias);
  return options;
}

/// The options of one draw for α itself: without dropout and without counting guarded sums.
AttendOptions without_dropout(const Operands& operands, const Compared& compared) {
  AttendOptions options = options_of(operands, compared);
  options.dropout = {};
  options.guarded = nullptr;
  return options;
}

/// May the features of some heads be made at a time? That spares memory, not bytes, and only Local execution on the CPU
/// does it.
bool takes_heads_in_turn(const Operands& operands) {
  const Neighbourhood& where = operands.neighbourhood;
  return operands.q && operands.q.device().is_cpu() && !operands.linear && where.streamed() == nullptr &&
         where.partitioned() == nullptr && !std::holds_alternative<Segments>(where.topology());
}

/// The inputs of all heads.
Compared whole(const Operands& operands, Compared one) {
  if (!one.by_heads) return one;
  one.q = one.by_heads->q(0, operands.options.heads);
  one.k = one.by_heads->k(0, operands.options.heads);
  return one;
}

/// The options of the heads first … first + count − 1.
AttendOptions options_of_heads(AttendOptions options, Index first, Index count) {
  const auto of_heads = [&](const Variable& x) { return x && x.columns() > 1 ? slice(x, first, count) : x; };
  options.query_bias = of_heads(options.query_bias);
  options.key_bias = of_heads(options.key_bias);
  options.edge_bias = of_heads(options.edge_bias);
  options.heads = count;
  options.first_head = first;
  return options;
}

/// A few heads at a time: the inputs of their κ are forgotten after the forward pass, and made again before the
/// backward pass of these heads, so that those of other heads are not there then.
Variable attend_by_heads(const Operands& operands, const Compared& one) {
  const AttendOptions options = options_of(operands, one);
  const Index heads = options.heads, d = operands.v.columns() / heads;
  const auto forget = [](Variable x, const ComparedByHeads::End& make, Index first, Index count) {
    x.forget_value([make, first, count] {
      const NoGrad no_tape;
      return make(first, count).value();
    });
  };
  std::vector<Variable> y;
  for (Index first = 0; first < heads; first += one.by_heads->at_once) {
    const Index count = std::min(one.by_heads->at_once, heads - first);
    const Variable q = one.by_heads->q(first, count), k = one.by_heads->k(first, count);
    y.push_back(attend(operands.neighbourhood, operands.similarity.kernel, q, k,
                       slice(operands.v, first * d, count * d), options_of_heads(options, first, count)));
    forget(q, one.by_heads->q, first, count);
    forget(k, one.by_heads->k, first, count);
  }
  return concat(y);
}

Variable attend_in_linear_time(const Operands& operands, const Compared& one) {
  const AttendOptions options = options_of(operands, one);
  return attend_linear(operands.neighbourhood, one.q, one.k, operands.v,
                       {.heads = options.heads,
                        .kernel = operands.similarity.kernel,
                        .normaliser = options.normaliser,
                        .key_bias = options.key_bias,
                        .relative_bias = options.relative_bias,
                        .guard = options.guard,
                        .guarded = options.guarded});
}

/// The mean over the draws of one(compared).
template <class One>
Variable mean_over_draws(const Operands& operands, One one) {
  Variable sum;
  for (const Compared& compared : operands.compared)
    sum = sum_of(sum, one(compared));
  return operands.compared.size() == 1 || !sum ? sum : divided(sum, std::ssize(operands.compared));
}

/// Moves the key bias of the similarity, [m, h], from the magnitude to the similarity.
void move_to_similarity(const Tensor& key_bias, const EdgeRows& adjacency, Factors& factors) {
  for_each_edge(adjacency, [&](Node, Node j, Edge e) {
    for (Index h = 0; h < key_bias.columns(); ++h) {
      factors.similarity(e, h) += key_bias(j, h);
      factors.log_magnitude(e, h) -= key_bias(j, h);
    }
  });
}

/// Moves the bias of edges, [edges, h], from the magnitude to the similarity.
void move_bias_to_similarity(const Tensor& edge_bias, Factors& factors) {
  for (Index e = 0; e < edge_bias.rows(); ++e)
    for (Index h = 0; h < edge_bias.columns(); ++h) {
      factors.similarity(e, h) += edge_bias(e, h);
      factors.log_magnitude(e, h) -= edge_bias(e, h);
    }
}

/// Do the means stand for several segments? Then a probe is that of the first.
bool has_several(const NodeMeans& means) { return means.segments && means.segments->count() > 1; }

/// Rows of the first segment; `offset` is where the segments begin.
Tensor rows_asked(const Variable& x, std::span<const Index> offset) {
  return cut_rows(x, offset.first(2)).front().value();
}

NodeMeans means_asked(const NodeMeans& means) {
  if (!has_several(means)) return means;
  return {.q = gather_rows(means.q, {0}), .k = gather_rows(means.k, {0})};
}

/// The kernel that a probe evaluates: the radial basis function when factors decompose a dot product.
AnyKernel kernel_asked(const Operands& operands) {
  const auto* dot = operands.similarity.kernel.get_if<Exponential>();
  if (operands.halves && dot != nullptr && dot->scale > 0) return Gaussian{.sigma = 1 / std::sqrt(dot->scale)};
  return operands.similarity.kernel;
}

}  // namespace

void compare(Operands& operands, Pass& pass) {
  const Index draws = pass.is_training() ? 1 : operands.similarity.draws;
  for (Index draw = 0; draw < draws; ++draw)
    operands.compared.push_back(
        operands.similarity(operands.q, operands.k, {pass, operands.means, draw, takes_heads_in_turn(operands)}));
}

Variable attend(const Operands& operands) {
  return mean_over_draws(operands, [&](const Compared& one) {
    if (operands.linear) return attend_in_linear_time(operands, one);
    if (one.by_heads) return attend_by_heads(operands, one);
    return attend(operands.neighbourhood, operands.similarity.kernel, one.q, one.k, operands.v,
                  options_of(operands, one));
  });
}

Variable penalty_of(const Operands& operands) {
  return mean_over_draws(operands, [](const Compared& one) { return one.penalty; });
}

Tensor attention_weights(const Operands& operands) {
  const NoGrad no_tape;
  return mean_over_draws(operands,
                         [&](const Compared& made) {
                           const Compared one = whole(operands, made);
                           return Variable(attention_weights(operands.neighbourhood, operands.similarity.kernel, one.q,
                                                             one.k, without_dropout(operands, one)));
                         })
      .value();
}

Variable attention_alpha(const Operands& operands) {
  return mean_over_draws(operands, [&](const Compared& made) {
    const Compared one = whole(operands, made);
    return attention_alpha(operands.neighbourhood, operands.similarity.kernel, one.q, one.k,
                           without_dropout(operands, one));
  });
}

Factors attention_factors(const Operands& operands) {
  const NoGrad no_tape;
  const Compared first = whole(operands, operands.compared.front());
  Factors made =
      attention_factors(operands.neighbourhood, operands.similarity.kernel, first.q, first.k,
                        without_dropout(operands, first), operands.halves ? operands.halves() : HalfSquares{});
  if (first.key_bias) move_to_similarity(first.key_bias.value(), operands.neighbourhood.view().adjacency, made);
  if (operands.bias_is_similarity) move_bias_to_similarity(operands.options.edge_bias.value(), made);
  return made;
}

KernelProbe kernel_probe(const Operands& operands) {
  const AnyKernel kernel = kernel_asked(operands);
  const Index heads = operands.options.heads;
  KernelProbe made{.heads = heads,
                   .stationary = operands.similarity.stationary.value_or(kernel.traits().stationary),
                   .is_signed = kernel.traits().is_signed};
  if (operands.q) {
    made.width = operands.q.columns() / heads;
    const bool several = has_several(operands.means);
    made.q = several ? rows_asked(operands.q, operands.means.segments->target_offset()) : operands.q.value();
    made.k = several ? rows_asked(operands.k, operands.means.segments->source_offset()) : operands.k.value();
  }
  made.similarity = [kernel, heads, similarity = operands.similarity, means = means_asked(operands.means),
                     weight = operands.options.kernel_weight](const Tensor& q, const Tensor& k) {
    const NoGrad no_tape;
    Pass pass = Pass::inference();
    const Compared one = similarity(Variable(q), Variable(k), {pass, means});
    Tensor kappa = similarity_of_pairs(kernel, one.q.value(), one.k.value(), heads, weight);
    return one.key_bias ? multiply(Variable(std::move(kappa)), exp(one.key_bias)).value() : kappa;
  };
  return made;
}

}  // namespace mercer
