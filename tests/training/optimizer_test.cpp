#include "mercer/training/optimizer.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/base/random.hpp"
#include "mercer/training/schedule.hpp"

using namespace mercer;

namespace {

Parameter parameter(const char* name, Tensor value, bool decays = true) {
  return {name, Variable(std::move(value), true), decays};
}

/// Sets the gradient of x, whatever it was.
void set_gradient(Variable x, Tensor g) {
  x.clear_grad();
  x.add_grad(std::move(g));
}

Tensor noise(Index rows, Index columns, std::uint64_t seed) {
  Random random(seed);
  Tensor x = Tensor::uninitialized(rows, columns);
  for (Real& value : x.values())
    value = static_cast<Real>(random.normal());
  return x;
}

/// Adam as the paper writes it, one number in double.
struct PlainAdam {
  double rate, beta1, beta2, epsilon, l2, decoupled;
  double m = 0, v = 0;
  int t = 0;
  double step(double w, double g) {
    ++t;
    const double d = g + l2 * w;
    w -= rate * decoupled * w;
    m = beta1 * m + (1 - beta1) * d;
    v = beta2 * v + (1 - beta2) * d * d;
    return w - rate * (m / (1 - std::pow(beta1, t))) / (std::sqrt(v / (1 - std::pow(beta2, t))) + epsilon);
  }
};

const double tolerance = std::is_same_v<Real, double> ? 1e-12 : 1e-5;

}  // namespace

TEST_CASE("the first two steps of Adam, by hand") {
  // g = 2, then −1; m̂/√v̂ is 1 in step 1; in step 2 m̂ = (0.9·0.2 − 0.1)/0.19, v̂ = (0.999·0.004 + 0.001)/0.001999
  const Parameter p = parameter("w", Tensor::from({{1}}));
  Optimizer adam({p}, Adam{.learning_rate = 0.1, .epsilon = 1e-30});
  set_gradient(p.variable, Tensor::from({{2}}));
  adam.step();
  CHECK(p.variable.value()(0, 0) == doctest::Approx(0.9).epsilon(tolerance));
  set_gradient(p.variable, Tensor::from({{-1}}));
  adam.step();
  CHECK(p.variable.value()(0, 0) ==
        doctest::Approx(0.9 - 0.1 * (0.08 / 0.19) / std::sqrt(0.004996 / 0.001999)).epsilon(tolerance));
}

TEST_CASE("Adam couples the decay, AdamW doesn't, and biases are spared") {
  const Tensor start = noise(3, 11, 5);
  for (const bool decoupled : {false, true}) {
    const Parameter w = parameter("w", start), b = parameter("b", start, false);
    const UpdateRule rule = decoupled ? UpdateRule(AdamW{.learning_rate = 0.02, .weight_decay = 0.3})
                                      : UpdateRule(Adam{.learning_rate = 0.02, .weight_decay = 0.3});
    Optimizer optimizer({w, b}, rule);
    std::vector<PlainAdam> of_w(33, {0.02, 0.9, 0.999, 1e-8, decoupled ? 0 : 0.3, decoupled ? 0.3 : 0});
    std::vector<PlainAdam> of_b(33, {0.02, 0.9, 0.999, 1e-8, 0, 0});
    std::vector<double> want_w(start.values().begin(), start.values().end()), want_b = want_w;
    for (std::uint64_t t = 0; t < 7; ++t) {
      const Tensor g = noise(3, 11, 100 + t);
      for (const Parameter* p : {&w, &b})
        set_gradient(p->variable, g);
      optimizer.step();
      for (std::size_t n = 0; n < 33; ++n) {
        const double d = static_cast<double>(g.values()[n]);
        want_w[n] = of_w[n].step(want_w[n], d);
        want_b[n] = of_b[n].step(want_b[n], d);
      }
    }
    for (std::size_t n = 0; n < 33; ++n) {
      CHECK(static_cast<double>(w.variable.value().values()[n]) == doctest::Approx(want_w[n]).epsilon(tolerance));
      CHECK(static_cast<double>(b.variable.value().values()[n]) == doctest::Approx(want_b[n]).epsilon(tolerance));
    }
  }
}

