#pragma once

#include <string>
#include <variant>

#include "mercer/layers/batch_norm.hpp"
#include "mercer/layers/layer_norm.hpp"
#include "mercer/models/norm.hpp"

namespace mercer {

/// The norm of a hidden layer, or nothing.
class ColumnNorm {
 public:
  ColumnNorm() = default;
  ColumnNorm(Norm norm, Index width) {
    if (norm == Norm::layer) held_ = LayerNorm({.width = width});
    if (norm == Norm::batch) held_ = BatchNorm({.width = width});
  }

  explicit operator bool() const { return held_.index() > 0; }
  Variable operator()(const Neighbourhood& neighbourhood, const Variable& x, Pass& pass) const {
    if (const auto* norm = std::get_if<LayerNorm>(&held_)) return (*norm)(x);
    if (const auto* norm = std::get_if<BatchNorm>(&held_)) return (*norm)(neighbourhood, x, pass);
    return x;
  }
  Parameters parameters(const std::string& prefix) const {
    if (const auto* norm = std::get_if<LayerNorm>(&held_)) return norm->parameters(prefix);
    if (const auto* norm = std::get_if<BatchNorm>(&held_)) return norm->parameters(prefix);
    return {};
  }
  Parameters buffers(const std::string& prefix) const {
    const auto* norm = std::get_if<BatchNorm>(&held_);
    return norm != nullptr ? norm->buffers(prefix) : Parameters{};
  }

 private:
  std::variant<std::monostate, LayerNorm, BatchNorm> held_;
};

}  // namespace mercer
