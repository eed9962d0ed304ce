#include "mercer/training/optimizer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
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

namespace {

/// ½ Σ (a_c − x_c)² / s_c + λ ‖a‖
double proximal_objective(const std::vector<double>& a, const std::vector<double>& x, const std::vector<double>& s,
                          double lambda) {
  double sum = 0, squares = 0;
  for (std::size_t c = 0; c < a.size(); ++c) {
    sum += (a[c] - x[c]) * (a[c] - x[c]) / (2 * s[c]);
    squares += a[c] * a[c];
  }
  return sum + lambda * std::sqrt(squares);
}

/// A step of each rule on a parameter of this penalty.
Parameter penalised(Tensor value, double penalty) { return {"a", Variable(std::move(value), true), false, penalty}; }

const std::vector<UpdateRule> rules_of_penalties{Sgd{.learning_rate = 0.05},
                                                 Sgd{.learning_rate = 0.02, .momentum = 0.8},
                                                 Adam{.learning_rate = 0.02}, AdamW{.learning_rate = 0.02}};

}  // namespace

TEST_CASE("a row penalty of gradient descent is the soft threshold of each row") {
  const Parameter p = penalised(Tensor::from({{3, 4}, {Real(0.3), Real(0.4)}, {0, 0}}), 2);
  set_gradient(p.variable, Tensor(3, 2));
  Optimizer({p}, Sgd{.learning_rate = 0.5}).step();  // rows are 5, 0.5 and 0 long, the threshold is 1
  const Tensor& a = p.variable.value();
  CHECK(a(0, 0) == doctest::Approx(3 * 0.8).epsilon(tolerance));
  CHECK(a(0, 1) == doctest::Approx(4 * 0.8).epsilon(tolerance));
  for (const Index i : {1, 2})
    for (const Index c : {0, 1})
      CHECK(a(i, c) == 0);
}

TEST_CASE("a row penalty of Adam takes the least of the proximal objective in the metric of its step sizes") {
  const Tensor start = noise(4, 3, 3), g = noise(4, 3, 4);
  const Parameter plain = penalised(start, 0), p = penalised(start, 5);
  for (const Parameter* each : {&plain, &p}) {
    set_gradient(each->variable, g);
    Optimizer({*each}, Adam{.learning_rate = 0.1}).step();
  }
  for (Index i = 0; i < 4; ++i) {
    std::vector<double> x, a, s;
    for (Index c = 0; c < 3; ++c) {
      x.push_back(static_cast<double>(plain.variable.value()(i, c)));
      a.push_back(static_cast<double>(p.variable.value()(i, c)));
      s.push_back(0.1 / (std::abs(static_cast<double>(g(i, c))) + 1e-8));  // √v̂ = |g| in the first step
    }
    const double least = proximal_objective(a, x, s, 5);
    Random random(static_cast<std::uint64_t>(i));
    for (int n = 0; n < 200; ++n) {
      std::vector<double> near = a;
      for (double& value : near)
        value += (n % 2 == 0 ? 0.1 : 1e-3) * random.normal();
      CHECK(proximal_objective(near, x, s, 5) >= least - 1e-5);
    }
  }
}

TEST_CASE("rows whose gradients are never longer than the penalty stay zero, others leave it, under every rule") {
  for (const UpdateRule& rule : rules_of_penalties) {
    CAPTURE(name_of(rule));
    const Tensor slope = Tensor::from({{Real(0.6), Real(-0.8)}, {2, 0}});  // 1 and 2 long
    const Parameter above = penalised(Tensor(2, 2), 2.001), between = penalised(Tensor(2, 2), 1.001);
    Optimizer first({above}, rule), second({between}, rule);
    for (int step = 0; step < 50; ++step) {
      set_gradient(above.variable, slope);
      set_gradient(between.variable, slope);
      first.step();
      second.step();
    }
    for (const Real value : above.variable.value().values())
      CHECK(value == 0);
    CHECK(between.variable.value()(0, 0) == 0);
    CHECK(between.variable.value()(0, 1) == 0);
    CHECK(between.variable.value()(1, 0) < -0.1);
  }
}

TEST_CASE("every rule comes to the least of a loss plus its row penalty") {
  // ½ Σ h_c (a_c − t_c)² + λ ‖a‖ with equal h: a = t (1 − λ / (h ‖t‖)); the second row vanishes
  const Real h = 2;
  const Tensor t = Tensor::from({{3, 4}, {Real(0.3), Real(0.1)}});
  for (const UpdateRule& rule : rules_of_penalties) {
    CAPTURE(name_of(rule));
    const Parameter p = penalised(Tensor::from({{1, 1}, {1, 1}}), 2);
    Optimizer optimizer({p}, rule);
    for (int step = 0; step < 6000; ++step) {
      Tensor g(2, 2);
      for (std::size_t n = 0; n < 4; ++n)
        g.values()[n] = h * (p.variable.value().values()[n] - t.values()[n]);
      set_gradient(p.variable, std::move(g));
      optimizer.step(step < 3000 ? 1 : 0.1);
    }
    CHECK(p.variable.value()(0, 0) == doctest::Approx(3 * 0.8).epsilon(1e-3));
    CHECK(p.variable.value()(0, 1) == doctest::Approx(4 * 0.8).epsilon(1e-3));
    CHECK(p.variable.value()(1, 0) == 0);
    CHECK(p.variable.value()(1, 1) == 0);
  }
}

TEST_CASE("a row penalty has the same bits on any number of threads; one out of range is refused by name") {
  std::vector<Tensor> results;
  for (const int count : {1, 2, 4}) {
    set_threads(count);
    const Parameter p = penalised(noise(500, 5, 1), 0.5);
    Optimizer optimizer({p}, Adam{.learning_rate = 0.05});
    for (std::uint64_t step = 0; step < 5; ++step) {
      set_gradient(p.variable, noise(500, 5, 10 + step));
      optimizer.step();
    }
    results.push_back(p.variable.value());
  }
  set_threads(0);
  CHECK(std::ranges::equal(results[0].values(), results[1].values()));
  CHECK(std::ranges::equal(results[0].values(), results[2].values()));
  CHECK_THROWS_WITH_AS(Optimizer({penalised(Tensor(2, 2), -1)}, Adam{}),
                       doctest::Contains("row penalty of the parameter 'a': got -1"), ValueError);
}
