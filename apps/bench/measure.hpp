#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "mercer/base/random.hpp"
#include "mercer/tensor/tensor.hpp"

/// What the benchmarks of attention share: their operands, medians of times and lines of figures.
namespace mercer::bench {

inline Tensor noise(Index rows, Index columns, std::uint32_t call) {
  Random random(2, call);
  Tensor x = Tensor::uninitialized(rows, columns);
  for (Real& value : x.values())
    value = static_cast<Real>(random.uniform(-1, 1));
  return x;
}

/// Of one call of work().
template <class Work>
double seconds(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Waits for all work of the device that made x.
inline void wait(const Tensor& x) {
  Tensor one = Tensor::uninitialized(1, 1);
  copy_bytes(one.data(), Device::cpu, x.data(), x.device(), sizeof(Real));
}

/// One line: name, value, bar and verdict.
inline bool print_figure(const std::string& name, double value, bool at_least, double bar) {
  const bool passed = at_least ? value >= bar : value <= bar;
  std::printf("%-66s %9.3g  %-8s %-6.3g %s\n", name.c_str(), value, at_least ? "at least" : "at most", bar,
              passed ? "passed" : "FALLS SHORT");
  std::fflush(stdout);
  return passed;
}
inline void print_fact(const std::string& name, double value) { std::printf("%-66s %9.3g\n", name.c_str(), value); }

inline double middle(std::vector<double> x) {
  std::ranges::sort(x);
  return x[x.size() / 2];
}

}  // namespace mercer::bench
