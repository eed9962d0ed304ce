// Layers of Transformers: positions, pooling, the block of an encoder.
#include <doctest/doctest.h>

#include <cmath>

#include "mercer/base/check.hpp"
#include "mercer/features/fourier_map.hpp"
#include "mercer/layers/encoder_block.hpp"
#include "mercer/layers/kernel_attention.hpp"
#include "mercer/layers/patches.hpp"
#include "mercer/layers/pooling.hpp"
#include "mercer/layers/positions.hpp"
#include "mercer/layers/scaled_block.hpp"
#include "support/random_tensor.hpp"

using namespace mercer;

namespace {

const Segments three({0, 3, 3, 7});  // the second is empty

EncoderBlock small_block(bool pre_norm, float dropout = 0) {
  Random random(3);
  const AttentionLayerOptions sizes{.in = 4, .width = 3, .heads = 2};
  return EncoderBlock({.width = 4, .attended = 6, .feed_forward = 5, .dropout = dropout, .pre_norm = pre_norm},
                      KernelAttention(sizes, {.similarity = Fitted{Exponential{}}}, random), random);
}

Variable rows_of(const Variable& x, Index first, Index last) {
  std::vector<Node> rows;
  for (Index i = first; i < last; ++i)
    rows.push_back(static_cast<Node>(i));
  return gather_rows(x, rows);
}

}  // namespace

TEST_CASE("sinusoidal positions are those of the paper, from 0 in each segment") {
  const Tensor p = sinusoidal_positions(three, 5);
  REQUIRE(p.rows() == 7);
  for (Index i = 0; i < 7; ++i) {
    const double t = static_cast<double>(i < 3 ? i : i - 3);
    for (Index c = 0; c < 5; ++c) {
      const double angle = t / std::pow(10000.0, static_cast<double>(c - c % 2) / 5.0);
      CHECK(static_cast<double>(p(i, c)) == doctest::Approx(c % 2 == 0 ? std::sin(angle) : std::cos(angle)));
    }
  }
  CHECK(sinusoidal_positions(Segments({0}), 4).rows() == 0);
}

TEST_CASE("learned positions are a row of the table for each place, and end with it") {
  Random random(1);
  const Positions learned({.kind = PositionKind::learned, .width = 4, .longest = 4}, random);
  const Tensor x = test::random_tensor(7, 4);
  const Tensor y = learned(three, Variable(x)).value();
  for (Index i = 0; i < 7; ++i)
    for (Index c = 0; c < 4; ++c)
      CHECK(y(i, c) == x(i, c) + learned.table.value()(i < 3 ? i : i - 3, c));
  test::check_gradient(
      [&](const Variable& v, const Variable& table) {
        Positions mine = learned;
        mine.table = table;
        return mine(three, v);
      },
      x, learned.table.value());
  CHECK_THROWS_WITH_AS(learned(Segments({0, 5}), Variable(Tensor(5, 4))),
                       doctest::Contains("length of a sequence: got more than 4"), ValueError);
  const Positions none({.kind = PositionKind::none, .width = 4}, random);
  CHECK(test::same_bits(none(three, Variable(x)).value(), x));
  CHECK(none.parameters().empty());
}

TEST_CASE("patches are rows side by side, filled up with zeros at the end of a sequence") {
  const Tensor x = test::random_tensor(7, 2);
  const Segments after = patched(three, 2);
  CHECK(std::vector<Index>(after.target_offset().begin(), after.target_offset().end()) ==
        std::vector<Index>{0, 2, 2, 4});
  const Tensor y = patches(three, Variable(x), 2).value();
  REQUIRE(y.rows() == 4);
  const Index from[4][2] = {{0, 1}, {2, -1}, {3, 4}, {5, 6}};
  for (Index p = 0; p < 4; ++p)
    for (Index t = 0; t < 2; ++t)
      for (Index c = 0; c < 2; ++c)
        CHECK(y(p, 2 * t + c) == (from[p][t] < 0 ? 0 : x(from[p][t], c)));
  CHECK(test::same_bits(patches(three, Variable(x), 1).value(), x));
  CHECK(patches(Segments({0, 0}), Variable(Tensor(0, 2)), 3).columns() == 6);
  test::check_gradient([](const Variable& v) { return patches(three, v, 3); }, x);
  CHECK_THROWS_WITH_AS(patched(three, 0), doctest::Contains("size: got 0"), ValueError);
}

