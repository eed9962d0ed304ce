#include <doctest/doctest.h>

#include <cmath>

#include "mercer/autograd/functions.hpp"
#include "mercer/features/fourier_map.hpp"
#include "mercer/layers/kernel_attention.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr Index nodes =
    700;  // 8 heads of 64 frequencies take 2.7 MiB of floats: two heads at a time, or one of doubles

KernelAttention layer_with(FourierMapOptions map, Index feature_memory) {
  map.feature_memory = feature_memory;
  Random random(4);
  return {{.in = 6, .width = 3, .heads = 8, .attention_dropout = 0.3f}, {.similarity = map, .p = 2}, random};
}

struct Trained {
  Tensor y;
  std::vector<Tensor> gradients;
};

Trained train(const KernelAttention& layer) {
  Pass pass = Pass::training(3, 1);
  const Variable x(noise(nodes, 6, 8), true);
  const Output out = layer(Graph{scattered(nodes)}, x, pass);
  Variable loss = sum(multiply(out.y, out.y));
  if (out.penalty) loss = add(loss, out.penalty);
  loss.backward();
  Trained made{out.y.value(), {x.grad()}};
  for (const Parameter& p : layer.parameters())
    if (p.variable.has_grad()) made.gradients.push_back(p.variable.grad());
  return made;
}

}  // namespace

TEST_CASE("features of a few heads at a time give what those of all give") {
  for (const FrequencyOptions& distribution :
       {FrequencyOptions(LearnedOptions{}), FrequencyOptions(LearnedOptions{.stationary = true})}) {
    const FourierMapOptions map{.distribution = distribution};
    const Trained all = train(layer_with(map, 1000)), some = train(layer_with(map, 1));
    CHECK(max_abs_difference(all.y, some.y) == 0);
    REQUIRE(all.gradients.size() == some.gradients.size());
    REQUIRE(all.gradients.size() >= 5);
    for (std::size_t n = 0; n < all.gradients.size(); ++n) {
      const double size =
          std::sqrt(static_cast<double>(squared_norm(Variable(all.gradients[n]), 1, 2, 1).value()(0, 0)));
      CHECK(max_abs_difference(all.gradients[n], some.gradients[n]) <= 1e-5 * (1 + size));
    }
  }
}

TEST_CASE("by heads, the inputs of a kernel are made when they are asked for") {
  const KernelAttention layer = layer_with({}, 1);
  Pass pass = Pass::training(3, 1);
  const Operands of = layer.operands(Graph{scattered(nodes)}, Variable(noise(nodes, 6, 8)), pass);
  REQUIRE(of.compared.front().by_heads);
  CHECK_FALSE(of.compared.front().q);
  CHECK(of.compared.front().by_heads->at_once == (sizeof(Real) == 8 ? 1 : 2));
  CHECK(attention_weights(of).columns() == 8);
}
