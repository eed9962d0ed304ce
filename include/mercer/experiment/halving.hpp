#pragma once

#include <cstddef>
#include <vector>

#include "mercer/base/types.hpp"

/// Successive halving: all trials train for a few epochs, the best one in η of them for η times as many, and so on
/// (Jamieson, Talwalkar, Non-stochastic Best Arm Identification and Hyperparameter Optimization, AISTATS 2016).
namespace mercer {

/// The epochs after which each rung ends: first, first·η, … and last `epochs`. `first` 0 chooses it so that about one
/// trial reaches the end, but at least 10 epochs. One rung when η is 1. Throws ValueError for η < 1 or a `first` above
/// `epochs`.
std::vector<Index> rung_epochs(Index epochs, Index trials, Index eta, Index first);

/// How many trials train in a rung: trials / η^rung, at least one.
Index trials_of_rung(Index trials, Index eta, std::size_t rung);

/// The positions of the highest scores, the lower position first of equals; scores that are not finite come last.
std::vector<std::size_t> ranked(const std::vector<double>& scores);

/// The positions of the `most` best finite scores, in order of position.
std::vector<std::size_t> promoted(const std::vector<double>& scores, Index most);

}  // namespace mercer
