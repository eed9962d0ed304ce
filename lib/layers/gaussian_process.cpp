#include "mercer/layers/gaussian_process.hpp"

#include <cmath>
#include <utility>

#include "backend/operators.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {
namespace {

/// 1 where the place (a, b) of a triangle is wanted: a matrix of each head and output, [h*s, s*s].
template <class Wanted>
Variable places_of_triangles(Index heads, Index s, Device device, Wanted wanted) {
  Tensor mask(heads * s, s * s);
  for (Index row = 0; row < mask.rows(); ++row)
    for (Index column = 0; column < mask.columns(); ++column)
      if (wanted(row % s, column % s)) mask(row, column) = 1;
  return Variable(mask.to(device));
}

/// x [n, s] with each column repeated s times, [n, s*s].
Variable columns_repeated(const Variable& x) {
  const Index s = x.columns();
  Tensor repeat(s, s * s);
  for (Index column = 0; column < s * s; ++column)
    repeat(column / s, column) = 1;
  return matmul(x, Variable(repeat.to(x.device())));
}

/// x [n, s] with each row repeated s times, [n*s, s].
Variable rows_repeated(const Variable& x) {
  const Index s = x.columns();
  Tensor repeat(s, s * s);
  for (Index column = 0; column < s * s; ++column)
    repeat(column % s, column) = 1;
  return reshape(matmul(x, Variable(repeat.to(x.device()))), x.rows() * s, s);
}

/// Σ_row,column (w_row x_row,column)²
Variable weighed_squares(const Variable& x, const Variable& w) {
  const Variable weighed = scale_heads(transpose_heads(x, 1), w);
  return sum(multiply(weighed, weighed));
}

}  // namespace

GaussianProcess::GaussianProcess(Index of_heads, Index of_rank, Random& random)
    : heads(of_heads),
      rank(of_rank),
      mean(Tensor::uninitialized(heads * rank, rank), true),
      log_scale(Tensor::filled(heads * rank, rank, std::log(Real(0.1))), true),
      lower(zeros(heads * rank, rank * rank)) {
  const double bound = 1 / std::sqrt(static_cast<double>(rank));
  for (Real& value : mean.mutable_value().values())
    value = static_cast<Real>(random.uniform(-bound, bound));
}

Variable GaussianProcess::factors() const {
  const auto is_below = [](Index a, Index b) { return b < a; };
  const auto is_diagonal = [](Index a, Index b) { return a == b; };
  return add(multiply(lower, places_of_triangles(heads, rank, lower.device(), is_below)),
             multiply(exp(columns_repeated(log_scale)), places_of_triangles(heads, rank, lower.device(), is_diagonal)));
}

Variable GaussianProcess::operator()(const Variable& u, const Variable& inverse_scale, const Variable& L,
                                     Pass& pass) const {
  const Index n = u.rows(), s = rank;
  const Variable v = scale_heads(u, inverse_scale), F = head_matmul(v, mean, heads);
  const Stream stream = pass.stream();
  if (!pass.is_training()) return F;
  // v_i L_t for each output, times ε_i, summed over b: rows are (node, head, output)
  Tensor drawn = Tensor::uninitialized(n * heads, s, u.device());
  op::normal_draws(stream, drawn);
  const Variable noise = rows_repeated(Variable(std::move(drawn))),
                 spread = multiply(reshape(head_matmul(v, L, heads), n * heads * s, s), noise),
                 ones(Tensor::filled(s, 1, 1).to(u.device()));
  return add(F, reshape(matmul(spread, ones), n, heads * s));
}

Variable GaussianProcess::divergence(const Variable& inverse_scale, const Variable& L) const {
  const auto outputs = static_cast<Real>(rank);
  const Variable squares =
      scale(add(weighed_squares(L, inverse_scale), weighed_squares(mean, inverse_scale)), Real(0.5));
  const Variable logarithms = add(sum(log_scale), scale(sum(log(inverse_scale)), outputs));
  return shift(subtract(squares, logarithms), -static_cast<Real>(heads) * outputs * outputs / 2);
}

Parameters GaussianProcess::parameters(const std::string& prefix) const {
  return {{prefix + "mean", mean, false}, {prefix + "log_scale", log_scale, false}, {prefix + "lower", lower, false}};
}

}  // namespace mercer
