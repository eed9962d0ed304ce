#include "mercer/features/fastfood.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "backend/fastfood_ops.hpp"
#include "backend/operator.hpp"
#include "features/draw.hpp"
#include "mercer/autograd/functions.hpp"

namespace mercer {
namespace {

void check(const FrequencySizes& sizes) {
  check_sizes("Fastfood", sizes);
  const Index d = sizes.width;
  require(std::has_single_bit(static_cast<std::uint64_t>(d)), "Fastfood",
          "width of q and k: got " + std::to_string(d) +
              ", want a power of two (the Walsh-Hadamard matrix has no other)" + ": give key-width 8, or another one");
  require(sizes.frequencies % d == 0, "Fastfood",
          "frequencies: got " + std::to_string(sizes.frequencies) + ", want a multiple of the width " +
              std::to_string(d) + ": blocks are stacked");
}

Variable sizes_of(const Tensor& x) {
  Tensor logs = x;
  for (Real& value : logs.values())
    value = std::log(std::abs(value));
  return Variable(std::move(logs), true);
}

Variable signs_of(const Tensor& x) {
  Tensor signs = x;
  for (Real& value : signs.values())
    value = value < 0 ? Real(-1) : Real(1);
  return Variable(std::move(signs));
}

/// [blocks*d, d]: row (b, c) holds entry c of block b's diagonal at column c, and 0 elsewhere.
Variable on_diagonals(const Variable& entries) {
  const Index blocks = entries.rows(), d = entries.columns();
  Tensor units(blocks * d, d);
  for (Index r = 0; r < units.rows(); ++r)
    units(r, r % d) = 1;
  return multiply(Variable(units.to(entries.device())), gather_rows(entries, each_row(blocks, d)));
}

/// y_ih = S H G Π H B x_ih, the blocks side by side; s, g and b [M/d, d].
Variable fastfood_product(const Variable& x, const Variable& s, const Variable& g, const Variable& b,
                          std::vector<Node> places) {
  expect_device("Fastfood", x.device(), Device::cpu);
  const Index blocks = s.rows(), d = s.columns();
  Tensor y = Tensor::uninitialized(x.rows(), x.columns() * blocks);
  const TimedOperator timed("fastfood", Device::cpu);
  cpu::fastfood(x.value(), {s.value(), g.value(), b.value(), places}, y);
  return Variable::record(
      std::move(y), {x, s, g, b}, [places = std::move(places), blocks, d](std::span<Variable> in, Tensor& dy) {
        Tensor dx = Tensor::uninitialized(in[0].rows(), in[0].columns());
        Tensor dfactors = Tensor::uninitialized(3 * blocks, d);
        const TimedOperator timed_backward("fastfood", Device::cpu);
        cpu::fastfood_backward(in[0].value(), {in[1].value(), in[2].value(), in[3].value(), places}, dy, dx, dfactors);
        in[0].add_grad(std::move(dx));
        for (Index f = 0; f < 3; ++f) {
          Tensor mine = Tensor::uninitialized(blocks, d);
          std::copy_n(dfactors.row(f * blocks), mine.size(), mine.row(0));
          in[static_cast<std::size_t>(f) + 1].add_grad(std::move(mine));
        }
      });
}

}  // namespace

Fastfood::Fastfood(const Options&, const FrequencySizes& wanted, Random& random) : sizes(wanted) {
  check(sizes);
  const Index d = sizes.width, blocks = sizes.frequencies / d;
  const Tensor g = normal_noise(blocks, d, random);
  const Tensor b = drawn(blocks, d, [&] { return random.below(2) == 0 ? -1.0 : 1.0; });
  Tensor s = drawn(blocks, d, [&] {
    double squares = 0;
    for (Index c = 0; c < d; ++c) {
      const double x = random.normal();
      squares += x * x;
    }
    return std::sqrt(squares);
  });
  for (Index r = 0; r < blocks; ++r) {
    Real squares = 0;
    for (Index c = 0; c < d; ++c)
      squares += g(r, c) * g(r, c);
    for (Index c = 0; c < d; ++c)
      s(r, c) /= std::sqrt(squares);
  }
  Tensor order(blocks, d);
  for (Index r = 0; r < blocks; ++r) {
    std::span<Real> row(order.row(r), static_cast<std::size_t>(d));
    std::iota(row.begin(), row.end(), Real(0));
    random.shuffle(row);
  }
  log_s = sizes_of(s);
  log_g = sizes_of(g);
  log_b = sizes_of(b);
  sign_g = signs_of(g);
  sign_b = signs_of(b);
  permutation = Variable(std::move(order));
}

std::vector<Node> Fastfood::places() const {
  const Tensor order = permutation.value().to(Device::cpu);
  std::vector<Node> places;
  for (const Real place : order.values())
    places.push_back(static_cast<Node>(place));
  return places;
}

Frequencies Fastfood::operator()(const Variable&, const Variable&, const NoiseDraw&) const {
  if (!log_s.device().is_cpu()) return {.sets = {matrix()}};
  return {.times = [fastfood = *this](const Variable& x) { return fastfood.times(x); }};
}

Variable Fastfood::times(const Variable& x) const {
  expect("Fastfood", {{"columns of x", x.columns(), sizes.heads * sizes.width}});
  const Variable s = scale(exp(log_s), turns_of(sizes) / std::sqrt(static_cast<Real>(sizes.width)));
  return fastfood_product(x, s, multiply(exp(log_g), sign_g), multiply(exp(log_b), sign_b), places());
}

Variable Fastfood::matrix() const {
  const Index d = sizes.width, blocks = sizes.frequencies / d;
  const auto diagonal = [](const Variable& logs, const Variable& signs) { return multiply(exp(logs), signs); };
  const auto of_rows = [&](const Variable& entries) { return gather_rows(entries, each_row(blocks, d)); };
  std::vector<Node> order = places();
  for (std::size_t r = 0; r < order.size(); ++r)
    order[r] += static_cast<Node>(static_cast<Index>(r) / d * d);

  // Row (b, c) is S H G Π H B e_c of block b, for the unit vector e_c.
  const Variable x = walsh_hadamard(on_diagonals(diagonal(log_b, sign_b)));
  const Variable permuted = transpose_heads(gather_rows(transpose_heads(x, blocks), order), blocks);
  const Variable y = walsh_hadamard(multiply(permuted, of_rows(diagonal(log_g, sign_g))));
  const Variable columns = multiply(y, of_rows(exp(log_s)));
  // The blocks side by side, [d, M], repeated for each head.
  const Variable stacked = reshape(transpose_heads(columns, blocks), sizes.frequencies, d);
  const Variable w = gather_rows(transpose_heads(stacked, 1), all_rows(d, sizes.heads));
  return scale(w, turns_of(sizes) / std::sqrt(static_cast<Real>(d)));
}

Parameters Fastfood::parameters(const std::string& prefix) const {
  return {{prefix + "log_s", log_s, false},   {prefix + "log_g", log_g, false},
          {prefix + "log_b", log_b, false},   {prefix + "sign_g", sign_g, false},
          {prefix + "sign_b", sign_b, false}, {prefix + "permutation", permutation, false}};
}

}  // namespace mercer
