#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>

/// Checks of numbers on the command line. What CLI11 would read as another number than the one that is typed (a sign
/// before a count, 010 as eight, more digits than fit) is refused: "--seed: got '-1', want a whole number, 0 to 9".
namespace mercer::program {

inline constexpr std::uint64_t any_seed = std::numeric_limits<std::uint64_t>::max();
inline constexpr std::uint64_t any_count = std::numeric_limits<std::int64_t>::max();

/// A whole number from `low` to `high` in decimal digits.
CLI::Validator whole_number(std::uint64_t low, std::uint64_t high);

/// A number from `low` to `high`, which is not read as infinite.
CLI::Validator real_number(double low, double high);

/// What a size may begin with; CLI11 reads the rest.
CLI::Validator plain_size();

}  // namespace mercer::program
