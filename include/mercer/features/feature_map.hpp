#pragma once

#include <string>
#include <variant>

#include "mercer/autograd/pass.hpp"
#include "mercer/features/fourier_map.hpp"
#include "mercer/features/joint_map.hpp"
#include "mercer/features/maclaurin_map.hpp"
#include "mercer/features/positive_map.hpp"

namespace mercer {

/// When a map that draws noise draws it again. The kept draws are parameters that want no gradient: what is saved
/// gives the same logits whenever it is loaded.
enum class Noise {
  frozen,    // never: one draw, kept
  redrawn,   // in every training pass; evaluation uses the kept draw
  averaged,  // in every training pass; evaluation averages α over several kept draws
};

struct FeatureMapOptions {
  std::variant<FourierMapOptions, PositiveMapOptions, ReluMapOptions, EluMapOptions, MaclaurinMapOptions,
               JointMapOptions>
      map{};
  Index frequencies = 64;       // M
  std::optional<Real> sigma{};  // absent: fitted to the width
  Noise noise = Noise::frozen;
  Index draws = 8;  // of averaged noise
};

/// Any φ, chosen by the options of its map: a new map is its header and two words here.
class FeatureMap {
 public:
  using AnyMap = std::variant<FourierMap, PositiveMap, ReluMap, EluMap, MaclaurinMap, JointMap>;

  /// Heads of width d. Throws ValueError for sizes that a map or its distribution can't take.
  FeatureMap(const FeatureMapOptions& options, Index heads, Index width, Random& random);

  const AnyMap& map() const { return map_; }
  AnyKernel kernel() const;
  bool leaves_out_query_factor() const { return std::holds_alternative<PositiveMap>(map_); }

  bool is_stationary() const;  // is κ a function of q − k alone?
  bool pools_nodes() const;    // do its frequencies depend on means over all nodes?

  /// How many draws the pass averages over: 1 but for evaluation with averaged noise.
  Index draws(const Pass& pass) const;
  /// φ of the draw-th draw; a pass that draws again takes a stream of its own.
  Mapped operator()(const Variable& q, const Variable& heard, const AllNodes& all, Pass& pass, Index draw = 0) const;

  Parameters parameters(const std::string& prefix = "") const;

 private:
  Variable noise(Pass& pass, Index draw) const;

  FeatureMapOptions options_;
  AnyMap map_;
  Variable kept_;  // [draws * rows, columns] of noise; undefined where nothing is drawn
};

}  // namespace mercer
