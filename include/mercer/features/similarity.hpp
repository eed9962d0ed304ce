#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <utility>

#include "mercer/autograd/pass.hpp"
#include "mercer/autograd/variable.hpp"
#include "mercer/base/option_list.hpp"
#include "mercer/base/random.hpp"
#include "mercer/graph/segments.hpp"
#include "mercer/kernel/any_kernel.hpp"

namespace mercer {

/// The sizes of q and k: h heads of width d.
struct HeadSizes {
  Index heads = 1;
  Index width = 0;
};

/// The inputs of a kernel made for some heads at a time, where those of all heads together would take much memory.
struct ComparedByHeads {
  using End = std::function<Variable(Index first, Index count)>;  // of the heads first … first + count − 1
  End q, k;
  Index at_once = 1;  // heads to take together
};

/// The inputs of a kernel, made of the projections q and k.
struct Compared {
  Variable q, k;                              // [n, h*d'] and [m, h*d']
  Variable key_bias{};                        // [m, h], added to ln κ; undefined: zero
  Variable penalty{};                         // [1, 1], added to the loss; undefined: zero
  std::optional<ComparedByHeads> by_heads{};  // in place of q and k, which are undefined then
};

/// The means of q and of k over all nodes, [1, h*d] each, or over the rows of each segment, [segments, h*d]; undefined
/// unless a similarity pools nodes.
struct NodeMeans {
  Variable q{}, k{};
  std::optional<Segments> segments{};
};

/// What a similarity reads in addition to q and k.
struct SimilarityContext {
  Pass& pass;  // source of the random numbers of new noise
  NodeMeans means{};
  Index draw = 0;         // 0 … draws − 1: the kept draw to use in evaluation
  bool by_heads = false;  // may the inputs of the kernel be made for some heads at a time?
};

/// The learned part of attention between the projections and the weights: a kernel κ, which learns nothing itself, and
/// a map of q and k to the kernel's inputs. Copies share the parameters.
struct Similarity {
  using Map = std::function<Compared(const Variable& q, const Variable& k, const SimilarityContext& context)>;

  AnyKernel kernel{};
  Map map{};                             // q [n, h*d], k [m, h*d] → inputs of κ; absent: q and k
  Parameters parameters{};               // all values to save; fixed ones have no gradient
  std::optional<bool> stationary{};      // is κ a function of q − k? Absent: the kernel's trait
  bool pools_nodes = false;              // does the map read the means?
  bool leaves_out_query_factor = false;  // κ lacks a factor of each q: the denominator must be a row sum
  bool biases_keys = false;              // does the map return a key bias?
  bool joins_ends = false;               // κ compares [q ‖ k] with a learned vector
  Index draws = 1;                       // draws of noise over which evaluation averages α

  Compared operator()(const Variable& q, const Variable& k, const SimilarityContext& context) const {
    return map ? map(q, k, context) : Compared{.q = q, .k = k};
  }
};

/// Options of a similarity: a value that makes the similarity for given sizes, with first values drawn from `random`.
template <class T>
concept SimilarityOptions = std::copy_constructible<T> && requires(const T& options, HeadSizes sizes, Random& random) {
  { options(sizes, random) } -> std::same_as<Similarity>;
};

class MakeSimilarity;
template <class T>
concept OptionsOfSimilarity = !std::same_as<T, MakeSimilarity> && SimilarityOptions<T>;
template <class T>
concept PlainKernel = !std::same_as<T, MakeSimilarity> && !SimilarityOptions<T> && std::convertible_to<T, AnyKernel>;

/// Makes the similarity of a layer from the options of a similarity, or from a kernel.
class MakeSimilarity {
 public:
  template <OptionsOfSimilarity T>
  MakeSimilarity(T options) : make_(std::move(options)) {}
  template <PlainKernel K>
  MakeSimilarity(K kernel)
      : make_([kernel = AnyKernel(std::move(kernel))](HeadSizes, Random&) { return Similarity{.kernel = kernel}; }) {}

  Similarity operator()(HeadSizes sizes, Random& random) const { return make_(sizes, random); }

 private:
  std::function<Similarity(HeadSizes, Random&)> make_;
};

/// A kernel with its scale fitted to the width d of the heads by `fitted`: 1/√d for a dot product, σ² = √d for squared
/// distances, σ = √d for absolute ones. With the magnitude p = 2, Fitted{Gaussian{}} is softmax(q·k/√d).
struct Fitted {
  AnyKernel kernel;

  Similarity operator()(HeadSizes sizes, Random&) const { return {.kernel = kernel.fitted(sizes.width)}; }
};

}  // namespace mercer