TEST_CASE("attention pooling is softmax over each sequence, zeros for an empty one") {
  Random random(2);
  const AttentionPooling pooling({.width = 4, .heads = 2}, random);
  const Tensor x = test::random_tensor(7, 4);
  const Tensor y = pooling(three, Variable(x)).value();
  REQUIRE(y.rows() == 3);
  const Tensor k = pooling.key(Variable(x)).value();
  for (const auto& [s, first, last] : {std::tuple(0, 0, 3), std::tuple(2, 3, 7)})
    for (Index h = 0; h < 2; ++h) {
      double sum = 0, mean[2] = {0, 0};
      for (Index i = first; i < last; ++i) {
        double score = 0;
        for (Index c = 0; c < 2; ++c)
          score += static_cast<double>(pooling.query.value()(0, 2 * h + c) * k(i, 2 * h + c));
        const double weight = std::exp(score / std::sqrt(2.0));
        sum += weight;
        for (Index c = 0; c < 2; ++c)
          mean[c] += weight * static_cast<double>(x(i, 2 * h + c));
      }
      for (Index c = 0; c < 2; ++c)
        CHECK(static_cast<double>(y(s, 2 * h + c)) == doctest::Approx(mean[c] / sum).epsilon(1e-5));
    }
  for (Index c = 0; c < 4; ++c)
    CHECK(y(1, c) == 0);
  test::check_gradient(
      [&](const Variable& v, const Variable& q, const Variable& w) {
        AttentionPooling mine = pooling;
        mine.query = q;
        mine.key.weight = w;
        return mine(three, v);
      },
      x, pooling.query.value(), pooling.key.weight.value());
  CHECK_THROWS_WITH_AS(AttentionPooling({.width = 5, .heads = 2}, random), doctest::Contains("multiple"), ValueError);
}

TEST_CASE("instance pooling weighs each row by its own score, zeros for an empty sequence") {
  Random random(2);
  const InstancePooling pooling(4, random);
  const Tensor x = test::random_tensor(7, 4);
  const Tensor z = pooling(three, Variable(x)).value();
  REQUIRE(z.rows() == 3);
  const Tensor before = pooling.hidden(Variable(x)).value();
  for (const auto& [s, first, last] : {std::tuple(0, 0, 3), std::tuple(2, 3, 7)}) {
    double sum = 0, mean[4] = {};
    for (Index i = first; i < last; ++i) {
      double score = 0;
      for (Index c = 0; c < 4; ++c)
        score += static_cast<double>(pooling.score.weight.value()(c, 0)) * std::tanh(static_cast<double>(before(i, c)));
      sum += std::exp(score);
      for (Index c = 0; c < 4; ++c)
        mean[c] += std::exp(score) * static_cast<double>(x(i, c));
    }
    for (Index c = 0; c < 4; ++c)
      CHECK(static_cast<double>(z(s, c)) == doctest::Approx(mean[c] / sum).epsilon(1e-5));
  }
  for (Index c = 0; c < 4; ++c)
    CHECK(z(1, c) == 0);
  test::check_gradient(
      [&](const Variable& v, const Variable& hidden, const Variable& score) {
        InstancePooling mine = pooling;
        mine.hidden.weight = hidden;
        mine.score.weight = score;
        return mine(three, v);
      },
      x, pooling.hidden.weight.value(), pooling.score.weight.value());
}

