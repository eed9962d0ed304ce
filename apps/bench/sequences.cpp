// The rate of exact softmax attention over sequences beside that of a product of matrices, in one run, and how the time
// of linear attention grows.
//    mercer_sequences_bench [--quick]            figures with their bars; exit code 1 when one falls short
//    mercer_sequences_bench --time N [--causal] [--backward]     seconds of one call, for comparison with other
//    programs
// A product of n x n matrices counts 2 n³ operations, attention 4 n² d forward (two products) and 14 n² d forward and
// backward (seven products, of which a program that keeps nothing computes at least two again); causal half of it.
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "measure.hpp"
#include "mercer/attention/attend_linear.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/base/random.hpp"

using namespace mercer;
using namespace mercer::bench;

namespace {

constexpr Index width = 64;

Variable normal(Index rows, Index columns, std::uint32_t call, bool wants_grad = false) {
  Random random(1, call);
  Tensor x = Tensor::uninitialized(rows, columns);
  for (Real& value : x.values())
    value = static_cast<Real>(random.normal());
  return Variable(std::move(x), wants_grad);
}

/// The least seconds of some calls, after one that warms up.
template <class Call>
double seconds_of(Index rounds, Call&& call) {
  call();
  double least = 1e30;
  for (Index r = 0; r < rounds; ++r) {
    const auto begin = std::chrono::steady_clock::now();
    call();
    least = std::min(least, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return least;
}

/// The faster of Mercer's product of matrices and OpenBLAS's, of n x n matrices, in GFLOP/s.
class Products {
 public:
  explicit Products(Index n)
      : n_(n), a_(normal(n, n, 0)), b_(normal(n, n, 1)), c_(Tensor::uninitialized(n, n)), openblas_(find_openblas()) {}

  bool has_openblas() const { return openblas_ != nullptr; }
  double own(Index rounds) const {
    return rate(seconds_of(rounds, [&] { matmul(a_, b_); }));
  }
  double openblas(Index rounds) {
    const int n = static_cast<int>(n_), by_rows = 101, plain = 111;
    return rate(seconds_of(rounds, [&] {
      openblas_(by_rows, plain, plain, n, n, n, 1, a_.value().data(), n, b_.value().data(), n, 0, c_.data(), n);
    }));
  }
  double fastest() { return has_openblas() ? std::max(own(1), openblas(1)) : own(1); }

 private:
  using Product = void (*)(int, int, int, int, int, int, Real, const Real*, int, const Real*, int, Real, Real*, int);

  /// Null where this machine has none. MERCER_OPENBLAS names another file.
  static Product find_openblas() {
    const char* named = std::getenv("MERCER_OPENBLAS");
    void* library = dlopen(named != nullptr ? named : "libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return nullptr;
    const auto set_threads = reinterpret_cast<void (*)(int)>(dlsym(library, "openblas_set_num_threads"));
    if (set_threads == nullptr) return nullptr;
    set_threads(threads());
    return reinterpret_cast<Product>(dlsym(library, sizeof(Real) == 4 ? "cblas_sgemm" : "cblas_dgemm"));
  }
  double rate(double seconds) const {
    const auto n = static_cast<double>(n_);
    return 2e-9 * n * n * n / seconds;
  }

  Index n_;
  Variable a_, b_;
  Tensor c_;
  Product openblas_;
};

double attention_seconds(Index n, bool causal, bool backward, Index rounds) {
  const Neighbourhood sequence{Segments({0, n}, causal)};
  const AnyKernel kernel = AnyKernel(Exponential{}).fitted(width);
  Variable q = normal(n, width, 2, backward), k = normal(n, width, 3, backward), v = normal(n, width, 4, backward);
  const Tensor dy = normal(n, width, 5).value();
  return seconds_of(rounds, [&] {
    Variable y = attend(sequence, kernel, q, k, v);
    if (backward) y.backward(dy);
    for (Variable* x : {&q, &k, &v})
      x->clear_grad();
  });
}

/// Forward and backward with 64 features, which are never negative.
double linear_seconds(Index n, bool causal, Index rounds) {
  const Neighbourhood sequence{Segments({0, n}, causal)};
  Variable q = normal(n, width, 2, true), k = normal(n, width, 3, true), v = normal(n, width, 4, true);
  const Tensor dy = normal(n, width, 5).value();
  return seconds_of(rounds, [&] {
    Variable y = attend_linear(sequence, shift(elu(q), 1), shift(elu(k), 1), v, {.kernel = PositiveInnerProduct{}});
    y.backward(dy);
    for (Variable* x : {&q, &k, &v})
      x->clear_grad();
  });
}

/// Attention and the product take turns, so that what else the machine does slows both. Prints the median of the rates
/// and of their quotients.
bool attention_figure(Products& products, Index n, bool causal, bool backward, Index rounds) {
  const auto pairs = static_cast<double>(causal ? n * (n + 1) / 2 : n * n);
  const double work = (backward ? 14 : 4) * pairs * static_cast<double>(width);
  std::vector<double> rates, shares;
  for (Index r = 0; r < rounds; ++r) {
    rates.push_back(1e-9 * work / attention_seconds(n, causal, backward, n > 4096 ? 1 : 4));
    shares.push_back(rates.back() / products.fastest());
  }
  const std::string name = std::string("attention") + (causal ? ", causal" : "") +
                           (backward ? ", forward + backward" : ", forward") + ", n = " + std::to_string(n);
  print_fact(name + ", GFLOP/s", middle(rates));
  return print_figure(name + ", share of the product", middle(shares), true, backward ? 0.35 : 0.5);
}

int figures(bool quick) {
  const Index rounds = quick ? 3 : 5;
  Products products(2048);
  print_fact("matmul, 2048^3, GFLOP/s", products.own(rounds));
  if (products.has_openblas())
    print_fact("OpenBLAS, 2048^3, GFLOP/s", products.openblas(rounds));
  else
    std::printf("%-66s %9s  SKIPPED: no libopenblas.so.0; MERCER_OPENBLAS names one\n", "OpenBLAS, 2048^3, GFLOP/s",
                "-");
  bool passed = true;
  for (const Index n : quick ? std::vector<Index>{4096} : std::vector<Index>{4096, 16384})
    for (const bool causal : {false, true})
      for (const bool backward : {false, true})
        passed &= attention_figure(products, n, causal, backward, n > 4096 ? 3 : rounds);
  for (const bool causal : {false, true}) {
    const double shorter = linear_seconds(4096, causal, 3 * rounds), longer = linear_seconds(16384, causal, 2 * rounds);
    const std::string name = std::string("linear attention") + (causal ? ", causal" : "") + ", forward + backward";
    print_fact(name + ", n = 16384, ms", 1e3 * longer);
    passed &= print_figure(name + ", exponent of time", std::log2(longer / shorter) / 2, false, 1.15);
  }
  return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> given(argv + 1, argv + argc);
  const auto has = [&](std::string_view option) {
    return std::find(given.begin(), given.end(), option) != given.end();
  };
  try {
    if (!has("--time")) return figures(has("--quick"));
    const auto n = std::find(given.begin(), given.end(), "--time") + 1;
    if (n == given.end()) throw std::invalid_argument("--time: want a length");
    std::printf("%.4f\n", attention_seconds(std::stoll(std::string(*n)), has("--causal"), has("--backward"), 3));
    return EXIT_SUCCESS;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return EXIT_FAILURE;
  }
}
