#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <utility>

#include "mercer/features/similarity.hpp"

namespace mercer {

/// φ of both ends of the edges, so that κ is a function of ⟨φ(q), φ(k)⟩. A map is a struct with these four members;
/// q [n, h*d] and k [m, h*d] are those of targets and sources.
template <class Map>
concept FeatureMap = std::copy_constructible<Map> &&
    requires(const Map& map, const Variable& x, const NodeMeans& means, Random& random) {
  { map.kernel() } -> std::convertible_to<AnyKernel>;  // of φ
  { map.noise(random) } -> std::same_as<Tensor>;       // one draw; empty: φ draws nothing
  { map(x, x, means, x) } -> std::same_as<Compared>;   // q, k, means, noise
  { map.parameters(std::string()) } -> std::same_as<Parameters>;
};

/// When a map that draws noise draws it again. The kept draws are parameters that want no gradient: what is saved
/// gives the same logits whenever it is loaded.
enum class Noise {
  frozen,    // never: one draw, kept
  redrawn,   // in every training pass; evaluation uses the kept draw
  averaged,  // in every training pass; evaluation averages α over several kept draws
};

struct NoiseOptions {
  Noise noise = Noise::frozen;
  Index draws = 8;  // of averaged noise
};

/// The noise of a map: what was drawn at first is kept.
class KeptNoise {
 public:
  using Draw = std::function<Tensor(Random&)>;

  /// Throws ValueError for less than one draw.
  KeptNoise(const NoiseOptions& options, Draw draw, Random& random);

  Index draws() const { return kept_ && options_.noise == Noise::averaged ? options_.draws : 1; }
  const Variable& kept() const { return kept_; }  // [draws * rows, columns]; undefined where nothing is drawn

  /// The noise of a pass: new where it trains and the noise is not frozen, else the kept draw of that number.
  Variable operator()(Pass& pass, Index draw) const;

 private:
  NoiseOptions options_;
  Draw draw_;
  Variable kept_;
};

/// The similarity of a feature map; its facts are the caller's to add.
template <FeatureMap Map>
Similarity similarity_of(const Map& map, const NoiseOptions& options, Random& random) {
  const KeptNoise noise(
      options, [map](Random& draws) { return map.noise(draws); }, random);
  Similarity made{.kernel = map.kernel(), .parameters = map.parameters(""), .draws = noise.draws()};
  if (noise.kept()) made.parameters.push_back({"noise", noise.kept(), false});
  made.map = [map, noise](const Variable& q, const Variable& k, const SimilarityContext& context) {
    return map(q, k, context.means, noise(context.pass, context.draw));
  };
  return made;
}

}  // namespace mercer