TEST_CASE("a scaled block adds attention times its factor") {
  Random random(3);
  const AttentionLayerOptions sizes{.in = 4, .width = 2, .heads = 2};
  ScaledBlock block(KernelAttention(sizes, {.similarity = Fitted{Exponential{}}}, random), Real(0.5));
  const Tensor x = test::random_tensor(7, 4);
  Pass pass = Pass::inference();
  std::vector<Operands> operands;
  const Tensor y = block(three, Variable(x), pass, &operands).y.value();
  CHECK(operands.size() == 1);
  const Tensor attended = block.attention.call(three, Variable(x), pass).y.value();
  for (Index i = 0; i < 7; ++i)
    for (Index c = 0; c < 4; ++c)
      CHECK(y(i, c) == doctest::Approx(x(i, c) + Real(0.5) * attended(i, c)).epsilon(1e-5));
  test::check_gradient(
      [&](const Variable& v, const Variable& factor) {
        ScaledBlock mine = block;
        mine.factor = factor;
        return mine(three, v, pass).y;
      },
      x, block.factor.value());
  CHECK(block.parameters("b.").back().name == "b.factor");
}

TEST_CASE("frequencies that follow a sequence: as alone, in y and in the penalty, with gradients") {
  const AttentionLayerOptions sizes{.in = 4, .width = 2, .heads = 2};
  const Tensor x = test::random_tensor(7, 4);
  for (const bool copula : {false, true}) {
    CAPTURE(copula);
    Random random(3);
    const FourierMapOptions map{.distribution = SamplerOptions{.copula = copula, .lambda_copula = copula ? Real(1) : 0},
                                .frequencies = 4,
                                .floor = Real(0.3),
                                .noise = {.noise = Noise::frozen}};
    const KernelAttention layer(sizes, {.similarity = map, .p = Real(2)}, random);
    const auto in_training = [&](const Segments& segments, const Variable& v) {
      Pass pass = Pass::training(1, 0, 5);
      return layer(segments, v, pass);
    };
    const Output all = in_training(three, Variable(x));
    const Output first = in_training(Segments({0, 3}), rows_of(Variable(x), 0, 3)),
                 empty = in_training(Segments({0, 0}), Variable(Tensor(0, 4))),
                 last = in_training(Segments({0, 4}), rows_of(Variable(x), 3, 7));
    CHECK(max_abs_difference(rows_of(all.y, 0, 3).value(), first.y.value()) < test::rounding);
    CHECK(max_abs_difference(rows_of(all.y, 3, 7).value(), last.y.value()) < test::rounding);
    const auto penalty = [](const Output& of) { return static_cast<double>(of.penalty.value()(0, 0)); };
    CHECK(penalty(all) == doctest::Approx((penalty(first) + penalty(empty) + penalty(last)) / 3).epsilon(1e-5));
    test::check_gradient(
        [&](const Variable& v) {
          const Output out = in_training(three, v);
          return concat({reshape(out.y, 1, out.y.rows() * out.y.columns()), out.penalty});
        },
        x);
  }
}

TEST_CASE("a row is put before each sequence, and taken from there") {
  Random random(2);
  const ClsRow cls(3, random);
  const Tensor x = test::random_tensor(7, 3);
  const Segments longer = ClsRow::longer(three);
  CHECK(std::vector<Index>(longer.target_offset().begin(), longer.target_offset().end()) ==
        std::vector<Index>{0, 4, 5, 10});
  const Variable y = cls(three, Variable(x));
  const Index from[] = {-1, 0, 1, 2, -1, -1, 3, 4, 5, 6};
  for (Index i = 0; i < 10; ++i)
    for (Index c = 0; c < 3; ++c)
      CHECK(y.value()(i, c) == (from[i] < 0 ? cls.row.value()(0, c) : x(from[i], c)));
  const Tensor first = ClsRow::first_rows(three, y).value();
  REQUIRE(first.rows() == 3);
  for (Index s = 0; s < 3; ++s)
    CHECK(first(s, 2) == cls.row.value()(0, 2));
  CHECK(cls(Segments({0, 0}), Variable(Tensor(0, 3))).rows() == 1);
  test::check_gradient(
      [&](const Variable& v, const Variable& row) {
        ClsRow mine = cls;
        mine.row = row;
        return mine(three, v);
      },
      x, cls.row.value());
}

