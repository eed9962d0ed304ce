#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mercer/base/types.hpp"

/// Timing of calls. A call and its ceiling are timed in turn, round by round, so that both meet the same clock speed
/// and the same neighbours on the machine; their ratio is the median over the rounds. That pairing, and intervals of
/// medians that two runs can be compared by, are why these are loops of our own and not Google Benchmark's, which times
/// one function after another.
namespace mercer::program {

/// What a call is measured against.
enum class Ceiling { copy, gather, product, none };
const char* name_of(Ceiling ceiling);

/// One call, and what it moves and computes by its formula.
struct Call {
  std::function<void()> run;
  double bytes = 0;
  double flops = 0;
  std::function<void()> prepare{};  // before each run, not timed: what a run overwrites
};

/// The median with an interval, and the quartiles.
struct Median {
  double at = 0, low = 0, high = 0;  // low … high holds the median of all runs with a probability of at least 95 %
  double first_quartile = 0, third_quartile = 0;
  Index rounds = 0;

  static constexpr Index least_rounds = 6;  // of fewer the interval is not of 95 %
};

/// The interval is [x_(k), x_(n+1−k)] of the sorted values with the largest k for which at least 95 % is left:
/// P(the median is outside) = 2 P(B ≤ k − 1), B ~ Binomial(n, 1/2), for any distribution (David and Nagaraja, Order
/// Statistics, 3rd edition, section 7.1). Of fewer than least_rounds values it is their range, which holds less than
/// that.
Median median_of(std::vector<double> values);

/// Seconds of each round of the call, and of the ceiling in turn with it (empty without one). A first round warms up.
struct Times {
  std::vector<double> call, ceiling;
};
Times time_in_turn(const Call& call, const Call* ceiling, Index rounds, Device device);

}  // namespace mercer::program
