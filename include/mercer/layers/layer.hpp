#pragma once

#include <initializer_list>
#include <string>

#include "mercer/attention/neighbourhood.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/autograd/pass.hpp"
#include "mercer/autograd/variable.hpp"

namespace mercer {

/// The result of a layer. The penalty [1, 1] is added to the loss; undefined means zero.
struct Output {
  Variable y;
  Variable penalty{};
};

/// A layer is a struct of parameters with these functions, by convention (there is no base class):
///   Output operator()(const Neighbourhood&, const Input& x, Pass&) const;   x [n, in] → y [n, out]
///   Parameters parameters(const std::string& prefix = "") const;            named prefix + the member's name
/// and, for an attention layer:
///   Operands operands(const Neighbourhood&, const Input& x, Pass&) const;   the inputs of attend (operands.hpp)
/// Copies of a layer share their parameters.

/// The parameters that are defined (a bias may be absent), each named prefix + name.
Parameters named(const std::string& prefix, std::initializer_list<Parameter> parameters);
void append(Parameters& to, const Parameters& more);

/// Throws ShapeError "[layer] …" unless x is [sources, in].
void expect_input(const char* layer, const Neighbourhood& neighbourhood, const Input& x, Index in);

/// How an attention layer joins its heads of width d: side by side, [n, h*d], or averaged, [n, d].
enum class Join { concat, mean };

/// The term added to the output: nothing; x where the widths agree, else x W + b; always x W + b.
enum class Residual { none, input, linear };

}  // namespace mercer
