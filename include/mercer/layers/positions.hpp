#pragma once

#include "mercer/base/option_list.hpp"
#include "mercer/base/random.hpp"
#include "mercer/graph/segments.hpp"
#include "mercer/layers/layer.hpp"

namespace mercer {

/// What is added to a row for its place in the sequence.
enum class PositionKind { none, sinusoidal, learned };
inline constexpr Choice<PositionKind> position_choices[]{
    {"sinusoidal", PositionKind::sinusoidal}, {"learned", PositionKind::learned}, {"none", PositionKind::none}};

/// P_t, [targets, width], with t = 0, 1, 2 … in each segment:  P_t,2c = sin(t / 10000^(2c / width)),
/// P_t,2c+1 = cos(t / 10000^(2c / width))  (Vaswani et al., Attention Is All You Need, NeurIPS 2017, section 3.5).
Tensor sinusoidal_positions(const Segments& segments, Index width);

struct PositionsOptions {
  PositionKind kind = PositionKind::sinusoidal;
  Index width = 0;
  Index longest = 512;  // rows of the table of learned positions
};

/// y_i = x_i + P_t, where row i is position t of its segment. Learned positions start as N(0, 0.02²). Throws ValueError
/// for a segment that is longer than the table.
struct Positions {
  PositionsOptions options;
  Variable table;  // [longest, width], undefined unless learned

  Positions(PositionsOptions options, Random& random);

  Variable operator()(const Segments& segments, const Variable& x) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