TEST_CASE("momentum adds up, and the schedule's factor scales the rate") {
  const Parameter p = parameter("w", Tensor::from({{1}}));
  Optimizer sgd({p}, Sgd{.learning_rate = 0.1, .momentum = 0.5, .weight_decay = 0.2});
  set_gradient(p.variable, Tensor::from({{1}}));
  sgd.step();  // u = 1.2, w = 0.88
  CHECK(p.variable.value()(0, 0) == doctest::Approx(0.88).epsilon(tolerance));
  sgd.step(0.5);  // u = 0.6 + 1 + 0.176 = 1.776, w = 0.88 − 0.0888
  CHECK(p.variable.value()(0, 0) == doctest::Approx(0.7912).epsilon(tolerance));

  const Parameter plain = parameter("w", Tensor::from({{1}}));
  set_gradient(plain.variable, Tensor::from({{3}}));
  Optimizer({plain}, Sgd{.learning_rate = 0.1}).step();
  CHECK(plain.variable.value()(0, 0) == doctest::Approx(0.7).epsilon(tolerance));
}

TEST_CASE("a parameter without a gradient doesn't change, not even by decay") {
  const Parameter used = parameter("used", Tensor::from({{1}})), idle = parameter("idle", Tensor::from({{1}}));
  Optimizer adam({used, idle}, AdamW{.weight_decay = 0.5});
  set_gradient(used.variable, Tensor::from({{1}}));
  adam.step();
  CHECK(used.variable.value()(0, 0) < 1);
  CHECK(idle.variable.value()(0, 0) == 1);
  adam.clear_gradients();
  CHECK_FALSE(used.variable.has_grad());
}

TEST_CASE("an optimizer resumes from its state to the same bits, at any number of threads") {
  const auto run = [](int threads, bool with_break) {
    set_threads(threads);
    const Parameter p = parameter("w", noise(300, 301, 1));
    Optimizer optimizer({p}, Adam{.learning_rate = 0.01, .weight_decay = 1e-3});
    for (std::uint64_t t = 0; t < 6; ++t) {
      if (with_break && t == 3) {
        const OptimizerState state = optimizer.state();
        CHECK(state.steps == 3);
        optimizer = Optimizer({p}, Adam{.learning_rate = 0.01, .weight_decay = 1e-3});
        optimizer.restore(state);
      }
      set_gradient(p.variable, noise(300, 301, 50 + t));
      clip_gradients({p}, 1);
      optimizer.step();
    }
    set_threads(0);
    return p.variable.value();
  };
  const Tensor once = run(1, false);
  CHECK(max_abs_difference(once, run(2, false)) == 0);
  CHECK(max_abs_difference(once, run(4, true)) == 0);
}

TEST_CASE("clipping keeps the direction and bounds the norm over all parameters") {
  const Parameter a = parameter("a", Tensor(1, 2)), b = parameter("b", Tensor(1, 1)), c = parameter("c", Tensor(5, 5));
  set_gradient(a.variable, Tensor::from({{3, 0}}));
  set_gradient(b.variable, Tensor::from({{4}}));
  CHECK(gradient_norm({a, b, c}) == doctest::Approx(5));
  CHECK(clip_gradients({a, b, c}, 10) == doctest::Approx(5));
  CHECK(a.variable.grad()(0, 0) == 3);
  CHECK(clip_gradients({a, b, c}, 1) == doctest::Approx(5));
  CHECK(a.variable.grad()(0, 0) == doctest::Approx(0.6));
  CHECK(b.variable.grad()(0, 0) == doctest::Approx(0.8));

  set_gradient(b.variable, Tensor::from({{std::numeric_limits<Real>::infinity()}}));
  CHECK(std::isinf(clip_gradients({a, b}, 1)));
  CHECK(a.variable.grad()(0, 0) == doctest::Approx(0.6));  // untouched
  CHECK_THROWS_AS(clip_gradients({a}, 0), ValueError);
  CHECK_THROWS_AS(clip_gradients({a}, std::nan("")), ValueError);

  const Parameter large = parameter("large", Tensor(150, 150));
  const Tensor g = noise(150, 150, 9);
  double squares = 0;
  for (const Real value : g.values())
    squares += static_cast<double>(value) * static_cast<double>(value);
  set_gradient(large.variable, g);
  CHECK(gradient_norm({large}) == doctest::Approx(std::sqrt(squares)).epsilon(1e-12));
}

