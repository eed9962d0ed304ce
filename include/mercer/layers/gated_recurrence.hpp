#pragma once

#include <string>

#include "mercer/layers/join_heads.hpp"
#include "mercer/layers/linear.hpp"

namespace mercer {

struct GatedRecurrenceOptions {
  void declare(OptionList&) {}
};

/// The gated recurrent unit in place of attention, on segments: a row reads the earlier rows of its sequence through a
/// state s of all heads' columns, 0 before the first row (Cho et al., Learning Phrase Representations using RNN
/// Encoder–Decoder, EMNLP 2014, in the form of PyTorch's GRU):
///   [r | z | n'] = x W + b,   [r' | z' | n''] = s U + c
///   r ← σ(r + r'),   z ← σ(z + z'),   n = tanh(n' + r ∘ n''),   s ← (1 − z) ∘ n + z ∘ s,   y = s + bias + residual
/// First values are U(±1/√columns of s). Steps are made for all sequences of a batch that are long enough. Throws
/// ValueError for another topology than square segments and for dropout on α, which it has not.
struct GatedRecurrence {
  AttentionLayerOptions layer;
  Linear input;             // W [in, 3·h*d] and b
  Variable recurrent;       // U [h*d, 3·h*d]
  Variable recurrent_bias;  // c [1, 3·h*d]
  JoinHeads join_heads;

  GatedRecurrence(const AttentionLayerOptions& layer, const GatedRecurrenceOptions& options, Random& random);

  Output operator()(const Neighbourhood& neighbourhood, const Input& x, Pass& pass) const;
  Parameters parameters(const std::string& prefix = "") const;

 private:
  Variable step(const Variable& of_x, const Variable& state) const;
};

}  // namespace mercer
