#pragma once

#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/pass.hpp"

namespace mercer {

/// Dropout with the pass's next draws; x itself, without a copy, in inference or at p = 0.
template <class X>
X drop(const X& x, float p, Pass& pass) {
  const Dropout dropped = pass.dropout(p);
  return dropped.active() ? dropout(x, dropped) : x;
}

}  // namespace mercer
