// What papers on kernel attention claim, measured at small sizes: a line each, with its bar; exit code 1 when one falls
// short. docs/faithfulness.md says whose claim each is. With the name of a file: the picture of singular values goes
// there. Errors of random features are root mean squares over draws.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "measure.hpp"
#include "mercer/attention/attend_linear.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/heads.hpp"
#include "mercer/features/fastfood.hpp"
#include "mercer/features/fourier_map.hpp"
#include "mercer/features/maclaurin_map.hpp"
#include "mercer/features/positive_map.hpp"
#include "mercer/kernel/gaussian.hpp"
#include "mercer/layers/landmark_attention.hpp"
#include "mercer/layers/primal_attention.hpp"
#include "mercer/training/optimizer.hpp"
#include "singular_decay.hpp"

using namespace mercer;
using namespace mercer::bench;

namespace {

Tensor normal(Index rows, Index columns, std::uint32_t call, double deviation = 1) {
  Random random(1, call);
  Tensor x = Tensor::uninitialized(rows, columns);
  for (Real& value : x.values())
    value = static_cast<Real>(deviation * random.normal());
  return x;
}

double norm(const Tensor& x) {
  double squares = 0;
  for (const Real value : x.values())
    squares += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(squares);
}

double distance(const Tensor& a, const Tensor& b) {
  double squares = 0;
  for (std::size_t n = 0; n < a.values().size(); ++n)
    squares += std::pow(static_cast<double>(a.values()[n]) - static_cast<double>(b.values()[n]), 2);
  return std::sqrt(squares);
}

/// The slope of ln y over ln x from the first to the last.
double exponent(double x0, double y0, double x1, double y1) { return std::log(y1 / y0) / std::log(x1 / x0); }

double least_seconds(const std::function<void()>& work) {
  double least = seconds(work);
  for (int round = 0; round < 2; ++round)
    least = std::min(least, seconds(work));
  return least;
}

/// ⟨φ(q_i), φ(k_j)⟩ of all pairs by one draw of a similarity, times the factor of k.
Tensor kernel_by_features(const Similarity& by, const Variable& q, const Variable& k, const AnyKernel& kernel) {
  Pass pass = Pass::inference();
  const Compared one = by(q, k, {pass});
  Tensor units(k.rows(), k.rows());
  for (Index j = 0; j < k.rows(); ++j)
    units(j, j) = 1;
  return attend(Segments({0, q.rows()}, {0, k.rows()}), kernel, one.q, one.k, Variable(units),
                {.normaliser = Normaliser::none, .key_bias = one.key_bias})
      .value();
}

/// The deviation of a kernel over draws relative to its mean, over all pairs.
double relative_deviation(const std::function<Tensor(Random&)>& draw, int draws) {
  std::vector<Tensor> all;
  for (int n = 0; n < draws; ++n) {
    Random random(static_cast<std::uint64_t>(n + 1));
    all.push_back(draw(random));
  }
  double squares = 0;
  for (std::size_t at = 0; at < all.front().values().size(); ++at) {
    double mean = 0, square = 0;
    for (const Tensor& one : all) {
      mean += static_cast<double>(one.values()[at]) / draws;
      square += std::pow(static_cast<double>(one.values()[at]), 2) / draws;
    }
    squares += (square - mean * mean) / (mean * mean);
  }
  return std::sqrt(squares / static_cast<double>(all.front().size()));
}

/// The deviation of weights α of positive features, for vectors of this length.
double deviation_of_positive(double length, bool orthogonal, Index frequencies) {
  const Variable q(scale(unit_heads(Variable(normal(8, 16, 1)), 1), static_cast<Real>(length)).value()),
      k(scale(unit_heads(Variable(normal(8, 16, 2)), 1), static_cast<Real>(length)).value());
  return relative_deviation(
      [&](Random& random) {
        const PositiveMapOptions options{
            .distribution = GaussianFrequencyOptions{.orthogonal = orthogonal}, .frequencies = frequencies, .sigma = 1};
        const Similarity by = options({.heads = 1, .width = 16}, random);
        Pass pass = Pass::inference();
        const Compared one = by(q, k, {pass});
        return attention_weights(Segments({0, 8}), by.kernel, one.q, one.k, {.key_bias = one.key_bias});
      },
      200);
}

bool maclaurin_claims() {
  const Variable q(normal(12, 16, 3)), k(normal(12, 16, 4));
  const Tensor exact = [&] {
    const Variable root = Variable(Tensor::filled(1, 1, Real(0.5)));  // 1/√d, d = 16, of each end
    const auto unit = [&](const Variable& x) { return scale_heads(unit_heads(x, 1, Centred::yes), root); };
    return exp(matmul(unit(q), transpose_heads(unit(k), 1))).value();
  }();
  const int draws = 100;
  std::vector<double> errors;
  double bias = 0;
  for (const Index D : {64, 4096}) {
    double squares = 0;
    Tensor mean(12, 12);
    for (int n = 0; n < draws; ++n) {
      Random random(static_cast<std::uint64_t>(n + 1));
      const Similarity by = MaclaurinMapOptions{.frequencies = D}({.heads = 1, .width = 16}, random);
      const Tensor kappa = kernel_by_features(by, q, k, InnerProduct{});
      squares += std::pow(distance(kappa, exact), 2) / draws;
      for (std::size_t at = 0; at < mean.values().size(); ++at)
        mean.values()[at] += kappa.values()[at] / draws;
    }
    errors.push_back(std::sqrt(squares) / norm(exact));
    bias = distance(mean, exact) / norm(exact);
    print_fact("Maclaurin features, relative error, D = " + std::to_string(D), errors.back());
  }
  bool passed = print_figure("Maclaurin features, |exponent of the error over D + 1/2|",
                             std::abs(exponent(64, errors[0], 4096, errors[1]) + 0.5), false, 0.1);
  passed &= print_figure("Maclaurin features, bias of 100 draws over one's error", bias / errors.back(), false, 0.3);
  return passed;
}

bool positive_claims() {
  const double unit = deviation_of_positive(1, false, 64), longer = deviation_of_positive(2, false, 64);
  print_fact("positive features, relative deviation of weights, |q| = |k| = 1", unit);
  bool passed = print_figure("the same at |q| = |k| = 2, over it", longer / unit, true, 3);
  passed &= print_figure("orthogonal frequencies, deviation over that of free ones",
                         deviation_of_positive(1, true, 64) / unit, false, 0.99);
  return passed;
}

bool skyformer_claims() {
  const Index n = 512, d = 16;
  bool passed = true;
  std::vector<double> errors;
  const Variable q(normal(n, d, 5, 0.7)), k(normal(n, d, 6, 0.7)), v(normal(n, d, 7));
  const AnyKernel kernel = AnyKernel(Gaussian{}).fitted(d);
  const Tensor exact = attend(Segments({0, n}), kernel, q, k, v, {.normaliser = Normaliser::none}).value();
  for (const Index count : {16, 64, 256}) {
    const LandmarkSegments segments(Segments({0, n}), count);
    std::vector<Node> rows;
    for (Index m = 0; m < count / 2; ++m)
      rows.push_back(static_cast<Node>(m * n / (count / 2)));
    const Variable both = reshape(
        concat({reshape(gather_rows(q, rows), 1, count / 2 * d), reshape(gather_rows(k, rows), 1, count / 2 * d)}),
        count, d);
    const Tensor y = attend_completed(segments, kernel, q, k, v, both, 1, Real(1e-3), InverseBy::cholesky).value();
    errors.push_back(distance(y, exact) / norm(exact));
    print_fact("Skyformer, relative error, n = 512, landmarks " + std::to_string(count), errors.back());
  }
  passed &= print_figure("Skyformer, error of 256 landmarks over that of 16", errors[2] / errors[0], false, 0.5);
  return passed;
}

bool primal_claims() {
  const Index n = 200;
  const Segments sequence({0, n});
  const Variable x(normal(n, 8, 8));
  Random random(3);
  const PrimalAttention layer({.in = 8, .width = 8, .heads = 2}, {.rank = 4, .eta = 1}, random);
  Parameters learned;
  for (const Parameter& p : layer.parameters())
    if (p.variable.wants_grad() && p.name.find("from_") == std::string::npos &&
        p.name.find("bias") == std::string::npos)
      learned.push_back(p);
  Optimizer optimizer(learned, Adam{.learning_rate = 0.01});
  double first = 0, last = 0;
  for (int step = 0; step < 300; ++step) {
    Pass pass = Pass::inference();
    Variable J = layer.objective(sequence, x, pass);
    last = std::abs(static_cast<double>(J.value()(0, 0)));
    if (step == 0) first = last;
    Variable loss = multiply(J, J);
    loss.backward();
    optimizer.step();
    for (const Parameter& p : learned)
      Variable(p.variable).clear_grad();
  }
  print_fact("Primal, |J| at the start", first);
  bool passed = print_figure("Primal, |J| after 300 steps on J^2, over it", last / first, false, 0.01);
  const auto time = [&](Index length) {
    Variable rows(normal(length, 8, 9), true);
    return least_seconds([&] {
      Pass pass = Pass::inference();
      Output out = layer(Segments({0, length}), rows, pass);
      Variable loss = add(sum(out.y), out.penalty);
      loss.backward();
      rows.clear_grad();
    });
  };
  passed &= print_figure("Primal, exponent of time, n = 65536 to 262144", exponent(1, time(65536), 4, time(262144)),
                         false, 1.2);
  return passed;
}

void write_picture(const std::string& file, const std::string& svg) {
  std::ofstream stream(file);
  stream << svg;
  stream.close();
  if (!stream) throw std::runtime_error(file + ": can't be written");
}

/// Facts without a bar: Primal's matrices have a rank of at most their width, 8, by construction. The picture is
/// written where a file is named.
void decay_facts(const std::string& picture) {
  const int seeds = 5;
  std::vector<NamedDecay> curves{
      {"softmax", "#1f77b4", {}}, {"primal", "#d95f02", {}}, {"primal, eta 0", "#7570b3", {}}};
  const OptionValues sizes{{"hidden", 8}, {"heads", 2}, {"dropout", 0}};
  OptionValues free = sizes;
  free.insert({"eta", 0});
  curves[0].decay = mean_decay({.name = "transformer", .options = sizes}, seeds);
  curves[1].decay = mean_decay({.name = "transformer-primal", .options = sizes}, seeds);
  curves[2].decay = mean_decay({.name = "transformer-primal", .options = free}, seeds);
  for (const NamedDecay& curve : curves) {
    print_fact(curve.name + ", singular values for 90 % of the squares, n = 48", curve.decay.needed);
    print_fact(curve.name + ", singular values above a thousandth", curve.decay.rank);
    print_fact(curve.name + ", test accuracy of these sequences", curve.decay.accuracy);
  }
  if (!picture.empty()) write_picture(picture, decay_picture(curves));
}

bool time_claims() {
  const auto toeplitz = [](Index n) {
    Variable q(normal(n, 16, 10), true), k(normal(n, 16, 11), true), v(normal(n, 16, 12), true),
        b(normal(2 * n - 1, 1, 13), true);
    return least_seconds([&] {
      Variable y = attend_linear(Segments({0, n}), exp(q), exp(k), v,
                                 {.kernel = PositiveInnerProduct{}, .relative_bias = b, .toeplitz = ToeplitzBy::fft});
      y.backward(v.value());
      for (Variable* x : {&q, &k, &v, &b})
        x->clear_grad();
    });
  };
  bool passed = print_figure("NPRF by FFT, exponent of time, n = 2048 to 8192",
                             exponent(1, toeplitz(2048), 4, toeplitz(8192)), false, 1.4);
  Random random(1);
  const Fastfood fastfood({}, {.heads = 1, .width = 512, .frequencies = 512}, random);
  Variable x(normal(2048, 512, 14), true);
  const auto product = [&](bool by_matrix) {
    return least_seconds([&] {
      Variable y = by_matrix ? head_matmul(x, fastfood.matrix(), 1) : fastfood.times(x);
      y.backward(x.value());
      x.clear_grad();
    });
  };
  passed &= print_figure("FastFood, time of its matrix over that of its transforms, M = d = 512",
                         product(true) / product(false), true, 1.5);
  return passed;
}

}  // namespace

int main(int count, char** words) {
  try {
    const std::string picture = count > 1 ? words[1] : "";
    if (!picture.empty())
      write_picture(picture, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n");  // throws before the minutes of work
    bool passed = true;
    for (const auto& claims : {maclaurin_claims, positive_claims, skyformer_claims, primal_claims, time_claims})
      passed &= claims();
    decay_facts(picture);
    return passed ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return EXIT_FAILURE;
  }
}