TEST_CASE("a block is its formula, pre-norm and post-norm") {
  const Tensor x = test::random_tensor(7, 4);
  for (const bool pre : {true, false}) {
    const EncoderBlock block = small_block(pre);
    Pass pass = Pass::inference();
    const Tensor y = block(three, Variable(x), pass).y.value();
    const auto attended = [&](const Variable& v) { return block.output(block.attention.call(three, v, pass).y); };
    const auto forward = [&](const Variable& v) {
      return block.feed_forward.second(gelu(block.feed_forward.first(v)));
    };
    Variable h{x};
    if (pre) {
      h = add(h, attended(block.attention_norm(h)));
      h = add(h, forward(block.feed_forward_norm(h)));
    } else {
      h = block.attention_norm(add(h, attended(h)));
      h = block.feed_forward_norm(add(h, forward(h)));
    }
    CHECK(max_abs_difference(y, h.value()) < test::rounding);
  }
}

TEST_CASE("the gradient of a block") {
  const Tensor x = test::random_tensor(7, 4);
  for (const bool pre : {true, false}) {
    const EncoderBlock block = small_block(pre);
    test::check_gradient(
        [&](const Variable& v, const Variable& output, const Variable& gain) {
          EncoderBlock mine = block;
          mine.output.weight = output;
          mine.attention_norm.weight = gain;
          Pass pass = Pass::inference();
          return mine(three, v, pass).y;
        },
        x, block.output.weight.value(), block.attention_norm.weight.value());
  }
}

TEST_CASE("a sequence in a batch has the rows that it has alone") {
  const EncoderBlock block = small_block(true);
  const Variable x(test::random_tensor(7, 4));
  Pass pass = Pass::inference();
  const Tensor all = block(three, x, pass).y.value();
  const Tensor last = block(Segments({0, 4}), rows_of(x, 3, 7), pass).y.value();
  CHECK(max_abs_difference(rows_of(Variable(all), 3, 7).value(), last) < test::rounding);
}

TEST_CASE("dropout of a block is on both branches, and its operands have the draws of the call") {
  const EncoderBlock block = small_block(true, 0.5f);
  const Variable x(test::random_tensor(7, 4));
  const auto y = [&](std::uint32_t step) {
    Pass pass = Pass::training(1, step);
    return block(three, x, pass).y.value();
  };
  CHECK(test::same_bits(y(0), y(0)));
  CHECK(max_abs_difference(y(0), y(1)) > 0);
  EncoderBlock shut = small_block(true, 1);
  Pass pass = Pass::training(1, 0);
  CHECK(test::same_bits(shut(three, x, pass).y.value(), x.value()));  // both branches are dropped
  std::vector<Operands> operands;
  block(three, x, pass, &operands);
  REQUIRE(operands.size() == 1);
  CHECK(operands[0].neighbourhood.rows() == 7);
}

TEST_CASE("widths and dropout of a block are checked") {
  Random random(1);
  const AttentionLayerOptions sizes{.in = 4, .width = 2, .heads = 2};
  const auto made = [&](EncoderBlockOptions options) {
    return EncoderBlock(options, KernelAttention(sizes, random), random);
  };
  CHECK_THROWS_WITH_AS(made({.width = 4, .attended = 4, .feed_forward = 0}), doctest::Contains("out"), ValueError);
  CHECK_THROWS_WITH_AS(made({.width = 4, .attended = 0, .feed_forward = 4}), doctest::Contains("attended"), ValueError);
  CHECK_THROWS_WITH_AS(made({.width = 4, .attended = 4, .feed_forward = 4, .dropout = 2}),
                       doctest::Contains("dropout: got 2"), ValueError);
}
