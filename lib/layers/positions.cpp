#include "mercer/layers/positions.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "mercer/base/check.hpp"

namespace mercer {
namespace {

constexpr double first_deviation = 0.02;  // of learned positions

/// The position of each row in its segment, [targets].
std::vector<Node> positions_of(const Segments& segments) {
  std::vector<Node> position;
  position.reserve(static_cast<std::size_t>(segments.targets()));
  const auto offset = segments.target_offset();
  for (std::size_t s = 0; s + 1 < offset.size(); ++s)
    for (Index i = offset[s]; i < offset[s + 1]; ++i)
      position.push_back(static_cast<Node>(i - offset[s]));
  return position;
}

}  // namespace

Tensor sinusoidal_positions(const Segments& segments, Index width) {
  Tensor p(segments.targets(), width);
  std::vector<double> rate;
  for (Index c = 0; c < width; ++c)
    rate.push_back(std::pow(1e4, -static_cast<double>(c - c % 2) / static_cast<double>(width)));
  const std::vector<Node> position = positions_of(segments);
  for (Index i = 0; i < p.rows(); ++i)
    for (Index c = 0; c < width; ++c) {
      const double angle = position[static_cast<std::size_t>(i)] * rate[static_cast<std::size_t>(c)];
      p(i, c) = static_cast<Real>(c % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  return p;
}

Positions::Positions(PositionsOptions given, Random& random) : options(given) {
  expect_at_least_one("Positions", "width", options.width);
  if (options.kind != PositionKind::learned) return;
  expect_at_least_one("Positions", "longest", options.longest);
  Tensor first(options.longest, options.width);
  for (Real& x : first.values())
    x = static_cast<Real>(first_deviation * random.normal());
  table = Variable(std::move(first), true);
}

Variable Positions::operator()(const Segments& segments, const Variable& x) const {
  expect("Positions", {{"rows of x", x.rows("Positions"), segments.targets()},
                       {"columns of x", x.columns("Positions"), options.width}});
  if (options.kind == PositionKind::none) return x;
  if (options.kind == PositionKind::sinusoidal)
    return add(x, Variable(sinusoidal_positions(segments, options.width).to(x.device())));
  const std::vector<Node> position = positions_of(segments);
  for (const Node t : position)
    require(t < options.longest, "Positions", [&] {
      return "length of a sequence: got more than " + std::to_string(options.longest) +
             ", want at most so many, the rows of the table of learned positions; set longest, or take sinusoidal "
             "positions";
    });
  return add(x, gather_rows(table, position));
}

Parameters Positions::parameters(const std::string& prefix) const { return named(prefix, {{"table", table, false}}); }

}  // namespace mercer
