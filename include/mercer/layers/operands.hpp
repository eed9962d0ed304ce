#pragma once

#include <functional>
#include <vector>

#include "mercer/attention/attend.hpp"
#include "mercer/attention/probe.hpp"
#include "mercer/features/similarity.hpp"
#include "mercer/layers/layer.hpp"

namespace mercer {

/// Everything that the attention of one layer is made of, in one pass: y, α and what α is made of are functions of it.
/// n targets, m sources.
struct Operands {
  Neighbourhood neighbourhood;
  Input x;                           // [n, in], what the layer reads: dropout is done
  Similarity similarity;             // κ, and what q and k become on their way to it
  Variable q{}, k{};                 // [n, h*d] and [m, h*d], as projected; undefined for a kernel that reads neither
  NodeMeans means{};                 // of q and k, where the similarity pools nodes
  std::vector<Compared> compared{};  // the similarity of q and k: one, or one for each draw that α is a mean over
  Variable v{};                      // [m, h*e]
  AttendOptions options{};           // heads, denominator, magnitude, edge facts, dropout
  std::function<HalfSquares()> halves{};  // absent unless factors take the dot product itself apart
};

/// Fills `compared`; noise that is drawn again takes the pass's next stream.
void compare(Operands& operands, Pass& pass);

/// y_i = Σ_j α_ij v_j [n, h*e], the mean over the draws; the penalty of the similarity, too. Throw as attend does.
Variable attend(const Operands& operands);
Variable penalty_of(const Operands& operands);

/// α without dropout [edges, h], in slot order. Throws as attention_weights does.
Tensor attention_weights(const Operands& operands);
/// The same with its gradient, for a loss that looks at α: its entropy, its distance from another.
Variable attention_alpha(const Operands& operands);
/// What α is made of; of several draws, the first. What depends on k alone but belongs to κ counts as similarity.
Factors attention_factors(const Operands& operands);
/// κ, to be asked anywhere, and the q and k at which the layer asks it.
KernelProbe kernel_probe(const Operands& operands);

/// A layer that attends.
template <class Layer>
concept Attending = requires(const Layer& layer, const Neighbourhood& neighbourhood, const Input& x, Pass& pass) {
  { layer.operands(neighbourhood, x, pass) } -> std::same_as<Operands>;
};

/// The operands of a layer in inference, without a tape.
template <Attending Layer>
Operands inference_operands(const Layer& layer, const Neighbourhood& neighbourhood, const Input& x) {
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  return layer.operands(neighbourhood, x, pass);
}

}  // namespace mercer
