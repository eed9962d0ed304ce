#include "backend/cpu/rounded.hpp"

#include "backend/cpu/tiles/attend.hpp"
#include "mercer/base/parallel.hpp"

namespace mercer::cpu {
namespace {

constexpr Index values_of_block = 1 << 14;

Tensor rounded(ConstView x, Storage storage) {
  Tensor made = Tensor::uninitialized(x.rows, x.columns);
  parallel_ranges(x.size(), values_of_block, [&](Index first, Index last) {
    for (Index n = first; n < last; ++n)
      made.data()[n] = stored(storage, x.data[n]);
  });
  return made;
}

Buffer brain_floats(ConstView x) {
  Buffer made(static_cast<std::size_t>(x.size()) * sizeof(BrainFloat), Device::cpu);
  auto* to = static_cast<BrainFloat*>(made.data());
  parallel_ranges(x.size(), values_of_block, [&](Index first, Index last) {
    for (Index n = first; n < last; ++n)
      to[n] = BrainFloat::nearest(static_cast<float>(x.data[n]));
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

std::optional<BrainOperands> brain_operands(const EdgeTerms& terms, const EdgeList& list, ConstView v) {
  if (terms.storage != Storage::bf16 || !terms.kernel.loops().reads_brain || tiles::suits(terms, list)) return {};
  const bool one = v.data != nullptr && v.data == terms.k.data;  // edge_pass.cpp reads k for both, then
  return BrainOperands{brain_floats(terms.q), brain_floats(terms.k), one ? Buffer() : brain_floats(v)};
}

}  // namespace mercer::cpu
