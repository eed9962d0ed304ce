#pragma once

#include <optional>

#include "mercer/base/option_list.hpp"
#include "mercer/models/norm.hpp"

namespace mercer {

/// What all nodes, whether neighbours or not, add to a stack.
enum class GlobalBranch { none, average, gated };
inline constexpr Choice<GlobalBranch> global_branch_choices[]{
    {"none", GlobalBranch::none}, {"average", GlobalBranch::average}, {"gated", GlobalBranch::gated}};

/// How the nodes of the branch attend to all nodes, in linear time: FrobeniusAttention, a feature map, or Nyström's
/// means.
enum class GlobalAttention { frobenius, sigmoid, elu, relu, favor, rks, nystrom };
inline constexpr Choice<GlobalAttention> global_attention_choices[]{
    {"frobenius", GlobalAttention::frobenius}, {"sigmoid", GlobalAttention::sigmoid}, {"elu", GlobalAttention::elu},
    {"relu", GlobalAttention::relu},           {"favor", GlobalAttention::favor},     {"rks", GlobalAttention::rks},
    {"nystrom", GlobalAttention::nystrom}};

/// A branch in which every node attends to all nodes. With x the features, h what a linear classifier would read of the
/// stack, and dropout, activation and LN, or another norm, with values of its own for each layer l:
///   average  z ← dropout(activation(LN(x W + b))),  then  z ← dropout(LN(½ attention(z) + ½ z)),
///            logits = classifier((1 − weight) h + weight z)            (Wu et al., SGFormer, NeurIPS 2023)
///   gated    z ← LN(h),  then  z ← dropout(relu((LN(attention(z)) ∘ (z U + c + sigmoid(β))) W_o + b_o)),  W_o shared,
///            logits = classifier of its own(z)                          (Deng et al., Polynormer, ICLR 2024)
/// In the gated form the first `local_epochs` training passes, which are epochs where the whole graph is one batch, and
/// the evaluations between them have the logits of the stack alone. The number of these passes is a buffer: a
/// checkpoint resumes, and a saved model evaluates, on its side of the end of the warm-up.
struct GlobalOptions {
  GlobalBranch branch = GlobalBranch::none;
  std::optional<GlobalAttention> attention{};  // absent: frobenius when averaged, sigmoid when gated
  std::optional<Index> layers{};               // absent: 1
  std::optional<Index> heads{};                // absent: 1
  std::optional<float> dropout{};              // absent: the stack's hidden dropout
  std::optional<Norm> norm{};                  // of the branch; absent: layer
  std::optional<Real> weight{};                // of the branch when averaged; absent: ½
  std::optional<Index> local_epochs{};         // absent: 0

  bool has_norm() const { return branch != GlobalBranch::none && norm != Norm::none; }

  void declare(OptionList& list);
  /// Throws ValueError "[op] …" for options without effect.
  void check(const char* op) const;
};

}  // namespace mercer
