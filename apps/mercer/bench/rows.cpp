#include <algorithm>
#include <memory>
#include <numeric>

#include "backend/operators.hpp"
#include "bench/operators.hpp"
#include "mercer/base/random.hpp"

namespace mercer::program::timing {

namespace {

constexpr Index columns_of_loss = 16, rows_of_segment = 32, loss_classes = 7;

/// The numbers 0 … n − 1 in random order. Rows that are gathered or scattered stand on the host, those that are taken
/// on the device of the matrices.
Buffer permutation(const Sizes& s, Device device = Device::cpu) {
  std::vector<Node> order(static_cast<std::size_t>(s.nodes));
  std::iota(order.begin(), order.end(), Node(0));
  Random(3).shuffle(order);
  return Buffer::of(std::span<const Node>(order), device);
}
const Node* nodes_of(const Buffer& buffer) { return static_cast<const Node*>(buffer.data()); }

double indices(const Sizes& s) { return static_cast<double>(s.nodes) * sizeof(Node); }

Call gather_rows(const Sizes& s, const Graph&) {
  return {[x = matrix(s), y = matrix(s), row = permutation(s)]() mutable { op::gather_rows(x, nodes_of(row), y); },
          2 * s.matrix() + indices(s), s.values()};
}

Call take_rows(const Sizes& s, const Graph&) {
  return {[x = matrix(s), y = matrix(s), row = permutation(s, s.device)]() mutable {
            op::take_rows(x.data(), nodes_of(row), y);
          },
          2 * s.matrix() + indices(s), s.values()};
}

/// dx is set to 0, then read and written at the rows of dy.
Call scatter_rows(const Sizes& s, const Graph&) {
  return {[dy = matrix(s), dx = matrix(s), row = permutation(s)]() mutable { op::scatter_rows(dy, nodes_of(row), dx); },
          4 * s.matrix() + indices(s), s.values()};
}

/// Segments of some rows each.
struct Runs {
  std::vector<Index> offset{0};
  Tensor y;
  Buffer row;

  explicit Runs(const Sizes& s) {
    while (offset.back() < s.nodes)
      offset.push_back(std::min(s.nodes, offset.back() + rows_of_segment));
    y = operand(s.device, std::ssize(offset) - 1, s.columns());
    row = Buffer(static_cast<std::size_t>(y.size()) * sizeof(Node), s.device);
  }
  Node* rows() { return static_cast<Node*>(row.data()); }
  double bytes() const { return static_cast<double>(y.size()) * (sizeof(Real) + sizeof(Node)); }
};

Call max_of_rows(const Sizes& s, const Graph&) {
  Runs runs(s);
  const double bytes = s.matrix() + runs.bytes();
  return {[x = matrix(s), runs = std::move(runs)]() mutable {
            op::max_of_rows(x, runs.offset.data(), runs.y, runs.rows());
          },
          bytes, s.values()};
}

Call max_of_rows_backward(const Sizes& s, const Graph&) {
  Runs runs(s);
  op::max_of_rows(matrix(s), runs.offset.data(), runs.y, runs.rows());
  const double bytes = s.matrix() + runs.bytes();
  return {[dx = matrix(s), runs = std::move(runs)]() mutable { op::max_of_rows_backward(runs.y, runs.rows(), dx); },
          bytes, static_cast<double>(s.nodes)};
}

template <const auto& op>
MeasuredOperator running_sum(const char* name) {
  return {name, Ceiling::copy, [](const Sizes& s, const Graph&) {
            return Call{[x = matrix(s), y = matrix(s)]() mutable { op(x, 1, y); }, 2 * s.matrix(), s.values()};
          }};
}

/// Rows of the largest power of two that fits.
Call walsh_hadamard(const Sizes& s, const Graph&) {
  Index columns = 1, levels = 0;
  for (; 2 * columns <= s.columns(); columns *= 2)
    ++levels;
  const double values = static_cast<double>(s.nodes * columns);
  return {[x = operand(s.device, s.nodes, columns), y = operand(s.device, s.nodes, columns)]() mutable {
            op::walsh_hadamard(x, y);
          },
          2 * values * sizeof(Real), values * static_cast<double>(levels)};
}

/// A half of the columns, from the middle on; `passes` matrices of half the width are read or written.
template <const auto& op, bool taken>
MeasuredOperator columns_of(const char* name, int passes) {
  return {name, Ceiling::copy, [passes](const Sizes& s, const Graph&) {
            const Index half = std::max<Index>(s.columns() / 2, 1);
            Call call{.run = {},
                      .bytes = passes * static_cast<double>(s.nodes * half) * sizeof(Real),
                      .flops = static_cast<double>(s.nodes * half)};
            call.run = [wide = matrix(s), narrow = operand(s.device, s.nodes, half),
                        first = s.columns() - half]() mutable {
              if constexpr (taken)
                op(wide, first, narrow);
              else
                op(narrow, first, wide);
            };
            return call;
          }};
}

Call dropout(const Sizes& s, const Graph&) {
  return {[x = matrix(s), y = matrix(s)]() mutable {
            op::dropout(x, Dropout{.p = 0.6f, .stream = {.seed = 1}}, nullptr, y);
          },
          2 * s.matrix(), s.values()};
}

Call add_row(const Sizes& s, const Graph&) {
  return {[x = matrix(s), b = operand(s.device, 1, s.columns()), y = matrix(s)]() mutable { op::add_row(x, b, y); },
          2 * s.matrix() + s.row(), s.values()};
}

/// One row, or one value, of a whole matrix.
template <const auto& op, bool to_row>
MeasuredOperator reduction(const char* name) {
  return {name, Ceiling::copy, [](const Sizes& s, const Graph&) {
            return Call{[x = matrix(s), y = operand(s.device, 1, to_row ? s.columns() : 1)]() mutable { op(x, y); },
                        s.matrix() + (to_row ? s.row() : sizeof(Real)), s.values()};
          }};
}

Call fill(const Sizes& s, const Graph&) {
  return {[value = operand(s.device, 1, 1), y = matrix(s)]() mutable { op::fill(value, y); }, s.matrix(), s.values()};
}

Call sum_of_squares(const Sizes& s, const Graph&) {
  return {[x = matrix(s)] { op::sum_of_squares(x); }, s.matrix(), 2 * s.values()};
}

/// Logits of 16 classes, all rows counted.
struct Loss {
  Tensor x, y;
  Buffer label, weight;
  double values = 0;

