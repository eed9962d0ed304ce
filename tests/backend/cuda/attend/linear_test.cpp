// Linear attention on a device is that of the CPU.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "backend/cuda/attend/attend_check.hpp"
#include "backend/cuda/lane_orders.hpp"
#include "mercer/attention/attend_linear.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/losses.hpp"
#include "mercer/base/check.hpp"
#include "mercer/layers/frobenius_attention.hpp"
#include "mercer/models/build.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

struct LinearCase {
  Segments segments;
  AnyKernel kernel;
  AttentionShape shape;
  Normaliser normaliser = Normaliser::row_sum;
  Real guard = Real(1e-6), bias_size = 1;
};

/// Features of one sign, so that no sum is near 0.
Tensor features(Index rows, Index columns, std::uint64_t seed) {
  Tensor made = random_tensor(rows, columns, seed);
  for (Real& each : made.values())
    each = std::abs(each);
  return made;
}

/// y and all gradients.
std::vector<Tensor> results(const LinearCase& c, Device on) {
  const auto [heads, d, e] = c.shape;
  const Index n = c.segments.targets(), m = c.segments.sources();
  const auto there = [on](const Tensor& x) { return Variable(x.to(on), true); };
  Tensor key_bias = random_tensor(m, heads, 4);
  for (Real& each : key_bias.values())
    each *= c.bias_size;
  const Variable q = there(features(n, heads * d, 1)), k = there(features(m, heads * d, 2)),
                 v = there(random_tensor(m, heads * e, 3)), bias = there(key_bias);
  Variable y = attend_linear(
      c.segments, q, k, v,
      {.heads = heads, .kernel = c.kernel, .normaliser = c.normaliser, .key_bias = bias, .guard = c.guard});
  y.backward(random_tensor(n, heads * e, 5).to(on));
  std::vector<Tensor> all;
  for (const Tensor* each : {&y.value(), &q.grad(), &k.grad(), &v.grad(), &bias.grad()})
    all.push_back(each->to(Device::cpu));
  return all;
}

void check_linear(const LinearCase& c) {
  CAPTURE(c.segments.sources());
  CAPTURE(c.segments.is_causal());
  CAPTURE(std::string(c.kernel.name()));
  CAPTURE(c.shape.d);
  CAPTURE(c.shape.e);
  const auto want = results(c, Device::cpu), got = results(c, Device::cuda);
  for (std::size_t n = 0; n < want.size(); ++n)
    check_close("result " + std::to_string(n), want[n], got[n], 2e-5);
}

/// The loss of one step and what the classifier reads after it.
std::vector<Tensor> one_step(const ModelOptions& options, Device on) {
  Model model = build_model(options, 3, 2, 1);
  move_to(model, on);
  const Segments sequences({0, 9, 14, 35});
  const Input x(Variable(random_tensor(35, 3, 7).to(on)));
  Pass pass = Pass::training(5, 0);
  Output out = model.forward(Neighbourhood(sequences), x, pass);
  Variable loss = cross_entropy(out.y, std::vector<std::int32_t>{0, 1, 0}, std::vector<Node>{0, 1, 2});
  if (out.penalty) loss = add(loss, out.penalty);
  loss.backward();
  std::vector<Tensor> all{out.y.value().to(Device::cpu), loss.value().to(Device::cpu)};
  for (const Parameter& each : model.parameters)
    if (each.variable.has_grad()) all.push_back(each.variable.grad().to(Device::cpu));
  return all;
}

void check_model(const ModelOptions& options) {
  const auto got = one_step(options, Device::cuda), want = one_step(options, Device::cpu);
  REQUIRE(got.size() == want.size());
  for (std::size_t n = 0; n < want.size(); ++n)
    check_close("result " + std::to_string(n), want[n], got[n], 1e-4);
}

}  // namespace

