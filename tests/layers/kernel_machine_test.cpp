// A kernel machine by its definition, its two forms, its penalty and its landmarks.
#include "mercer/layers/kernel_machine.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/features/fourier_map.hpp"
#include "mercer/features/positive_map.hpp"
#include "mercer/kernel/catalogue.hpp"
#include "support/graphs.hpp"
#include "support/held_gradient.hpp"
#include "support/random_tensor.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

constexpr bool machine_in_double = std::is_same_v<Real, double>;
constexpr double machine_tolerance = machine_in_double ? 1e-12 : 1e-5;

FourierMapOptions machine_features(Index frequencies) {
  return {.distribution = GaussianFrequencyOptions{},
          .frequencies = frequencies,
          .sigma = Real(1),
          .squared = false,
          .shift = 0,
          .noise = {.noise = Noise::frozen}};
}

/// A machine whose landmarks are rows of x and whose coefficients are noise.
KernelMachine machine_of(KernelMachineOptions options, const Input& x) {
  Random random(7);
  options.in = x.columns();
  KernelMachine made(options, random);
  std::vector<Node> train;
  for (Node i = 0; i < static_cast<Node>(x.rows()); i += 2)
    train.push_back(i);
  made.take_landmarks(x, train, 5);
  made.coefficients.mutable_value() = noise(options.landmarks, options.out, 8);
  if (made.bias) made.bias.mutable_value() = noise(1, options.out, 9);
  return made;
}

Tensor output_of(const KernelMachine& machine, const Neighbourhood& around, const Input& x) {
  Pass pass = Pass::inference();
  return machine(around, x, pass).y.value();
}

/// x with most values zero.
Tensor mostly_zero(Index rows, Index columns) {
  Tensor x = noise(rows, columns, 3);
  for (Real& value : x.values())
    if (value < 0.4) value = 0;
  return x;
}

}  // namespace

TEST_CASE("a kernel machine is the sum over its landmarks, then the mean over neighbours") {
  const Tensor x = noise(23, 4, 1);
  const Csr graph = with_loops(scattered(23));
  const KernelMachine machine = machine_of({.out = 3, .landmarks = 6, .steps = 2}, Variable(x));
  const Tensor &z = machine.landmarks.value(), &a = machine.coefficients.value(), &c = machine.centre.value();
  const double inverse = static_cast<double>(machine.inverse_scale.value()(0, 0));
  const auto kappa = [&](const Real* p, const Real* q) {
    double distance = 0;
    for (Index f = 0; f < 4; ++f)
      distance += std::pow(inverse * static_cast<double>(p[f] - q[f]), 2);
    return std::exp(-distance / 2);
  };
  for (Index l = 0; l < 6; ++l) {  // the kernel is centred at the landmarks
    double mean = 0;
    for (Index other = 0; other < 6; ++other)
      mean += kappa(z.row(other), z.row(l)) / 6;
    CHECK(static_cast<double>(c(0, l)) == doctest::Approx(mean).epsilon(1e-5));
  }
  Tensor want(23, 3);
  for (Index i = 0; i < 23; ++i)
    for (Index o = 0; o < 3; ++o)
      for (Index l = 0; l < 6; ++l)
        want(i, o) += static_cast<Real>((kappa(x.row(i), z.row(l)) - static_cast<double>(c(0, l))) *
                                        static_cast<double>(a(l, o)));
  for (int step = 0; step < 2; ++step) {
    Tensor mean(23, 3);
    const CsrView g = graph.view();
    for_each_edge(g, [&](Node i, Node j, Edge) {
      for (Index o = 0; o < 3; ++o)
        mean(i, o) += want(j, o) / static_cast<Real>(g.degree(i));
    });
    want = mean;
  }
  for (Index i = 0; i < 23; ++i)
    for (Index o = 0; o < 3; ++o)
      want(i, o) += machine.bias.value()(0, o);
  CHECK(max_abs_difference(output_of(machine, Graph(graph), Variable(x)), want) < 100 * machine_tolerance);
}

