#pragma once

#include <initializer_list>
#include <string>

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

/// A layer is a struct of parameters with functions, by convention and not by a base class:
///   Output operator()(const Neighbourhood&, const Input& x, Pass&) const;   x [n, in] → y [n, out]
///   Parameters parameters(const std::string& prefix = "") const;            "prefix" + the member's name
/// and, where it attends:
///   Operands operands(const Neighbourhood&, const Input& x, Pass&) const;   what α is made of (see operands.hpp)
/// Copies of a layer share their parameters.

/// The parameters that are there (a bias may be absent), each under prefix + name.
Parameters named(const std::string& prefix, std::initializer_list<Parameter> parameters);
void append(Parameters& to, const Parameters& more);

/// How heads of width d leave an attention layer: side by side, [n, h*d], or averaged, [n, d].
enum class Join { concat, mean };

/// What is added to the output: nothing; x itself where the widths agree and x W + b where they don't; always x W + b.
enum class Residual { none, input, linear };

}  // namespace mercer
