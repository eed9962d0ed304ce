#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <utility>

#include "mercer/autograd/pass.hpp"
#include "mercer/autograd/variable.hpp"
#include "mercer/base/random.hpp"
#include "mercer/kernel/any_kernel.hpp"

namespace mercer {

/// The size of what a layer compares: h heads of width d.
struct HeadSizes {
  Index heads = 1;
  Index width = 0;
};

/// What a kernel compares, and what joins it.
struct Compared {
  Variable q, k;        // [n, h*d'] and [m, h*d']
  Variable key_bias{};  // [m, h], added to ln κ; undefined: nothing
  Variable penalty{};   // [1, 1], joins the loss; undefined: zero
};

/// (1/n) Σ_i of the q and of the k of all nodes, [1, h*d] each; undefined unless a similarity pools nodes.
struct NodeMeans {
  Variable q{}, k{};
};

/// What a similarity reads beside q and k.
struct SimilarityContext {
  Pass& pass;  // noise that is drawn again takes a stream of it
  NodeMeans means{};
  Index draw = 0;  // 0 … draws − 1: which of the draws that evaluation averages over
};

/// What stands between the projections of an attention layer and its weights, and is learned: a kernel κ, which itself
/// learns nothing, and what q and k become on their way to it. Copies share the parameters.
struct Similarity {
  using Map = std::function<Compared(const Variable& q, const Variable& k, const SimilarityContext& context)>;

  AnyKernel kernel{};
  Map map{};                             // q [n, h*d], k [m, h*d] → what κ compares; absent: q and k as they are
  Parameters parameters{};               // all that is saved; what is fixed wants no gradient
  std::optional<bool> stationary{};      // is κ a function of q − k alone? Absent: as the kernel is
  bool pools_nodes = false;              // does the map read the means?
  bool leaves_out_query_factor = false;  // a factor of each q is left out of κ: only a row sum can be the denominator
  bool joins_ends = false;               // κ compares [q ‖ k] with something learned, not q with k
  Index draws = 1;                       // of noise, over which evaluation averages α

  Compared operator()(const Variable& q, const Variable& k, const SimilarityContext& context) const {
    return map ? map(q, k, context) : Compared{.q = q, .k = k};
  }
};

/// Options of a similarity: a value that makes one of any size, its first values drawn from `random`.
template <class T>
concept SimilarityOptions = std::copy_constructible<T> && requires(const T& options, HeadSizes sizes, Random& random) {
  { options(sizes, random) } -> std::same_as<Similarity>;
};

/// Makes the similarity of a layer: any options of a similarity, or a kernel that is compared as it is.
class MakeSimilarity {
 public:
  template <SimilarityOptions T>
  MakeSimilarity(T options) : make_(std::move(options)) {}
  template <std::convertible_to<AnyKernel> K>
  requires(!SimilarityOptions<K>) MakeSimilarity(K kernel)
      : make_([kernel = AnyKernel(std::move(kernel))](HeadSizes, Random&) { return Similarity{.kernel = kernel}; }) {}

  Similarity operator()(HeadSizes sizes, Random& random) const { return make_(sizes, random); }

 private:
  std::function<Similarity(HeadSizes, Random&)> make_;
};

/// A kernel whose scale follows the width d of the heads, by its own `fitted`: 1/√d for a dot product, σ² = √d for
/// squared distances, σ = √d for absolute ones. With the magnitude p = 2, Fitted{Gaussian{}} is softmax(q·k/√d).
struct Fitted {
  AnyKernel kernel;

  Similarity operator()(HeadSizes sizes, Random&) const { return {.kernel = kernel.fitted(sizes.width)}; }
};

}  // namespace mercer