  explicit Loss(const Sizes& s)
      : x(operand(s.device, s.nodes, columns_of_loss)),
        y(operand(s.device, 1, 1)),
        values(static_cast<double>(x.size())) {
    std::vector<std::int32_t> labels(static_cast<std::size_t>(s.nodes));
    for (std::size_t i = 0; i < labels.size(); ++i)
      labels[i] = static_cast<std::int32_t>(i) % loss_classes;
    label = Buffer::of(std::span<const std::int32_t>(labels), s.device);
    weight = Buffer::of(std::span<const Real>(std::vector<Real>(labels.size(), Real(1))), s.device);
  }
  const std::int32_t* labels() const { return static_cast<const std::int32_t*>(label.data()); }
  const Real* weights() const { return static_cast<const Real*>(weight.data()); }
  double bytes(int matrices) const {
    return matrices * values * sizeof(Real) + static_cast<double>(x.rows()) * (4 + sizeof(Real));
  }
};

Call cross_entropy(const Sizes& s, const Graph&) {
  Loss loss(s);
  const double bytes = loss.bytes(1), values = loss.values;
  return {[loss = std::move(loss)]() mutable { op::cross_entropy(loss.x, loss.labels(), loss.weights(), loss.y); },
          bytes, values};
}

Call cross_entropy_backward(const Sizes& s, const Graph&) {
  Loss loss(s);
  const double bytes = loss.bytes(2), values = loss.values;
  Tensor dx = loss.x;
  return {[loss = std::move(loss), dx = std::move(dx)]() mutable {
            op::cross_entropy_backward(loss.x, loss.labels(), loss.weights(), loss.y, dx);
          },
          bytes, values};
}

Call log_softmax(const Sizes& s, const Graph&) {
  return {[x = matrix(s), y = matrix(s)]() mutable { op::log_softmax(x, y); }, 2 * s.matrix(), s.values()};
}

Call log_softmax_backward(const Sizes& s, const Graph&) {
  const auto dy = std::make_shared<Tensor>(matrix(s, 1));
  return {[x = matrix(s), dy] { op::log_softmax_backward(x, *dy); }, 3 * s.matrix(), s.values(),
          [dy, start = *dy] { set_to(*dy, start); }};
}

Call adam_step(const Sizes& s, const Graph&) {
  const AdamFactors by{.beta1 = Real(0.9),
                       .beta2 = Real(0.999),
                       .step = Real(0.001),
                       .inverse_root = 1,
                       .epsilon = Real(1e-8),
                       .l2 = Real(0.0005),
                       .keep = 1};
  return {[by, g = matrix(s), w = matrix(s, 1), m = matrix(s, 2), v = matrix(s, 3)]() mutable {
            op::adam_step(g, by, w, m, v);
          },
          7 * s.matrix(), s.values()};
}

Call sgd_step(const Sizes& s, const Graph&) {
  const SgdFactors by{.step = Real(0.001), .momentum = Real(0.9), .l2 = Real(0.0005)};
  return {[by, g = matrix(s), w = matrix(s, 1), m = matrix(s, 2)]() mutable { op::sgd_step(g, by, w, m); },
          5 * s.matrix(), s.values()};
}

}  // namespace

std::vector<MeasuredOperator> row_operators() {
  return {{"add_row", Ceiling::copy, add_row},
          reduction<op::sum_of_rows, true>("sum_of_rows"),
          reduction<op::sum, false>("sum"),
          {"fill", Ceiling::copy, fill},
          {"gather_rows", Ceiling::copy, gather_rows},
          {"scatter_rows", Ceiling::copy, scatter_rows},
          {"take_rows", Ceiling::copy, take_rows},
          {"max_of_rows", Ceiling::copy, max_of_rows},
          {"max_of_rows_backward", Ceiling::copy, max_of_rows_backward},
          running_sum<op::sum_of_earlier_rows>("sum_of_earlier_rows"),
          running_sum<op::sum_of_later_rows>("sum_of_later_rows"),
          {"walsh_hadamard", Ceiling::copy, walsh_hadamard},
          columns_of<op::take_columns, true>("take_columns", 2),
          columns_of<op::put_columns, false>("put_columns", 2),
          columns_of<op::add_columns, false>("add_columns", 3),
          {"dropout", Ceiling::copy, dropout},
          {"log_softmax", Ceiling::copy, log_softmax},
          {"log_softmax_backward", Ceiling::copy, log_softmax_backward},
          {"cross_entropy", Ceiling::copy, cross_entropy},
          {"cross_entropy_backward", Ceiling::copy, cross_entropy_backward},
          {"adam_step", Ceiling::copy, adam_step},
          {"sgd_step", Ceiling::copy, sgd_step},
          {"sum_of_squares", Ceiling::copy, sum_of_squares}};
}

}  // namespace mercer::program::timing
