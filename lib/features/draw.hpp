#pragma once

#include <cmath>
#include <numbers>
#include <string>

#include "mercer/autograd/variable.hpp"
#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"
#include "mercer/features/frequencies.hpp"

namespace mercer {

/// A matrix [rows, columns] of values draw(), filled row by row.
template <class Draw>
Tensor drawn(Index rows, Index columns, Draw&& draw) {
  Tensor x = Tensor::uninitialized(rows, columns);
  for (Real& value : x.values())
    value = static_cast<Real>(draw());
  return x;
}

inline Tensor normal_noise(Index rows, Index columns, Random& random, double deviation = 1) {
  return drawn(rows, columns, [&] { return deviation * random.normal(); });
}

/// First values U(±bound) of a weight.
inline Variable uniform_weight(Index rows, Index columns, double bound, Random& random) {
  return Variable(drawn(rows, columns, [&] { return random.uniform(-bound, bound); }), true);
}

/// The factor from ω at unit scale to turns: w = ω / 2πσ.
inline Real turns_of(const FrequencySizes& sizes) { return 1 / (2 * std::numbers::pi_v<Real> * sizes.sigma); }

inline void check_sizes(const char* distribution, const FrequencySizes& sizes) {
  const auto want = [&](bool holds, const char* name, auto got, const char* wanted) {
    require(holds, distribution, std::string(name) + ": got " + std::to_string(got) + ", want " + wanted);
  };
  want(sizes.heads >= 1, "heads", sizes.heads, "at least 1");
  want(sizes.width >= 1, "width of q and k", sizes.width, "at least 1");
  want(sizes.frequencies >= 1, "frequencies", sizes.frequencies, "at least 1");
  want(sizes.sigma > 0 && std::isfinite(sizes.sigma), "sigma", sizes.sigma, "a finite number above 0");
}

/// 0 … 0 1 … 1 …: each of `count` row numbers, repeated `times` times.
inline std::vector<Node> each_row(Index count, Index times) {
  std::vector<Node> rows;
  for (Index r = 0; r < count * times; ++r)
    rows.push_back(static_cast<Node>(r / times));
  return rows;
}

/// 0 … count − 1, the whole list repeated `times` times.
inline std::vector<Node> all_rows(Index count, Index times) {
  std::vector<Node> rows;
  for (Index r = 0; r < count * times; ++r)
    rows.push_back(static_cast<Node>(r % count));
  return rows;
}

}  // namespace mercer
