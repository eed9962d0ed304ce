#pragma once

#include "mercer/base/option_list.hpp"
#include "mercer/base/random.hpp"
#include "mercer/graph/segments.hpp"
#include "mercer/layers/linear.hpp"

namespace mercer {

/// How a sequence becomes one row: the mean of its rows; a learned row before its first one (CLS); attention of one
/// learned query; the attention of deep multiple-instance learning.
enum class Pooling { mean, cls, attention, instances };
inline constexpr Choice<Pooling> pooling_choices[]{{"mean", Pooling::mean},
                                                   {"cls", Pooling::cls},
                                                   {"attention", Pooling::attention},
                                                   {"instances", Pooling::instances}};

struct AttentionPoolingOptions {
  Index width = 0;  // columns of x, h heads of the same width
  Index heads = 1;
};

/// y_s = Σ_i α_si x_i over the rows i of segment s, [segments, width]:  softmax attention of one learned query q to
/// k = x W + b, as attend computes it on rectangles of one target. Zeros for an empty segment.
struct AttentionPooling {
  AttentionPoolingOptions options;
  Variable query;  // q [1, width]
  Linear key;      // W and b

  AttentionPooling(AttentionPoolingOptions options, Random& random);

  Variable operator()(const Segments& segments, const Variable& x) const;
  Parameters parameters(const std::string& prefix = "") const;
};

/// z_s = Σ_i α_si x_i over the rows i of segment s, [segments, width],   α = softmax_i(w tanh(x_i V + c)): attention
/// with a constant kernel, whose magnitude of a row tells how much it decides (Ilse, Tomczak and Welling,
/// Attention-based Deep Multiple Instance Learning, ICML 2018, equations 7 and 8). Zeros for an empty segment.
struct InstancePooling {
  Linear hidden;  // V and c, [width, width]
  Linear score;   // w [width, 1], without a bias

  InstancePooling(Index width, Random& random);

  Variable operator()(const Segments& segments, const Variable& x) const;
  Parameters parameters(const std::string& prefix = "") const;
};

/// A learned row before the first row of each segment.
struct ClsRow {
  Variable row;  // [1, width], at first N(0, 0.02²)

  ClsRow(Index width, Random& random);

  /// The segments with one row more each.
  static Segments longer(const Segments& segments);
  /// x with the row put before each segment, [targets + segments, width].
  Variable operator()(const Segments& segments, const Variable& x) const;
  /// The first rows of y, which is given for the longer segments: [segments, width].
  static Variable first_rows(const Segments& segments, const Variable& y);
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
