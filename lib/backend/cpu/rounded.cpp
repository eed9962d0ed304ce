#include "backend/cpu/rounded.hpp"

#include "mercer/base/parallel.hpp"

namespace mercer::cpu {
namespace {

Tensor rounded(ConstView x, Storage storage) {
  Tensor made = Tensor::uninitialized(x.rows, x.columns);
  parallel_ranges(x.size(), 1 << 14, [&](Index first, Index last) {
    for (Index n = first; n < last; ++n)
      made.data()[n] = stored(storage, x.data[n]);
  });
  return made;
}

/// A view without data means an operand that is absent.
ConstView in_place_of(ConstView given, const Tensor& made) { return given.data != nullptr ? made.view() : given; }

}  // namespace

Rounded::Rounded(const EdgeTerms& given, ConstView values)
    : q(rounded(given.q, given.storage)),
      k(rounded(given.k, given.storage)),
      v(rounded(values, given.storage)),
      terms(given) {
  terms.q = in_place_of(given.q, q);
  terms.k = in_place_of(given.k, k);
  terms.storage = Storage::real;
}

}  // namespace mercer::cpu
