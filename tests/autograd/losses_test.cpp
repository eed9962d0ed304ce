#include "mercer/autograd/losses.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "mercer/base/check.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

const std::vector<std::int32_t> four_labels{0, 2, 1, -1};
const std::vector<Node> labelled{0, 1, 2};

}  // namespace

TEST_CASE("without options cross entropy is the plain one") {
  const Variable x(random_tensor(4, 3, 1));
  const Tensor plain = cross_entropy(x, four_labels, labelled).value();
  CHECK(max_abs_difference(cross_entropy(x, four_labels, labelled, CrossEntropyOptions{}).value(), plain) < rounding);
  CHECK(max_abs_difference(cross_entropy(x, four_labels, labelled, {.class_weights = {2, 2, 2}}).value(), plain) <
        rounding);
}

TEST_CASE("weighted targets give the loss and the gradient of class weights, whole or in parts") {
  const std::vector<Real> weights{1, 2, 5};
  const std::vector<Node> first{0}, second{1, 2};
  Variable x(random_tensor(4, 3, 1), true), z(random_tensor(4, 3, 1), true);
  cross_entropy(x, four_labels, labelled, {.class_weights = weights}).backward();
  Variable loss = cross_entropy(z, WeightedTargets(four_labels, labelled, weights, Device::cpu));
  CHECK(loss.value()(0, 0) ==
        doctest::Approx(cross_entropy(x, four_labels, labelled, {.class_weights = weights}).value()(0, 0)));
  loss.backward();
  CHECK(max_abs_difference(x.grad(), z.grad()) < rounding);
  const Variable parts = add(cross_entropy(z, WeightedTargets(four_labels, first, weights, Device::cpu, 8)),
                             cross_entropy(z, WeightedTargets(four_labels, second, weights, Device::cpu, 8)));
  CHECK(max_abs_difference(parts.value(), loss.value()) < rounding);
  const std::vector<Real> none{0, 0, 0}, negative{1, -1, 1}, two{1, 1};
  CHECK_THROWS_AS(WeightedTargets(four_labels, labelled, none, Device::cpu), ValueError);
  CHECK_THROWS_AS(WeightedTargets(four_labels, labelled, negative, Device::cpu), ValueError);
  CHECK_THROWS_AS(WeightedTargets(four_labels, labelled, two, Device::cpu), ValueError);  // label 2 has no weight
}

TEST_CASE("parts' losses add up to the whole one's") {
  const Variable x(random_tensor(4, 3, 1));
  const CrossEntropyOptions options{.class_weights = {1, 2, 5}, .label_smoothing = Real(0.25)};
  const Real total = 1 + 5 + 2;
  const std::vector<Node> first{0}, second{1, 2}, none;
  const Variable whole = cross_entropy(x, four_labels, labelled, options);
  const Variable parts =
      add(cross_entropy(x, four_labels, first, options, total), cross_entropy(x, four_labels, second, options, total));
  CHECK(max_abs_difference(whole.value(), parts.value()) < rounding);
  CHECK(cross_entropy(x, four_labels, none, options, total).value()(0, 0) == 0);
  const Tensor t = random_tensor(4, 3, 2);
  const Variable mean = mean_squared_error(x, RealTargets(t, labelled, Device::cpu));
  const Variable shares = add(mean_squared_error(x, RealTargets(t, first, Device::cpu, 3)),
                              mean_squared_error(x, RealTargets(t, second, Device::cpu, 3)));
  CHECK(max_abs_difference(mean.value(), shares.value()) < rounding);
  CHECK(mean_squared_error(x, RealTargets(t, none, Device::cpu, 3)).value()(0, 0) == 0);
}

TEST_CASE("every row counts unless some are named, and only those are read") {
  const Variable x(Tensor::from({{1, 2}, {3, infinity}}), true);
  CHECK(mean_absolute_error(Variable(Tensor::from({{1, 2}, {3, 4}})), RealTargets(Tensor::from({{0, 0}, {0, 0}})))
            .value()(0, 0) == Real(2.5));
  const std::vector<Node> first{0};
  Variable loss = mean_absolute_error(x, RealTargets(Tensor::from({{0, 5}, {0, infinity}}), first, Device::cpu));
  CHECK(loss.value()(0, 0) == 2);
  loss.backward();
  CHECK(same_bits(x.grad(), Tensor::from({{0.5, -0.5}, {0, 0}})));
}

