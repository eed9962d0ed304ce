#pragma once

#include <concepts>
#include <optional>
#include <string>

#include "mercer/features/frequencies.hpp"
#include "mercer/features/similarity.hpp"

namespace mercer {

/// A feature map φ makes κ a function of ⟨φ(q), φ(k)⟩. It is a struct with these four members; q [n, h*d] belongs to
/// the targets, k [m, h*d] to the sources. A map whose φ is wide may have by_heads(q, k, means, noise), too, which
/// makes the features of some heads at a time.
template <class Map>
concept FeatureMap = std::copy_constructible<Map> &&
    requires(const Map& map, const Variable& x, const NodeMeans& means) {
  { map.kernel() } -> std::convertible_to<AnyKernel>;  // of φ
  { map.noise() } -> std::same_as<NoiseSize>;          // of one draw; without rows φ draws nothing
  { map(x, x, means, x) } -> std::same_as<Compared>;   // q, k, means, noise
  { map.parameters(std::string()) } -> std::same_as<Parameters>;
};

/// When noise is drawn. Kept draws are made at construction and are saved, so a loaded model gives the same logits. A
/// training pass draws by its stream, where the model is: a replayed epoch draws anew.
enum class Noise {
  redrawn,   // in every training pass; evaluation uses the kept draw
  averaged,  // in every training pass; evaluation averages α over several kept draws
  frozen,    // never: one draw, kept, so that training learns points and no density
};

inline constexpr Choice<Noise> noise_choices[]{
    {"redrawn", Noise::redrawn}, {"averaged", Noise::averaged}, {"frozen", Noise::frozen}};

struct NoiseOptions {
  Noise noise = Noise::redrawn;
  std::optional<Index> draws{};  // of averaged noise; absent: 8

  void declare(OptionList& list) {
    list.add("noise", noise, noise_choices, "of sampled frequencies, drawn again in training unless frozen");
    list.add("draws", draws, range::count, "draws that evaluation averages over, with averaged noise");
  }
  void settle() {
    if (noise == Noise::averaged && !draws) draws = 8;
  }
};

/// The noise of a map, with the draws that were kept at construction.
class KeptNoise {
 public:
  /// Throws ValueError for less than one draw, and for draws without averaged noise.
  KeptNoise(const NoiseOptions& options, NoiseSize size, Random& random);

  Index draws() const { return kept_ ? draws_ : 1; }
  const Variable& kept() const& { return kept_; }  // [draws * rows, columns]; undefined when the map draws nothing
  Variable kept() && { return std::move(kept_); }

  /// The noise of a pass: a new draw in training unless the noise is frozen, else kept draw number `draw`.
  NoiseDraw operator()(Pass& pass, Index draw) const;

 private:
  Noise noise_;
  Index draws_ = 1;
  NoiseSize size_;
  Variable kept_;
};

/// The similarity of a feature map. The caller sets its traits.
template <FeatureMap Map>
Similarity similarity_of(const Map& map, const NoiseOptions& options, Random& random) {
  const KeptNoise noise(options, map.noise(), random);
  Similarity made{.kernel = map.kernel(), .parameters = map.parameters(""), .draws = noise.draws()};
  if (noise.kept()) made.parameters.push_back({"noise", noise.kept(), false});
  made.map = [map, noise](const Variable& q, const Variable& k, const SimilarityContext& context) {
    const NoiseDraw drawn = noise(context.pass, context.draw);
    if constexpr (requires { map.by_heads(q, k, context.means, drawn); })
      if (context.by_heads) return map.by_heads(q, k, context.means, drawn);
    return map(q, k, context.means, drawn);
  };
  return made;
}

}  // namespace mercer
