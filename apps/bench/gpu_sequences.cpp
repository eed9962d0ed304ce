// Exact and linear attention over one sequence on a CUDA device, beside a product of matrices on the same device:
//    mercer_gpu_sequences [POSITIONS [SIDE [ROUNDS]]]      default: 4096 and 16384 positions, products of 2048³
// Two heads of width 64. Exact attention multiplies 4 n² d numbers a head forward and 14 n² d backward, whose two
// passes make the scores again.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <vector>

#include "measure.hpp"
#include "mercer/attention/attend_linear.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/device/device.hpp"

using namespace mercer;

namespace {

constexpr Index heads = 2, width = 64;

/// The median of some rounds; the first warms up.
template <class Work>
double middle_seconds(int rounds, Work&& work) {
  std::vector<double> times;
  for (int round = 0; round <= rounds; ++round) {
    const double took = bench::seconds([&] { bench::wait(work()); });
    if (round > 0) times.push_back(took);
  }
  return bench::middle(times);
}

Variable noise(Index rows, std::uint32_t call) {
  return Variable(bench::noise(rows, heads * width, call).to(Device::cuda), true);
}

/// Operations a second of a product of two square matrices.
double product_rate(Index side, int rounds) {
  const Variable a(bench::noise(side, side, 1).to(Device::cuda)), b(bench::noise(side, side, 2).to(Device::cuda));
  const double seconds = middle_seconds(rounds, [&] { return matmul(a, b).value(); });
  return 2 * std::pow(static_cast<double>(side), 3) / seconds;
}

/// Of one call and its gradients.
struct Times {
  double forward, backward;
};
template <class Call>
Times time(Index n, int rounds, Call call) {
  Variable q = noise(n, 1), k = noise(n, 2), v = noise(n, 3);
  const Tensor seed = noise(n, 4).value();
  const double forward = middle_seconds(rounds, [&] { return call(q, k, v).value(); });
  const double both = middle_seconds(rounds, [&] {
    call(q, k, v).backward(seed);
    const Tensor dv = v.grad();
    for (Variable* each : {&q, &k, &v})
      each->clear_grad();
    return dv;
  });
  return {forward, both - forward};
}

void show(const char* name, Index n, const Times& took, double forward_operations, double rate) {
  std::printf("%-24s n = %6lld  forward %9.3f ms  backward %9.3f ms", name, static_cast<long long>(n),
              1e3 * took.forward, 1e3 * took.backward);
  if (forward_operations > 0)
    std::printf("  %5.2f and %5.2f of the product's rate", forward_operations / took.forward / rate,
                3.5 * forward_operations / took.backward / rate);
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** words) try {
  if (!cuda_available()) {
    std::printf("no CUDA device: %s\n", cuda_description().c_str());
    return 77;
  }
  const std::vector<Index> lengths =
      count > 1 ? std::vector<Index>{std::atoll(words[1])} : std::vector<Index>{4096, 16384};
  const Index side = count > 2 ? std::atoll(words[2]) : 2048;
  const int rounds = count > 3 ? std::atoi(words[3]) : 10;
  if (lengths.front() < 1 || side < 1 || rounds < 1) {
    std::fprintf(stderr, "usage: mercer_gpu_sequences [POSITIONS [SIDE [ROUNDS]]], each at least 1\n");
    return 2;
  }
  const double rate = product_rate(side, rounds);
  std::printf("%s\nproduct of %lld x %lld: %.1f Gflop/s; two heads of width 64, medians of %d rounds\n",
              cuda_description(0).c_str(), static_cast<long long>(side), static_cast<long long>(side), rate / 1e9,
              rounds);
  for (const Index n : lengths) {
    const double pairs = static_cast<double>(n) * static_cast<double>(n);
    const double operations = 4 * pairs * static_cast<double>(heads * width);
    for (const bool causal : {false, true}) {
      const Segments sequence({0, n}, causal);
      const AttendOptions options{.heads = heads};
      show(
          causal ? "softmax, causal" : "softmax", n,
          time(n, rounds,
               [&](auto& q, auto& k, auto& v) { return attend(sequence, Exponential{Real(0.125)}, q, k, v, options); }),
          causal ? operations / 2 : operations, rate);
      show(causal ? "elu + 1, causal" : "elu + 1", n,
           time(n, rounds,
                [&](auto& q, auto& k, auto& v) {
                  return attend_linear(sequence, shift(elu(q), 1), shift(elu(k), 1), v, {.heads = heads});
                }),
           0, rate);
    }
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "mercer_gpu_sequences: %s\n", error.what());
  return 1;
}
