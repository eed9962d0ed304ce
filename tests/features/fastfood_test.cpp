#include "mercer/features/fastfood.hpp"

#include <doctest/doctest.h>

#include <type_traits>

#include "features/made.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/features/fourier.hpp"
#include "mercer/features/positive_map.hpp"
#include "support/held_gradient.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

Fastfood fastfood_of(Index heads, Index width, Index M) {
  Random random(7);
  return Fastfood({}, {.heads = heads, .width = width, .frequencies = M}, random);
}

}  // namespace

TEST_CASE("Fastfood's product is that of its matrix, at every number of vectors beside a full set of lanes") {
  constexpr double allowed = std::is_same_v<Real, double> ? 1e-12 : 1e-5;
  for (const Index n : {0, 1, 5, 8, 16, 17, 33, 300})
    for (const auto& size : {std::pair<Index, Index>{1, 3}, {2, 4}, {8, 24}, {64, 128}}) {
      const Index width = size.first, M = size.second;
      CAPTURE(n);
      CAPTURE(width);
      const Fastfood made = fastfood_of(3, width, M);
      const Variable x(random_tensor(n, 3 * width, 2));
      CHECK(relative_difference(made.times(x).value(), head_matmul(x, made.matrix(), 3).value()) < allowed);
    }
}

TEST_CASE("gradients of Fastfood's product for x, S, G and B, and those of both kinds of features made of it") {
  const Fastfood made = fastfood_of(2, 4, 12);
  const Variable x(random_tensor(19, 8, 3), true);
  const std::vector<Variable> held{x, made.log_s, made.log_g, made.log_b};
  if constexpr (std::is_same_v<Real, double>) {
    CHECK(held_gradient_gap([&] { return made.times(x); }, held) < 1e-7);
    CHECK(held_gradient_gap([&] { return features_of_turns(made.times(x), 2); }, held) < 1e-7);
  }
  // against the matrix, in float too
  const auto gradients = [&](const auto& product) {
    for (Variable each : held)
      each.clear_grad();
    Variable y = product();
    y.backward(random_tensor(19, 24, 4));
    std::vector<Tensor> all;
    for (const Variable& each : held)
      all.push_back(each.grad());
    return all;
  };
  const auto fast = gradients([&] { return made.times(x); }),
             plain = gradients([&] { return head_matmul(x, made.matrix(), 2); });
  for (std::size_t n = 0; n < fast.size(); ++n)
    CHECK(relative_difference(fast[n], plain[n]) < 20 * static_cast<double>(rounding));
}

TEST_CASE("features of turns are those of their matrix") {
  const Fastfood made = fastfood_of(2, 8, 16);
  const Variable x(random_tensor(21, 16, 5));
  CHECK(max_abs_difference(features_of_turns(made.times(x), 2).value(),
                           fourier_features(x, {made.matrix()}, 2).value()) < 20 * rounding);
  CHECK_THROWS_AS(features_of_turns(x, 0), ValueError);
  CHECK_THROWS_AS(features_of_turns(x, 3), ShapeError);
  CHECK_THROWS_AS(made.times(Variable(random_tensor(3, 15))), ShapeError);
}

TEST_CASE("Fastfood's product and its gradients have the same bits at 1, 2 and 4 threads") {
  const auto run = [] {
    const Fastfood made = fastfood_of(2, 8, 32);
    const Variable x(random_tensor(1500, 16, 1), true);
    Variable phi = features_of_turns(made.times(x), 2);
    const Tensor value = phi.value();
    phi.backward(random_tensor(1500, 128, 3));
    return std::vector<Tensor>{value, x.grad(), made.log_s.grad(), made.log_g.grad(), made.log_b.grad()};
  };
  set_threads(1);
  const auto one = run();
  for (const int count : {2, 4}) {
    set_threads(count);
    const auto more = run();
    for (std::size_t n = 0; n < one.size(); ++n)
      CHECK(same_bits(one[n], more[n]));
  }
  set_threads(0);
}
