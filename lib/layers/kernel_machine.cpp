#include "mercer/layers/kernel_machine.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "layers/kernel_matrix.hpp"
#include "mercer/attention/attend.hpp"
#include "mercer/attention/attend_linear.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/autograd/row_runs.hpp"
#include "mercer/base/check.hpp"
#include "mercer/kernel/constant.hpp"
#include "mercer/kernel/inner_product.hpp"
#include "mercer/layers/edge_facts.hpp"
#include "mercer/layers/initialise.hpp"

namespace mercer {
namespace {

constexpr std::uint32_t draw_of_landmarks = 2;  // the call of the stream by which they are drawn
constexpr Index dense_at_once = 512;            // sparse rows that are dense at a time
constexpr Index most_compared = 256;            // landmarks whose distances make the scale

const KernelMachineOptions& checked(const KernelMachineOptions& options) {
  require(options.in >= 0, "KernelMachine", "in: got " + std::to_string(options.in) + ", want at least 0");
  expect_at_least_one("KernelMachine", "out", options.out);
  expect_at_least_one("KernelMachine", "landmarks", options.landmarks);
  require(std::isfinite(options.lambda) && options.lambda >= 0, "KernelMachine",
          "lambda: got " + std::to_string(options.lambda) + ", want a finite number of at least 0");
  require(!options.sigma || (std::isfinite(*options.sigma) && *options.sigma > 0), "KernelMachine",
          "sigma: got " + std::to_string(options.sigma.value_or(0)) + ", want a finite number above 0");
  require(options.steps >= 0, "KernelMachine", "steps: got " + std::to_string(options.steps) + ", want at least 0");
  return options;
}

void check(const Similarity& similarity, Index in) {
  const KernelTraits traits = similarity.kernel.traits();
  const std::string name(traits.name);
  require(traits.compares && !traits.weighted && !traits.half_scores, "KernelMachine",
          "kernel: got " + name + ", want one that compares two rows and learns nothing of its own");
  require(similarity.map || traits.width == 0 || traits.width == in, "KernelMachine",
          "kernel: " + name + " takes rows of " + std::to_string(traits.width) + ", got " + std::to_string(in));
  require(!similarity.leaves_out_query_factor && !similarity.joins_ends && !similarity.pools_nodes, "KernelMachine",
          "similarity: got one that isn't a function of two rows alone; positive features leave out a factor, as a "
          "denominator cancels it: want Fourier features or a kernel");
}

Variable normal_rows(Index rows, Index columns, Random& random) {
  Tensor made = Tensor::uninitialized(rows, columns);
  for (Real& value : made.values())
    value = static_cast<Real>(random.normal());
  return Variable(std::move(made));
}

Tensor dense_rows(const Input& x, const std::vector<Node>& numbers) {
  if (x.is_sparse()) return x.sparse()->to(Device::cpu).rows(numbers).to_dense();
  const NoGrad no_tape;
  return gather_rows(x.dense(), numbers).value().to(Device::cpu);
}

/// The median distance between two rows that differ; 0 where none do.
double median_distance(const Tensor& z) {
  std::vector<double> distances;
  const Index rows = std::min(z.rows(), most_compared);
  for (Index i = 0; i < rows; ++i)
    for (Index j = 0; j < i; ++j) {
      double sum = 0;
      for (Index c = 0; c < z.columns(); ++c)
        sum += static_cast<double>((z(i, c) - z(j, c)) * (z(i, c) - z(j, c)));
      if (sum > 0) distances.push_back(std::sqrt(sum));
    }
  if (distances.empty()) return 0;
  const auto middle = distances.begin() + std::ssize(distances) / 2;
  std::nth_element(distances.begin(), middle, distances.end());
  return *middle;
}

double mean_length(const Tensor& z) {
  double sum = 0;
  for (const Real value : z.values())
    sum += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(sum / static_cast<double>(z.rows()));
}

/// Rows of targets and of landmarks, each target with all landmarks.
Segments rectangle(Index rows, Index landmarks) { return Segments({0, rows}, {0, landmarks}); }

void expect_on_cpu(const Input& x) {
  if (x.is_sparse() && x.device().is_cuda())
    throw DeviceError(
        "[KernelMachine] sparse features: got a CUDA device, want the CPU (--device cpu), or dense features");
}

}  // namespace

KernelMachine::KernelMachine(const KernelMachineOptions& given, Random& random)
    : options(checked(given)),
      similarity(options.similarity({.heads = 1, .width = options.in}, random)),
      landmarks(normal_rows(options.landmarks, options.in, random)),
      inverse_scale(Tensor::filled(1, 1, 1 / options.sigma.value_or(1))),
      centre(Tensor(1, options.landmarks)),
      coefficients(zeros(options.landmarks, options.out)),
      bias(options.bias ? zeros(1, options.out) : Variable()) {
  check(similarity, options.in);
}

void KernelMachine::take_landmarks(const Input& x, std::span<const Node> train, std::uint64_t seed) {
  const auto there = std::ssize(train);
  require(options.landmarks <= there, "KernelMachine",
          "landmarks: got " + std::to_string(options.landmarks) + ", want at most the " + std::to_string(there) +
              " rows that train");
  expect("KernelMachine", {{"columns of x", x.columns("KernelMachine"), options.in}});
  std::vector<std::size_t> places(train.size());
  std::iota(places.begin(), places.end(), std::size_t(0));
  Random random(seed, draw_of_landmarks);
  random.shuffle(places);
  places.resize(static_cast<std::size_t>(options.landmarks));
  std::ranges::sort(places);
  std::vector<Node> chosen;
  for (const std::size_t place : places)
    chosen.push_back(train[place]);
  landmarks.mutable_value() = dense_rows(x, chosen).to(landmarks.device());
  if (!options.sigma) take_scale();
  if (options.bias) take_centre();
}

void KernelMachine::take_scale() {
  const bool by_distance = similarity.stationary.value_or(similarity.kernel.traits().stationary);
  const Tensor z = landmarks.value().to(Device::cpu);
  const double s = by_distance ? median_distance(z) : mean_length(z);
  inverse_scale.mutable_value() = Tensor::filled(1, 1, static_cast<Real>(s > 0 ? 1 / s : 1)).to(landmarks.device());
}

void KernelMachine::take_centre() {
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  const Variable z = scale_heads(landmarks, inverse_scale),
                 ones(Tensor::filled(options.landmarks, 1, 1).to(z.device()));
  const Compared of = similarity(z, z, {pass});
  const Variable means = attend(Segments({0, options.landmarks}), similarity.kernel, of.q, of.k, ones,
                                {.normaliser = Normaliser::degree, .key_bias = of.key_bias});
  centre.mutable_value() = reshape(means, 1, options.landmarks).value();
}

Index KernelMachine::landmarks_left() const {
  const Tensor a = coefficients.value().to(Device::cpu);
  Index left = 0;
  for (Index l = 0; l < a.rows(); ++l)
    left += std::any_of(a.row(l), a.row(l) + a.columns(), [](Real value) { return value != 0; }) ? 1 : 0;
  return left;
}

namespace {

/// Calls f of the dense rows, of a few at a time where they are sparse, and joins the results.
template <class F>
Variable by_dense_rows(const Input& x, F&& f) {
  if (!x.is_sparse()) return f(x.dense());
  std::vector<Variable> parts;
  for (Index first = 0; first == 0 || first < x.rows(); first += dense_at_once)
    parts.push_back(f(Variable(x.sparse()->rows(first, std::min(first + dense_at_once, x.rows())).to_dense())));
  return parts.size() == 1 ? parts.front() : stack_rows(parts);
}

}  // namespace

Variable KernelMachine::dual(const Input& x, Pass& pass) const {
  expect_on_cpu(x);
  if (x.is_sparse() && !similarity.map)
    if (std::optional<Tensor> kappa =
            kernel_matrix(similarity.kernel, *x.sparse(), landmarks.value(), inverse_scale.value()(0, 0)))
      return matmul(Variable(*std::move(kappa)), coefficients);
  const SimilarityContext context{pass};
  const Pass before = pass;
  const Variable z = scale_heads(landmarks, inverse_scale);
  return by_dense_rows(x, [&](const Variable& rows) {
    pass = before;  // all rows have the same draws
    const Compared of = similarity(scale_heads(rows, inverse_scale), z, context);
    return attend(rectangle(rows.rows(), options.landmarks), similarity.kernel, of.q, of.k, coefficients,
                  {.normaliser = Normaliser::none, .key_bias = of.key_bias});
  });
}

bool KernelMachine::has_primal_form() const { return similarity.map && similarity.kernel.is<InnerProduct>(); }

Variable KernelMachine::primal(const Input& x, Pass& pass) const {
  expect_on_cpu(x);
  require(has_primal_form(), "KernelMachine",
          "primal form: got the kernel " + std::string(similarity.kernel.name()) +
              ", want an inner product of features, as Fourier features make");
  const SimilarityContext context{pass};
  const Pass before = pass;
  const Variable z = scale_heads(landmarks, inverse_scale), no_more(Tensor(0, options.in));
  Compared of_z;
  const Variable phi_x = by_dense_rows(x, [&](const Variable& rows) {
    pass = before;
    const bool is_first = !of_z.k.defined();
    const Compared of = similarity(scale_heads(rows, inverse_scale), is_first ? z : no_more, context);
    if (is_first) of_z = of;
    return of.q;
  });
  return attend_linear(rectangle(x.rows(), options.landmarks), phi_x, of_z.k, coefficients,
                       {.kernel = similarity.kernel, .normaliser = Normaliser::none, .key_bias = of_z.key_bias});
}

Output KernelMachine::operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const {
  expect_input("KernelMachine", neighbourhood, x, options.in);
  refuse_other_facts("KernelMachine", neighbourhood);
  const bool is_block = std::holds_alternative<Block>(neighbourhood.topology());
  require(!is_block || options.steps == 0, "KernelMachine",
          "neighbourhood: got a block, want a graph: a step needs the step before at every source");
  Variable y = has_primal_form() && x.device().is_cpu() ? primal(x, pass) : dual(x, pass);
  for (Index step = 0; step < options.steps; ++step)
    y = attend(neighbourhood, Constant{}, {}, {}, y, {.normaliser = Normaliser::degree});
  y = neighbourhood.targets(y);
  return {bias ? add_bias(y, subtract(bias, matmul(centre, coefficients))) : y};
}

Parameters KernelMachine::parameters(const std::string& prefix) const {
  Parameters all = named(prefix, {{"landmarks", landmarks, false},
                                  {"inverse_scale", inverse_scale, false},
                                  {"centre", centre, false},
                                  {"coefficients", coefficients, true, static_cast<double>(options.lambda)},
                                  {"bias", bias, false}});
  for (const Parameter& p : similarity.parameters)
    all.push_back({prefix + "similarity." + p.name, p.variable, p.decays});
  return all;
}

}  // namespace mercer
