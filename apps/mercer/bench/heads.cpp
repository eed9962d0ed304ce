#include <algorithm>
#include <memory>

#include "backend/operators.hpp"
#include "bench/operators.hpp"

namespace mercer::program::timing {

namespace {

Tensor row_of(const Sizes& s, std::uint32_t which = 0) { return operand(s.device, 1, s.columns(), which); }
Tensor per_head(const Sizes& s) { return operand(s.device, s.nodes, s.heads); }
Tensor mean_of_heads(const Sizes& s) { return operand(s.device, s.nodes, s.width); }

Call head_dot(const Sizes& s, const Graph&) {
  return {[x = matrix(s), a = row_of(s), y = per_head(s)]() mutable { op::head_dot(x, a, y); },
          s.matrix() + s.row() + s.per_head(), 2 * s.values()};
}

Call head_dot_backward_x(const Sizes& s, const Graph&) {
  return {[ds = per_head(s), a = row_of(s), dx = matrix(s)]() mutable { op::head_dot_backward_x(ds, a, dx); },
          s.matrix() + s.row() + s.per_head(), s.values()};
}

Call head_dot_backward_a(const Sizes& s, const Graph&) {
  return {[ds = per_head(s), x = matrix(s), da = row_of(s)]() mutable { op::head_dot_backward_a(ds, x, da); },
          s.matrix() + s.row() + s.per_head(), 2 * s.values()};
}

double of_mean(const Sizes& s) { return s.per_node() * static_cast<double>(s.width); }

Call head_mean(const Sizes& s, const Graph&) {
  return {[x = matrix(s), y = mean_of_heads(s), h = s.heads]() mutable { op::head_mean(x, h, y); },
          s.matrix() + of_mean(s), s.values()};
}

Call head_mean_backward(const Sizes& s, const Graph&) {
  return {[dy = mean_of_heads(s), dx = matrix(s), h = s.heads]() mutable { op::head_mean_backward(dy, h, dx); },
          s.matrix() + of_mean(s), s.values()};
}

Call squared_norm(const Sizes& s, const Graph&) {
  return {[x = matrix(s), m = per_head(s)]() mutable { op::squared_norm(x, 2, 1, m); }, s.matrix() + s.per_head(),
          2 * s.values()};
}

Call squared_norm_backward(const Sizes& s, const Graph&) {
  return {[x = matrix(s), dm = per_head(s), dx = matrix(s)]() mutable { op::squared_norm_backward(x, 2, 1, dm, dx); },
          2 * s.matrix() + s.per_head(), s.values()};
}

Call unit_heads(const Sizes& s, const Graph&) {
  return {[x = matrix(s), y = matrix(s), h = s.heads]() mutable { op::unit_heads(x, h, false, y); }, 2 * s.matrix(),
          3 * s.values()};
}

Call unit_heads_backward(const Sizes& s, const Graph&) {
  const auto dy = std::make_shared<Tensor>(matrix(s, 1));
  return {[x = matrix(s), y = matrix(s), dy, h = s.heads] { op::unit_heads_backward(x, y, h, false, *dy); },
          4 * s.matrix(), 4 * s.values(), [dy, start = *dy] { set_to(*dy, start); }};
}

Call scale_heads(const Sizes& s, const Graph&) {
  return {[x = matrix(s), by = operand(s.device, 1, s.heads), y = matrix(s)]() mutable { op::scale_heads(x, by, y); },
          2 * s.matrix(), s.values()};
}

Call scale_heads_backward_s(const Sizes& s, const Graph&) {
  return {[x = matrix(s), dy = matrix(s), ds = operand(s.device, 1, s.heads)]() mutable {
            op::scale_heads_backward_s(x, dy, ds);
          },
          2 * s.matrix(), 2 * s.values()};
}

Call transpose_heads(const Sizes& s, const Graph&) {
  return {[x = operand(s.device, s.heads * s.nodes, s.width), y = operand(s.device, s.columns(), s.nodes),
           h = s.heads]() mutable { op::transpose_heads(x, h, y); },
          2 * s.matrix(), s.values()};
}

constexpr Real epsilon = Real(1e-5);

Tensor state_of(const Sizes& s) { return operand(s.device, s.nodes, 2); }

Call layer_norm(const Sizes& s, const Graph&) {
  return {[x = matrix(s), gain = row_of(s), bias = row_of(s, 1), y = matrix(s), state = state_of(s)]() mutable {
            op::layer_norm(x, gain, bias, epsilon, y, state);
          },
          2 * (s.matrix() + s.row() + s.per_node()), 5 * s.values()};
}

Call layer_norm_backward(const Sizes& s, const Graph&) {
  const auto dy = std::make_shared<Tensor>(matrix(s, 1));
  return {[x = matrix(s), state = state_of(s), gain = row_of(s), dy] { op::layer_norm_backward(x, state, gain, *dy); },
          3 * s.matrix() + s.row() + 2 * s.per_node(), 6 * s.values(), [dy, start = *dy] { set_to(*dy, start); }};
}

Call layer_norm_backward_gain(const Sizes& s, const Graph&) {
  return {[x = matrix(s), state = state_of(s), dy = matrix(s), dgain = row_of(s)]() mutable {
            op::layer_norm_backward_gain(x, state, dy, dgain);
          },
          2 * s.matrix() + s.row() + 2 * s.per_node(), 4 * s.values()};
}

Call squares_about(const Sizes& s, const Graph&) {
  return {[x = matrix(s), mean = row_of(s), y = row_of(s)]() mutable { op::squares_about(x, mean, y); },
          s.matrix() + 2 * s.row(), 3 * s.values()};
}

Call batch_norm(const Sizes& s, const Graph&) {
  return {[x = matrix(s), mean = row_of(s), factor = row_of(s, 1), gain = row_of(s, 2), bias = row_of(s, 3),
           y = matrix(s)]() mutable { op::batch_norm(x, mean, factor, gain, bias, y); },
          2 * s.matrix() + 4 * s.row(), 4 * s.values()};
}

Call batch_norm_backward_gain(const Sizes& s, const Graph&) {
  return {[x = matrix(s), mean = row_of(s), factor = row_of(s, 1), dy = matrix(s), dgain = row_of(s)]() mutable {
            op::batch_norm_backward_gain(x, mean, factor, dy, dgain);
          },
          2 * s.matrix() + 3 * s.row(), 4 * s.values()};
}

Call batch_norm_backward(const Sizes& s, const Graph&) {
  const auto dy = std::make_shared<Tensor>(matrix(s, 1));
  return {[x = matrix(s), mean = row_of(s), factor = row_of(s, 1), gain = row_of(s, 2), slope = row_of(s, 3),
           along = row_of(s, 4), dy] { op::batch_norm_backward(x, mean, factor, gain, slope, along, *dy); },
          3 * s.matrix() + 5 * s.row(), 6 * s.values(), [dy, start = *dy] { set_to(*dy, start); }};
}

/// The columns of a head are complex numbers: an even width, one less of an odd one.
struct Complex {
  Index columns;
  double bytes, values;
  explicit Complex(const Sizes& s)
      : columns(s.heads * std::max<Index>(s.width / 2 * 2, 2)),
        bytes(static_cast<double>(s.nodes * columns) * sizeof(Real)),
        values(static_cast<double>(s.nodes * columns)) {}
  Tensor matrix(const Sizes& s) const { return operand(s.device, s.nodes, columns); }
  Tensor row(const Sizes& s) const { return operand(s.device, 1, columns); }
};

Call turn_back(const Sizes& s, const Graph&) {
  const Complex c(s);
  return {[x = c.matrix(s), a = c.row(s), y = c.matrix(s), h = s.heads]() mutable { op::turn_back(x, a, h, y); },
          2 * c.bytes, 3 * c.values};
}

Call turn_back_backward(const Sizes& s, const Graph&) {
  const Complex c(s);
  return {[x = c.matrix(s), a = c.row(s), dy = c.matrix(s), dx = c.matrix(s), da = c.row(s), h = s.heads]() mutable {
            op::turn_back_backward(x, a, h, dy, dx, da);
          },
          3 * c.bytes, 6 * c.values};
}

}  // namespace

std::vector<MeasuredOperator> head_operators() {
  return {{"head_dot", Ceiling::copy, head_dot},
          {"head_dot_backward_x", Ceiling::copy, head_dot_backward_x},
          {"head_dot_backward_a", Ceiling::copy, head_dot_backward_a},
          {"head_mean", Ceiling::copy, head_mean},
          {"head_mean_backward", Ceiling::copy, head_mean_backward},
          {"squared_norm", Ceiling::copy, squared_norm},
          {"squared_norm_backward", Ceiling::copy, squared_norm_backward},
          {"unit_heads", Ceiling::copy, unit_heads},
          {"unit_heads_backward", Ceiling::copy, unit_heads_backward},
          {"scale_heads", Ceiling::copy, scale_heads},
          {"scale_heads_backward_s", Ceiling::copy, scale_heads_backward_s},
          {"transpose_heads", Ceiling::copy, transpose_heads},
          {"turn_back", Ceiling::copy, turn_back},
          {"turn_back_backward", Ceiling::copy, turn_back_backward},
          {"layer_norm", Ceiling::copy, layer_norm},
          {"layer_norm_backward", Ceiling::copy, layer_norm_backward},
          {"layer_norm_backward_gain", Ceiling::copy, layer_norm_backward_gain},
          {"squares_about", Ceiling::copy, squares_about},
          {"batch_norm", Ceiling::copy, batch_norm},
          {"batch_norm_backward_gain", Ceiling::copy, batch_norm_backward_gain},
          {"batch_norm_backward", Ceiling::copy, batch_norm_backward}};
}

}  // namespace mercer::program::timing
