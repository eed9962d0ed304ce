// Kernel machines in training: the dense solution, the path of the penalty, problems that no line solves.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "mercer/autograd/losses.hpp"
#include "mercer/layers/kernel_machine.hpp"
#include "mercer/models/build.hpp"
#include "mercer/models/recipe.hpp"
#include "mercer/training/optimizer.hpp"
#include "models/models.hpp"
#include "support/graphs.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// Vectors with a label each, all of which train.
struct LabelledVectors {
  Tensor x;
  std::vector<std::int32_t> labels{};
  std::vector<Node> all{};

  explicit LabelledVectors(Tensor points) : x(std::move(points)) {
    for (Node i = 0; i < static_cast<Node>(x.rows()); ++i)
      all.push_back(i);
  }
  Variable loss(const Variable& logits) const { return cross_entropy(logits, labels, all); }
};

/// Two half circles, one in the other.
LabelledVectors moons(Index count) {
  Random random(3);
  LabelledVectors made(Tensor(count, 2));
  for (Index i = 0; i < count; ++i) {
    const double angle = std::numbers::pi * random.uniform();
    const bool second = i % 2 == 1;
    made.x(i, 0) = static_cast<Real>((second ? 1 - std::cos(angle) : std::cos(angle)) + 0.1 * random.normal());
    made.x(i, 1) = static_cast<Real>((second ? 0.5 - std::sin(angle) : std::sin(angle)) + 0.1 * random.normal());
    made.labels.push_back(second ? 1 : 0);
  }
  return made;
}

/// The sign of the product of two coordinates.
LabelledVectors exclusive_or(Index count) {
  LabelledVectors made(noise(count, 2, 4));
  for (Index i = 0; i < count; ++i)
    made.labels.push_back(made.x(i, 0) * made.x(i, 1) > 0 ? 1 : 0);
  return made;
}

KernelMachine machine_on(const LabelledVectors& data, KernelMachineOptions options) {
  Random random(1);
  options.in = data.x.columns();
  KernelMachine made(options, random);
  made.take_landmarks(Variable(data.x), data.all, 1);
  return made;
}

Parameters learned_of(const KernelMachine& machine) {
  Parameters learned;
  for (const Parameter& p : machine.parameters())
    if (p.variable.wants_grad()) learned.push_back(p);
  return learned;
}

Variable logits_on(const KernelMachine& machine, const LabelledVectors& data) {
  Pass pass = Pass::inference();
  return machine(Graph(no_edges(data.x.rows())), Variable(data.x), pass).y;
}

template <class Loss>
void descend(const KernelMachine& machine, const LabelledVectors& data, const UpdateRule& rule, int steps,
             Loss&& loss) {
  Optimizer optimizer(learned_of(machine), rule);
  for (int step = 0; step < steps; ++step) {
    optimizer.clear_gradients();
    loss(logits_on(machine, data)).backward();
    optimizer.step();
  }
}

double accuracy_on(const KernelMachine& machine, const LabelledVectors& data) {
  const Tensor logits = logits_on(machine, data).value();
  int right = 0;
  for (Index i = 0; i < logits.rows(); ++i)
    right += (logits(i, 1) > logits(i, 0)) == (data.labels[static_cast<std::size_t>(i)] == 1);
  return right / static_cast<double>(logits.rows());
}

/// The solution of A a = b by elimination, A positive definite.
std::vector<double> solved(std::vector<std::vector<double>> a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t p = 0; p < n; ++p)
    for (std::size_t i = p + 1; i < n; ++i) {
      const double factor = a[i][p] / a[p][p];
      for (std::size_t c = p; c < n; ++c)
        a[i][c] -= factor * a[p][c];
      b[i] -= factor * b[p];
    }
  for (std::size_t p = n; p-- > 0;) {
    for (std::size_t c = p + 1; c < n; ++c)
      b[p] -= a[p][c] * b[c];
    b[p] /= a[p][p];
  }
  return b;
}

}  // namespace

TEST_CASE("without a penalty a kernel machine comes to the dense solution of ridge regression") {
  const LabelledVectors data(noise(12, 2, 6));
  const Tensor y = noise(12, 1, 7);
  const KernelMachine machine = machine_on(data, {.out = 1, .landmarks = 5, .bias = false});
  const double ridge = 0.05;
  descend(machine, data, Sgd{.learning_rate = 0.2, .momentum = 0.9, .weight_decay = ridge}, 3000,
          [&](const Variable& f) { return mean_squared_error(f, RealTargets(y)); });
  // ∂/∂a of ‖K a − y‖² / n + ridge ‖a‖² / 2: (2 KᵀK / n + ridge I) a = 2 Kᵀy / n
  KernelMachine identity = machine;
  identity.coefficients = Variable(Tensor(5, 5));
  for (Index l = 0; l < 5; ++l)
    identity.coefficients.mutable_value()(l, l) = 1;
  Pass pass = Pass::inference();
  const Tensor k = identity.dual(Variable(data.x), pass).value();
  std::vector<std::vector<double>> a(5, std::vector<double>(5, 0));
  std::vector<double> b(5, 0);
  for (std::size_t l = 0; l < 5; ++l) {
    a[l][l] = ridge;
    for (Index i = 0; i < 12; ++i) {
      const auto kil = static_cast<double>(k(i, static_cast<Index>(l)));
      for (std::size_t m = 0; m < 5; ++m)
        a[l][m] += 2 * kil * static_cast<double>(k(i, static_cast<Index>(m))) / 12;
      b[l] += 2 * kil * static_cast<double>(y(i, 0)) / 12;
    }
  }
  const std::vector<double> want = solved(a, b);
  for (Index l = 0; l < 5; ++l)
    CHECK(static_cast<double>(machine.coefficients.value()(l, 0)) ==
          doctest::Approx(want[static_cast<std::size_t>(l)]).epsilon(1e-3));
}

