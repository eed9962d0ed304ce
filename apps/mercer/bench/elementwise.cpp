#include <algorithm>
#include <memory>
#include <type_traits>

#include "backend/operators.hpp"
#include "bench/operators.hpp"
#include "mercer/base/parallel.hpp"

namespace mercer::program::timing {

namespace {

using Rows = std::vector<MeasuredOperator>;

/// y = f(x): reads one matrix and writes one.
template <const auto& op, class... More>
MeasuredOperator map(const char* name, More... more) {
  return {name, Ceiling::copy, [=](const Sizes& s, const Graph&) {
            return Call{[x = matrix(s), y = matrix(s), more...]() mutable { op(x, more..., y); }, 2 * s.matrix(),
                        s.values()};
          }};
}

/// y = f(a, b): reads two matrices and writes one.
template <const auto& op>
MeasuredOperator map_two(const char* name) {
  return {name, Ceiling::copy, [](const Sizes& s, const Graph&) {
            return Call{[a = matrix(s), b = matrix(s, 1), y = matrix(s)]() mutable { op(a, b, y); }, 3 * s.matrix(),
                        s.values()};
          }};
}

/// dy becomes f′(x) dy: `reads` matrices are read, dy among them, and one is written. dy is set anew before each run.
template <const auto& op, class... More>
MeasuredOperator gradient(const char* name, int reads, More... more) {
  return {name, Ceiling::copy, [=](const Sizes& s, const Graph&) {
            const auto y = std::make_shared<const Tensor>(matrix(s, 1));
            const auto dy = std::make_shared<Tensor>(*y);
            Call call{.run = {}, .bytes = (reads + 1) * s.matrix(), .flops = s.values()};
            call.run = [x = matrix(s), y, dy, more...] {
              if constexpr (sizeof...(More) > 0)
                op(x, more..., *dy);
              else
                op(x, *y, *dy);
            };
            call.prepare = [y, dy] { set_to(*dy, *y); };
            return call;
          }};
}

/// An operator that has no line yet and whose operands are matrices alone.
template <const auto& op>
void take_by_signature(Rows& rows, const char* name) {
  using Type = std::remove_cvref_t<decltype(op)>;
  if (std::ranges::find(rows, name, &MeasuredOperator::name) != rows.end()) return;
  if constexpr (std::is_same_v<Type, Operator<DenseTable, void, ConstView, View>>)
    rows.push_back(map<op>(name));
  else if constexpr (std::is_same_v<Type, Operator<DenseTable, void, ConstView, ConstView, View>>)
    rows.push_back(map_two<op>(name));
}

}  // namespace

void take_by_signature(Rows& rows) {
#define MERCER_OPERATOR(result, name, operands) take_by_signature<op::name>(rows, #name);
#include "backend/dense_ops.inc"
#undef MERCER_OPERATOR
}

Tensor operand(Device device, Index rows, Index columns, std::uint32_t which) {
  Tensor x = Tensor::uninitialized(rows, columns);
  parallel_ranges(x.size(), 1 << 14, [&](Index first, Index last) {
    for (Index n = first; n < last; ++n) {
      const auto bits = (static_cast<std::uint32_t>(n) + 977 * which + 1) * 2654435761u;  // Knuth's multiplicative hash
      x.data()[n] = static_cast<Real>(0.5 + static_cast<double>(bits >> 8) * 0x1p-24);
    }
  });
  return device.is_cpu() ? x : x.to(device);
}

Tensor matrix(const Sizes& s, std::uint32_t which) { return operand(s.device, s.nodes, s.columns(), which); }

void set_to(Tensor& x, const Tensor& values) {
  copy_bytes(x.data(), x.device(), values.data(), values.device(),
             static_cast<std::size_t>(values.size()) * sizeof(Real));
}

Rows elementwise_operators() {
  Rows rows{{"add_to", Ceiling::copy,
             [](const Sizes& s, const Graph&) {
               return Call{[x = matrix(s), y = matrix(s)]() mutable { op::add_to(x, y); }, 3 * s.matrix(), s.values()};
             }},
            gradient<op::divide_backward_b>("divide_backward_b", 3),
            map<op::scale>("scale", Real(1.1)),
            map<op::shift>("shift", Real(0.1)),
            map<op::inverse_root>("inverse_root", Real(1e-5)),
            map<op::sign>("sign"),
            map<op::leaky_relu>("leaky_relu", Real(0.2)),
            gradient<op::leaky_relu_backward>("leaky_relu_backward", 2, Real(0.2)),
            map<op::clamp>("clamp", Real(0.6), Real(1.4)),
            gradient<op::clamp_backward>("clamp_backward", 2, Real(0.6), Real(1.4))};
#define MERCER_UNARY(name, value, derivative) \
  rows.push_back(map<op::name>(#name));       \
  rows.push_back(gradient<op::name##_backward>(#name "_backward", 3));
#include "mercer/tensor/unary.inc"
#undef MERCER_UNARY
  return rows;
}

}  // namespace mercer::program::timing
