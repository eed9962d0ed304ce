#pragma once

#include "mercer/attention/neighbourhood.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/pass.hpp"
#include "mercer/autograd/variable.hpp"

namespace mercer {

/// What a layer returns. The penalty [1, 1] joins the loss; undefined means zero.
struct Output {
  Variable y;
  Variable penalty{};
};

}  // namespace mercer
