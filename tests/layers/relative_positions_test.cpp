#include "mercer/layers/relative_positions.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <type_traits>

#include "mercer/autograd/heads.hpp"
#include "mercer/base/check.hpp"
#include "mercer/features/positive_map.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/layers/kernel_attention.hpp"
#include "support/graphs.hpp"
#include "support/held_gradient.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

TEST_CASE("buckets of offsets: near ones one each, farther ones by their logarithm, both sides apart") {
  for (Index r = 0; r < 8; ++r) {
    CHECK(bucket_of(r, 32) == r);
    if (r > 0) CHECK(bucket_of(-r, 32) == 16 + r);
  }
  // 8 + ⌊ln(r / 8) / ln 16 · 8⌋, as in the code of T5's authors
  CHECK(bucket_of(8, 32) == 8);
  CHECK(bucket_of(12, 32) == 9);
  CHECK(bucket_of(40, 32) == 12);
  CHECK(bucket_of(127, 32) == 15);
  CHECK(bucket_of(100000, 32) == 15);
  CHECK(bucket_of(-100000, 32) == 31);
  for (const Index buckets : {4, 6, 510})
    for (Index r = -300; r <= 300; ++r) {
      CHECK(bucket_of(r, buckets) >= 0);
      CHECK(bucket_of(r, buckets) < buckets);
    }
}

TEST_CASE("a table gives each offset its row, for the longest of several segments; longer ones are refused") {
  RelativePositions made({.kind = RelativeKind::table, .longest = 4}, 2);
  for (Index r = 0; r < 7; ++r)
    made.table.mutable_value()(r, 1) = static_cast<Real>(r) - 3;
  made.table.mutable_value()(1, 0) = 50;  // held at 10
  const Tensor b = made(Segments({0, 2, 5})).value();
  REQUIRE(b.rows() == 5);
  for (Index r = 0; r < 5; ++r)
    CHECK(b(r, 1) == static_cast<Real>(r) - 2);
  CHECK(b(0, 0) == 10);
  CHECK(message_of<ValueError>([&] {
          made(Segments({0, 5}));
        }) ==
        "[RelativePositions] length of a sequence: got 5, want at most 4, which the table of relative positions holds; "
        "set longest, or take buckets");
  CHECK(made(Segments({0})).rows() == 1);
}

TEST_CASE("normalised positive features with a table near exp(cos / T + b), and have gradients") {
  const Index d = 4, heads = 2;
  Random random(3);
  const auto layer_of = [&](Index frequencies, RelativeKind kind) {
    KernelAttentionOptions options{.similarity = PositiveMapOptions{.frequencies = frequencies, .normalised = true},
                                   .linear = true};
    options.relative = {.kind = kind, .longest = 9, .buckets = 6};
    KernelAttention layer({.in = 3, .width = d, .heads = heads}, options, random);
    Tensor& table = layer.relative.table.mutable_value();
    for (Real& b : table.values())
      b = static_cast<Real>(random.uniform(-1, 1));
    return layer;
  };
  const Segments segments({0, 5, 9});
  const Tensor x = noise(9, 3, 6);
  {
    const KernelAttention layer = layer_of(20000, RelativeKind::table);
    const Operands of = inference_operands(layer, segments, Variable(x));
    const Tensor alpha = attention_weights(of);
    const Tensor q = unit_heads(of.q, heads).value(), k = unit_heads(of.k, heads).value(),
                 b = layer.relative(segments).value();
    double sum = 0, ours = 0;  // of the first row and head
    for (const bool second : {false, true})
      for (Index j = 0; j < 5; ++j) {
        double along = 0;
        for (Index c = 0; c < d; ++c)
          along += static_cast<double>(q(0, c)) * static_cast<double>(k(j, c));
        const double kappa = std::exp(along + static_cast<double>(b(4 - j, 0)));
        if (second) ours = std::max(ours, std::abs(kappa / sum - static_cast<double>(alpha(j, 0))));
        if (!second) sum += kappa;
      }
    CHECK(ours < 0.01);
  }
  if constexpr (std::is_same_v<Real, double>)
    for (const RelativeKind kind : {RelativeKind::table, RelativeKind::buckets}) {
      const KernelAttention layer = layer_of(6, kind);
      const Variable of_x(x, true);
      std::vector<Variable> held{of_x};
      for (const Parameter& p : layer.parameters())
        if (p.variable.wants_grad()) held.push_back(p.variable);
      const auto run = [&] {
        Pass pass = Pass::inference();
        return layer(segments, of_x, pass).y;
      };
      CHECK(held_gradient_gap(run, held) < 1e-6);
    }
}

TEST_CASE("relative positions want segments") {
  Random random(1);
  KernelAttentionOptions options;
  options.relative = {.kind = RelativeKind::table};
  const KernelAttention layer({.in = 3, .width = 2, .heads = 1}, options, random);
  Pass pass = Pass::inference();
  CHECK(message_of<ValueError>([&] { layer(Graph(cycle(4)), Variable(noise(4, 3, 1)), pass); }) ==
        "[KernelAttention] relative positions: got a graph or a block, want segments, whose rows have places");
}