TEST_CASE("sparse rows give a machine what dense ones give, with every kernel and with features") {
  const Tensor x = mostly_zero(31, 9);
  const Input sparse = std::make_shared<const SparseMatrix>(SparseMatrix::from_dense(x));
  for (const MakeSimilarity& similarity :
       std::vector<MakeSimilarity>{Gaussian{}, Cauchy{}, Matern{}, Exponential{}, InnerProduct{}, SquaredInnerProduct{},
                                   Laplacian{}, HistogramIntersection{}, machine_features(32)}) {
    const KernelMachineOptions options{.out = 2, .landmarks = 5, .similarity = similarity};
    const KernelMachine of_dense = machine_of(options, Variable(x)), of_sparse = machine_of(options, sparse);
    CAPTURE(of_dense.similarity.kernel.name());
    CHECK(same_bits(of_dense.landmarks.value(), of_sparse.landmarks.value()));
    const Graph nobody(no_edges(31));
    CHECK(max_abs_difference(output_of(of_dense, nobody, Variable(x)), output_of(of_sparse, nobody, sparse)) <
          (machine_in_double ? 1e-7 : 2e-3));  // √t of a matern makes of ε its root
  }
}

TEST_CASE("sparse rows that are far from the origin have the distances of dense ones") {
  Tensor x = mostly_zero(31, 9);
  for (Index i = 0; i < x.rows(); ++i)
    x(i, 4) = 20000 + static_cast<Real>(i % 5);
  const Input sparse = std::make_shared<const SparseMatrix>(SparseMatrix::from_dense(x));
  for (const MakeSimilarity& similarity : std::vector<MakeSimilarity>{Gaussian{}, Cauchy{}, Matern{}}) {
    const KernelMachineOptions options{.out = 2, .landmarks = 5, .similarity = similarity};
    const KernelMachine of_dense = machine_of(options, Variable(x)), of_sparse = machine_of(options, sparse);
    CAPTURE(of_dense.similarity.kernel.name());
    const Graph nobody(no_edges(31));
    CHECK(max_abs_difference(output_of(of_dense, nobody, Variable(x)), output_of(of_sparse, nobody, sparse)) <
          (machine_in_double ? 1e-3 : 5e-3));  // of a matern that of √ε ‖x‖
  }
}

TEST_CASE("the primal form of many sparse rows makes the features of the landmarks once") {
  const Tensor x = mostly_zero(1100, 5);
  const Input sparse = std::make_shared<const SparseMatrix>(SparseMatrix::from_dense(x));
  Index made = 0;
  const auto counted = [&made](HeadSizes sizes, Random& random) {
    Similarity similarity = machine_features(16)(sizes, random);
    similarity.map = [&made, map = similarity.map](const Variable& q, const Variable& k,
                                                   const SimilarityContext& context) {
      made += k.rows();
      return map(q, k, context);
    };
    return similarity;
  };
  const KernelMachineOptions options{.out = 2, .landmarks = 40, .similarity = MakeSimilarity(counted)};
  const KernelMachine of_dense = machine_of(options, Variable(x)), of_sparse = machine_of(options, sparse);
  Pass pass = Pass::inference();
  const Tensor want = of_dense.primal(Variable(x), pass).value();
  made = 0;
  CHECK(max_abs_difference(of_sparse.primal(sparse, pass).value(), want) < 100 * machine_tolerance);
  CHECK(made == 40);
}

TEST_CASE("the primal form of random features is the dual one, and near the gaussian kernel") {
  const Tensor x = noise(40, 3, 1);
  const Input dense{Variable(x)};
  const KernelMachine machine = machine_of({.out = 2, .landmarks = 8, .similarity = machine_features(4000)}, dense);
  const KernelMachine exact = machine_of({.out = 2, .landmarks = 8}, dense);
  Pass pass = Pass::inference();
  REQUIRE(machine.has_primal_form());
  const Tensor primal = machine.primal(dense, pass).value(), dual = machine.dual(dense, pass).value();
  CHECK(max_abs_difference(primal, dual) < 100 * machine_tolerance);
  CHECK(max_abs_difference(dual, exact.dual(dense, pass).value()) < 0.3);
  CHECK_FALSE(exact.has_primal_form());
  CHECK_THROWS_WITH_AS(exact.primal(dense, pass), doctest::Contains("primal form: got the kernel gaussian"),
                       ValueError);
}

TEST_CASE("gradients of a machine are central differences, in both forms" * doctest::skip(!machine_in_double)) {
  const Graph graph(with_loops(scattered(11)));
  for (const MakeSimilarity& similarity :
       std::vector<MakeSimilarity>{Gaussian{}, SquaredInnerProduct{}, machine_features(16)})
    for (const Index steps : {0, 2}) {
      const Tensor start = noise(11, 4, 1);
      const KernelMachine machine =
          machine_of({.out = 3, .landmarks = 4, .similarity = similarity, .steps = steps}, Variable(start));
      const Variable x(start, true);
      const auto run = [&] {
        Pass pass = Pass::inference();
        return machine(graph, x, pass).y;
      };
      CHECK(held_gradient_gap(run, {x, machine.coefficients, machine.bias}) < 1e-7);
    }
}