TEST_CASE("binary cross entropy is finite at any finite logit") {
  const Variable x(Tensor::from({{1000, -1000, 1000, -1000}}), true);
  Variable loss = binary_cross_entropy(x, RealTargets(Tensor::from({{1, 0, 0, 1}})));
  CHECK(loss.value()(0, 0) == 500);
  loss.backward();
  CHECK(max_abs_difference(x.grad(), Tensor::from({{0, 0, 0.25, -0.25}})) < Real(1e-6));
}

TEST_CASE("targets and options that can't be are refused by name") {
  const Variable x(Tensor(4, 3));
  const auto refusal = [&](const CrossEntropyOptions& options) {
    return message_of<ValueError>([&] { cross_entropy(x, four_labels, labelled, options); });
  };
  CHECK(refusal({.label_smoothing = 1}).starts_with("[cross_entropy] label smoothing: got 1"));
  CHECK(refusal({.label_smoothing = Real(-0.5)}).starts_with("[cross_entropy] label smoothing"));
  CHECK(refusal({.class_weights = {1, -1, 1}}).starts_with("[cross_entropy] class weight: got -1"));
  CHECK(refusal({.class_weights = {1, infinity, 1}}).starts_with("[cross_entropy] class weight"));
  CHECK(refusal({.class_weights = {0, 0, 0}}).starts_with("[cross_entropy] class weights of the labels"));
  CHECK_THROWS_AS(cross_entropy(x, four_labels, labelled, {.class_weights = {1, 1}}), ShapeError);
  CHECK_THROWS_AS(cross_entropy(Variable(Tensor(3, 3)), four_labels, labelled, CrossEntropyOptions{}), ShapeError);
  const std::vector<Node> unlabelled{3}, far{4}, none;
  CHECK_THROWS_AS(cross_entropy(x, four_labels, unlabelled, CrossEntropyOptions{}), ValueError);
  CHECK_THROWS_AS(cross_entropy(x, four_labels, far, CrossEntropyOptions{}), ValueError);
  CHECK_THROWS_AS(cross_entropy(x, four_labels, none, CrossEntropyOptions{}), ValueError);

  CHECK(message_of<ValueError>([&] {
          cross_entropy(x, four_labels, labelled, CrossEntropyOptions{}, -2);
        }).starts_with("[cross_entropy] total: got -2"));
  CHECK(message_of<ValueError>([&] {
          cross_entropy(x, four_labels, labelled, -2);
        }).starts_with("[cross_entropy] total: "));
  CHECK(message_of<ValueError>([&] {
          RealTargets(Tensor(4, 3), labelled, Device::cpu, -2);
        }).starts_with("[RealTargets] total rows: got -2"));
  CHECK(message_of<ValueError>([&] { RealTargets(Tensor(3, 0)); }).starts_with("[RealTargets] columns: got 0"));

  CHECK_THROWS_AS(RealTargets(Tensor(4, 3), far, Device::cpu), ValueError);
  CHECK_THROWS_AS(RealTargets(Tensor(4, 3), none, Device::cpu), ValueError);
  CHECK_THROWS_AS(RealTargets(Tensor::filled(1, 1, infinity)), ValueError);
  CHECK_THROWS_AS(mean_squared_error(x, RealTargets(Tensor(4, 2))), ShapeError);
  CHECK_THROWS_AS(mean_absolute_error(x, RealTargets(Tensor(5, 3))), ShapeError);
  for (const Real bad : {Real(-0.5), Real(1.5)})
    CHECK(message_of<ValueError>([&] {
            binary_cross_entropy(x, RealTargets(Tensor::filled(4, 3, bad)));
          }).starts_with("[binary_cross_entropy] target: got"));
}
