#pragma once

#include <concepts>
#include <type_traits>
#include <utility>
#include <vector>

#include "mercer/attention/neighbourhood.hpp"

namespace mercer {

/// What the layers of a model attend to: one neighbourhood for all of them, or a list with one for each layer,
/// outermost first, as samplers of PyTorch Geometric and DGL give their blocks. In a list the targets of each are the
/// sources of the next: the model maps x of the first one's sources to y of the last one's targets.
class Neighbourhoods {
 public:
  template <class T>
  requires(!std::same_as<std::remove_cvref_t<T>, Neighbourhoods> && std::convertible_to<T, Neighbourhood>)
      Neighbourhoods(T&& shared)
      : each_{Neighbourhood(std::forward<T>(shared))} {}
  /// Throws ValueError for an empty list, ShapeError when the sources of one are not as many as the targets before.
  Neighbourhoods(std::vector<Neighbourhood> layers);
  Neighbourhoods(const std::vector<Block>& layers)
      : Neighbourhoods(std::vector<Neighbourhood>(layers.begin(), layers.end())) {}

  /// The neighbourhood of layer l.
  const Neighbourhood& of_layer(Index l) const& { return each_[is_list_ ? static_cast<std::size_t>(l) : 0]; }
  Neighbourhood of_layer(Index l) && { return std::as_const(*this).of_layer(l); }
  /// Throws ValueError "[op] …" for a list of another length.
  void expect_layers(const char* op, Index layers) const;
  /// The one for all layers: for models that take no list. Throws ValueError for a list.
  operator const Neighbourhood&() const;

 private:
  std::vector<Neighbourhood> each_;
  bool is_list_ = false;
};

}  // namespace mercer