TEST_CASE("landmarks are rows that train, as many as asked for, by the seed and in order") {
  const Tensor x = noise(50, 3, 1);
  std::vector<Node> train;
  for (Node i = 3; i < 50; i += 4)
    train.push_back(i);
  Random random(1);
  KernelMachine machine({.in = 3, .out = 2, .landmarks = 7}, random);
  const auto numbers = [&](std::uint64_t seed) {
    machine.take_landmarks(Variable(x), train, seed);
    std::vector<Node> found;
    for (Index l = 0; l < 7; ++l)
      for (Node i = 0; i < 50; ++i)
        if (std::equal(x.row(i), x.row(i) + 3, machine.landmarks.value().row(l))) found.push_back(i);
    return found;
  };
  std::set<std::vector<Node>> draws;
  for (const std::uint64_t seed : {0u, 1u, 2u, 3u}) {
    const std::vector<Node> found = numbers(seed);
    REQUIRE(found.size() == 7);
    CHECK(std::ranges::is_sorted(found));
    for (const Node i : found)
      CHECK(i % 4 == 3);
    CHECK(found == numbers(seed));
    draws.insert(found);
  }
  CHECK(draws.size() > 1);
  numbers(0);  // other numbers of the same rows in the same order: the same landmarks
  std::vector<Node> mirrored;
  for (const Node i : train)
    mirrored.push_back(49 - i);
  Tensor turned_round(50, 3);
  for (Index i = 0; i < 50; ++i)
    std::copy_n(x.row(i), 3, turned_round.row(49 - i));
  const Tensor before = machine.landmarks.value();
  machine.take_landmarks(Variable(turned_round), mirrored, 0);
  CHECK(same_bits(machine.landmarks.value(), before));
  // the scale is the median distance of these, for products the root of their mean squared length
  CHECK(machine.inverse_scale.value()(0, 0) > 0.2);
  CHECK(machine.inverse_scale.value()(0, 0) < 1);
  CHECK_THROWS_WITH_AS(machine.take_landmarks(Variable(x), std::span(train).first(6), 0),
                       doctest::Contains("landmarks: got 7, want at most the 6 rows that train"), ValueError);
}

TEST_CASE("landmarks that are all one row, zeros, no rows and no columns give finite numbers") {
  for (const Index columns : {0, 3})
    for (const Index rows : {0, 1, 9}) {
      Random random(1);
      KernelMachine machine({.in = columns, .out = 2, .landmarks = 2}, random);
      if (rows > 1) machine.take_landmarks(Variable(Tensor(rows, columns)), std::vector<Node>{0, 1}, 0);
      const Tensor y = output_of(machine, Graph(no_edges(rows)), Variable(Tensor(rows, columns)));
      CHECK(y.rows() == rows);
      CHECK(all_finite(y));
    }
}

TEST_CASE("a machine has the same bits on any number of threads") {
  const Tensor x = mostly_zero(300, 20);
  for (const Input& input :
       {Input(Variable(x)), Input(std::make_shared<const SparseMatrix>(SparseMatrix::from_dense(x)))}) {
    std::vector<Tensor> results;
    for (const int count : {1, 2, 4}) {
      set_threads(count);
      results.push_back(output_of(machine_of({.out = 3, .landmarks = 40}, input), Graph(no_edges(300)), input));
    }
    set_threads(0);
    CHECK(same_bits(results[0], results[1]));
    CHECK(same_bits(results[0], results[2]));
  }
}

TEST_CASE("options of a machine out of range, and similarities that are no kernel of two rows, are refused by name") {
  Random random(1);
  const auto refusal_of = [&](const KernelMachineOptions& options) {
    return message_of<ValueError>([&] { KernelMachine(options, random); });
  };
  CHECK(refusal_of({.in = 2, .out = 2, .lambda = -1}).find("lambda: got -1") != std::string::npos);
  CHECK(refusal_of({.in = 2, .out = 2, .landmarks = 0}).find("landmarks: got 0, want at least 1") != std::string::npos);
  CHECK(refusal_of({.in = 2, .out = 2, .sigma = Real(0)}).find("sigma: got 0") != std::string::npos);
  CHECK(refusal_of({.in = 2, .out = 2, .steps = -1}).find("steps: got -1") != std::string::npos);
  CHECK(refusal_of({.in = 2, .out = 2, .similarity = DynamicAdditive{}}).find("kernel: got") != std::string::npos);
  CHECK(refusal_of({.in = 2, .out = 2, .similarity = PositiveMapOptions{}}).find("want Fourier features") !=
        std::string::npos);
}
