#pragma once

#include <optional>

#include "backend/edge_ops.hpp"
#include "mercer/tensor/tensor.hpp"

namespace mercer::cpu {

/// Operands rounded to their storage but kept as Real, for loops that read nothing else.
struct Rounded {
  Rounded(const EdgeTerms& given, ConstView v = {});

  Tensor q, k, v;
  EdgeTerms terms;  // with the rounded q and k
};

/// The operands as BrainFloats, where the storage asks for them and the passes over edges read them.
std::optional<BrainOperands> brain_operands(const EdgeTerms& terms, const EdgeList& list, ConstView v);

/// f(terms, v) with operands that the passes over edges read: as given, as BrainFloats or as rounded Reals.
template <class F>
auto with_storage(const EdgeTerms& terms, const EdgeList& list, ConstView v, F&& f) {
  if (terms.storage == Storage::real || terms.brain != nullptr) return f(terms, v);
  if (const auto brain = brain_operands(terms, list, v)) {
    EdgeTerms narrow = terms;
    narrow.brain = &*brain;
    return f(narrow, v);
  }
  const Rounded wide(terms, v);
  return f(wide.terms, ConstView(wide.v));
}

}  // namespace mercer::cpu