TEST_CASE("invalid options, names and states are refused") {
  const Parameter w = parameter("w", Tensor(2, 2)), other = parameter("other", Tensor(2, 2));
  CHECK_THROWS_AS(Optimizer({w}, Adam{.learning_rate = -1}), ValueError);
  CHECK_THROWS_AS(Optimizer({w}, Adam{.beta2 = 1}), ValueError);
  CHECK_THROWS_AS(Optimizer({w}, AdamW{.epsilon = 0}), ValueError);
  CHECK_THROWS_AS(Optimizer({w}, Sgd{.weight_decay = std::nan("")}), ValueError);
  CHECK_THROWS_AS(Optimizer({w, w}, Sgd{}), ValueError);
  CHECK_THROWS_AS(Optimizer({Parameter{"none", {}}}, Sgd{}), ValueError);
  CHECK_THROWS_WITH_AS(Optimizer({w, {"fixed", Variable(Tensor(2, 2))}}, Sgd{}),
                       "[Optimizer] parameter 1, 'fixed': its variable wants no gradient, so that no step could change "
                       "it; make it with wants_grad = true, or leave it out: values that are not learned are buffers",
                       ValueError);
  CHECK_THROWS_WITH_AS(Optimizer({w, other, {"again", w.variable}}, Adam{}),
                       "[Optimizer] parameter 2, 'again': its variable is also that of parameter 0, 'w', which would "
                       "take each step twice; give it once",
                       ValueError);

  Optimizer adam({w}, Adam{});
  CHECK_THROWS_AS(adam.restore(Optimizer({w}, AdamW{}).state()), ValueError);
  CHECK_THROWS_AS(adam.restore(Optimizer({other}, Adam{}).state()), ValueError);
  CHECK_THROWS_AS(adam.restore(Optimizer({w, other}, Adam{}).state()), ValueError);
  CHECK_THROWS_AS(adam.restore(Optimizer({parameter("w", Tensor(2, 3))}, Adam{}).state()), ValueError);
  CHECK_THROWS_AS(Optimizer({w}, Sgd{.momentum = 0.5}).restore(Optimizer({w}, Sgd{}).state()), ValueError);
}

TEST_CASE("a gradient or a value of another size than the optimizer's is refused by name") {
  const auto refused = [](const Parameter& p, Tensor value, Tensor gradient, const char* message) {
    for (const UpdateRule& rule : {UpdateRule(Adam{}), UpdateRule(Sgd{.momentum = 0.5})}) {
      Variable x = p.variable;
      x.mutable_value() = Tensor(2, 3);
      Optimizer optimizer({p}, rule);
      x.clear_grad();
      x.mutable_value() = value;
      x.add_grad(value);
      x.mutable_grad() = gradient;
      CHECK_THROWS_WITH_AS(optimizer.step(), message, ShapeError);
    }
  };
  const Parameter w = parameter("w", Tensor(2, 3));
  refused(w, Tensor(200, 3), Tensor(200, 3),
          "[step] moment of the parameter 'w': got 2 x 3, want 200 x 3, the size of its value");
  refused(w, Tensor(2, 3), Tensor(1, 1),
          "[step] gradient of the parameter 'w': got 1 x 1, want 2 x 3, the size of its value");
  CHECK_THROWS_WITH_AS(gradient_norm({w}), doctest::Contains("[gradient_norm] gradient of the parameter 'w'"),
                       ShapeError);
}

TEST_CASE("schedules") {
  CHECK(constant_rate()(1000) == 1);
  const Schedule steps = step_rate(10, 0.5);
  CHECK(steps(9) == 1);
  CHECK(steps(10) == 0.5);
  CHECK(steps(39) == 0.125);
  const Schedule warm = warm_up_rate(4);
  CHECK(warm(0) == 0.25);
  CHECK(warm(3) == 1);
  CHECK(warm(400) == 1);
  CHECK(warm_up_rate(0)(0) == 1);
  const Schedule cosine = cosine_rate(14, 4, 0.1);
  CHECK(cosine(1) == 0.5);
  CHECK(cosine(4) == 1);
  CHECK(cosine(9) == doctest::Approx(0.55));
  CHECK(cosine(6) == doctest::Approx(0.1 + 0.9 * (1 + std::cos(std::numbers::pi / 5)) / 2));
  CHECK(cosine(14) == doctest::Approx(0.1));
  CHECK(cosine(100) == doctest::Approx(0.1));
  CHECK_THROWS_AS(cosine_rate(4, 4), ValueError);
  CHECK_THROWS_AS(step_rate(0, 0.5), ValueError);
  CHECK_THROWS_AS(step_rate(1, -0.5), ValueError);
  CHECK_THROWS_AS(warm_up_rate(-1), ValueError);
}