TEST_CASE("landmarks vanish with the penalty: all of them at the largest gradient, under every rule") {
  const LabelledVectors data = moons(80);
  const auto start = [&](double lambda) {
    return machine_on(data, {.out = 2, .landmarks = 30, .sigma = Real(0.5), .lambda = static_cast<Real>(lambda)});
  };
  const KernelMachine zero = start(0);
  data.loss(logits_on(zero, data)).backward();  // both classes are alike often: b = 0 is its minimum
  double largest = 0;
  for (Index l = 0; l < 30; ++l)
    largest = std::max(largest, std::hypot(static_cast<double>(zero.coefficients.grad()(l, 0)),
                                           static_cast<double>(zero.coefficients.grad()(l, 1))));
  const auto loss = [&](const Variable& f) { return data.loss(f); };
  for (const UpdateRule& rule :
       std::vector<UpdateRule>{Sgd{.learning_rate = 0.5, .momentum = 0.9}, Adam{.learning_rate = 0.03}}) {
    CAPTURE(name_of(rule));
    std::vector<Index> left;
    for (const double share : {0.0, 0.02, 0.2, 0.9, 1.001}) {
      const KernelMachine machine = start(share * largest);
      descend(machine, data, rule, 400, loss);
      left.push_back(machine.landmarks_left());
    }
    CHECK(left.front() == 30);
    CHECK(std::ranges::is_sorted(left, std::ranges::greater()));
    CHECK(left[2] < 15);
    CHECK(left[3] > 0);
    CHECK(left.back() == 0);
  }
}

TEST_CASE("a few landmarks solve two moons and the exclusive or") {
  for (const bool is_moons : {true, false}) {
    CAPTURE(is_moons);
    const LabelledVectors data = is_moons ? moons(120) : exclusive_or(120);
    const KernelMachine machine =
        machine_on(data, {.out = 2, .landmarks = 60, .sigma = Real(0.6), .lambda = Real(2e-3)});
    descend(machine, data, Adam{.learning_rate = 0.1}, 500, [&](const Variable& f) { return data.loss(f); });
    CHECK(accuracy_on(machine, data) > 0.95);
    CHECK(machine.landmarks_left() < 40);
    CHECK(machine.landmarks_left() > 2);
  }
}

TEST_CASE("the model kernel-machine: its buffers, its words, what it refuses") {
  const Model model = build_model({.name = "kernel-machine", .options = {{"landmarks", 3}}}, 4, 2, 1);
  std::vector<std::string> learned, kept;
  for (const Parameter& p : model.parameters) {
    learned.push_back(p.name);
    CHECK(p.row_penalty == (p.name == "coefficients" ? doctest::Approx(1e-3) : doctest::Approx(0)));
  }
  for (const Parameter& p : model.buffers)
    kept.push_back(p.name);
  CHECK(learned == std::vector<std::string>{"coefficients", "bias"});
  CHECK(kept == std::vector<std::string>{"landmarks", "inverse_scale", "centre"});
  CHECK(model.in_words() == "0 of 3 landmarks are left");
  Variable coefficients = model.parameters.front().variable;
  coefficients.mutable_value()(1, 0) = 1;
  CHECK(model.in_words() == "1 of 3 landmarks are left");
  CHECK(holds(refusal({.name = "kernel-machine", .options = {{"lambda", -1}}}), "lambda: got -1"));
  CHECK(holds(refusal({.name = "kernel-machine", .options = {{"kernel", "polynomial"}}}), "kernel"));
  CHECK(holds(refusal({.name = "kernel-machine", .options = {{"kernel", "matern"}, {"frequencies", 8}}}),
              "frequencies: got the kernel matern, want gaussian"));
  const Graph graph(with_loops(scattered(9)));
  const Tensor x = noise(9, 4, 1);
  const Block block(with_loops(scattered(9)));
  Pass pass = Pass::inference();
  CHECK(max_abs_difference(model.forward(graph, Variable(x), pass).y.value(),
                           model.forward(Neighbourhood(block), Variable(x), pass).y.value()) == 0);
  const Model averages = build_model({.name = "kernel-machine", .options = {{"steps", 1}}}, 4, 2, 1);
  CHECK_THROWS_WITH_AS(averages.forward(Neighbourhood(block), Variable(x), pass),
                       doctest::Contains("got a block, want a graph"), ValueError);
  CHECK_THROWS_WITH_AS(tuned_recipe_for("kernel-machine", "photo"), doctest::Contains("deep stack"), ValueError);
}