TEST_SUITE("linear attention on a device = on the CPU" * doctest::skip(!device_present())) {
  TEST_CASE("every kernel and normaliser, segments of every size, causal or not" *
            doctest::test_suite("linear attention, long")) {
    const Segments cases[] = {Segments({0, 7, 7, 40, 41}),
                              Segments({0, 7, 7, 40, 41}, true),
                              Segments({0, 2, 5}, {0, 9, 9}),
                              Segments({0, 9, 12}, {0, 4, 40}, true),
                              Segments({0, 300, 600}, true),
                              Segments({0, 300}, {0, 290}, true),
                              Segments({0, 20}, {0, 530}),
                              Segments({0, 20}, {0, 530}, true),
                              Segments({0})};
    for (const Segments& each : cases)
      for (const AnyKernel& kernel : {AnyKernel(InnerProduct{Real(0.5), 0}), AnyKernel(InnerProduct{Real(0.5), 1}),
                                      AnyKernel(PositiveInnerProduct{Real(0.5)})})
        for (const Normaliser normaliser : {Normaliser::row_sum, Normaliser::symmetric, Normaliser::none})
          check_linear({each, kernel, {2, 5, 3}, normaliser});
  }

  TEST_CASE("widths of features and values around a tile") {
    for (const AttentionShape shape : {AttentionShape{1, 64, 64}, {2, 72, 8}, {1, 130, 68}, {3, 8, 132}, {1, 1, 1}})
      for (const bool causal : {false, true})
        check_linear({Segments({0, 5, 290}, causal), InnerProduct{}, shape, Normaliser::degree});
  }

  TEST_CASE("a large key bias cancels in the row sum") {
    check_linear(
        {.segments = Segments({0, 30, 330}), .kernel = PositiveInnerProduct{}, .shape = {2, 4, 4}, .bias_size = 90});
  }

  TEST_CASE("guarded sums are counted, and their gradients stop") {
    const auto guarded = [](Device on) {
      Index count = 0;
      const Variable phi_q(random_tensor(90, 4, 1).to(on)), phi_k(random_tensor(90, 4, 2).to(on)),
          v(random_tensor(90, 4, 3).to(on));
      attend_linear(Segments({0, 90}), phi_q, phi_k, v, {.heads = 2, .guard = 3, .guarded = &count});
      return count;
    };
    CHECK(guarded(Device::cpu) > 0);
    CHECK(guarded(Device::cuda) == guarded(Device::cpu));
    check_linear({Segments({0, 90}), InnerProduct{}, {2, 2, 4}, Normaliser::row_sum, 40});
  }

  TEST_CASE("negative features of a positive kernel are refused by their place") {
    Tensor phi = features(70, 4, 1);
    phi(66, 2) = -1;
    const Variable there(phi.to(Device::cuda));
    CHECK(message_of<ValueError>([&] {
            attend_linear(Segments({0, 70}), there, there, there, {.kernel = PositiveInnerProduct{}});
          }).starts_with("[attend_linear] phi_q, row 66, column 2: got -1.000000"));
  }

  TEST_CASE("lanes run in any order, and every run gives the same bits") {
    const LinearCase c{Segments({0, 5, 290}, true), InnerProduct{}, {2, 5, 6}};
    const auto first = results(c, Device::cuda);
    for_each_lane_order([&] {
      const auto again = results(c, Device::cuda);
      for (std::size_t n = 0; n < first.size(); ++n)
        CHECK(relative_difference(first[n], again[n]) == 0);
    });
  }

  TEST_CASE("a relative bias goes by pairs of positions on a device") {
    const auto results_with = [](Device on, ToeplitzBy by) {
      const Variable phi(features(40, 8, 1).to(on), true), v(random_tensor(40, 4, 3).to(on)),
          bias(random_tensor(21, 2, 4).to(on), true);
      Variable y = attend_linear(Segments({0, 12, 40}), phi, phi, v,
                                 {.heads = 2, .kernel = PositiveInnerProduct{}, .relative_bias = bias, .toeplitz = by});
      y.backward(random_tensor(40, 4, 5).to(on));
      return std::vector<Tensor>{y.value().to(Device::cpu), phi.grad().to(Device::cpu), bias.grad().to(Device::cpu)};
    };
    const auto want = results_with(Device::cpu, ToeplitzBy::fft), got = results_with(Device::cuda, {});
    for (std::size_t n = 0; n < want.size(); ++n)
      check_close("result " + std::to_string(n), want[n], got[n], 2e-5);
    CHECK(message_of<DeviceError>([&] {
            results_with(Device::cuda, ToeplitzBy::fft);
          }).starts_with("[attend_linear] toeplitz: got fft on a CUDA device"));
  }

  TEST_CASE("models of sequences train on a device as on the CPU; those that can't say so" *
            doctest::test_suite("linear attention, long")) {
    std::string refused;
    for (const std::string& name : sequence_model_names()) {
      CAPTURE(name);
      try {
        check_model({.name = name, .options = {{"hidden", 4}, {"heads", 2}}});
      } catch (const DeviceError&) {
        refused += name + ' ';
      }
    }
    CHECK(refused == "transformer-skyformer transformer-nystromformer ");
  }

  TEST_CASE("a branch over all nodes runs where its input is") {
    const auto y_of = [](Device on) {
      Random random(3);
      FrobeniusAttention layer({.in = 6, .width = 4, .heads = 2}, random);
      for (Parameter each : layer.parameters(""))
        each.variable.move_to(on);
      Pass pass = Pass::inference();
      const Variable x(random_tensor(20, 6, 1).to(on));
      return layer(Neighbourhood(Segments({0, 20})), Input(x), pass).y.value().to(Device::cpu);
    };
    check_close("y", y_of(Device::cpu), y_of(Device::cuda));
  }
}
