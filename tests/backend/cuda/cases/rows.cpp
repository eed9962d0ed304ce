#include <bit>
#include <cstdint>

#include "backend/cuda/compare.hpp"
#include "backend/operators.hpp"

namespace mercer::test {
namespace {

std::vector<Node> some_rows(Index count, Index of) {
  std::vector<Node> rows(static_cast<std::size_t>(count));
  for (std::size_t n = 0; n < rows.size(); ++n)
    rows[n] = static_cast<Node>(static_cast<Index>(n * n + 3 * n) % of);
  return rows;
}

std::vector<Tensor> add_row(Device on, Index n, Shape s) {
  const Tensor x = operand(on, n, s.columns(), 1), b = operand(on, 1, s.columns(), 2);
  Tensor y = uninitialized(on, n, s.columns());
  op::add_row(x, b, y);
  return {y};
}

std::vector<Tensor> sum_of_rows(Device on, Index n, Shape s) {
  const Tensor x = operand(on, n, s.columns(), 1);
  Tensor y = uninitialized(on, 1, s.columns());
  op::sum_of_rows(x, y);
  return {y};
}

std::vector<Tensor> sum(Device on, Index n, Shape s) {
  const Tensor x = operand(on, n, s.columns(), 1);
  Tensor y = uninitialized(on, 1, 1);
  op::sum(x, y);
  return {y};
}

std::vector<Tensor> gather_rows(Device on, Index n, Shape s) {
  const Tensor x = operand(on, 11, s.columns(), 1);
  const std::vector<Node> rows = some_rows(n, 11);
  Tensor y = uninitialized(on, n, s.columns());
  op::gather_rows(x, rows.data(), y);
  return {y};
}

/// No list is longer than one thread adds, so the order of the sum is the CPU's.
std::vector<Tensor> scatter_rows(Device on, Index n, Shape s) {
  const Tensor dy = operand(on, n, s.columns(), 1);
  const std::vector<Node> rows = some_rows(n, 11);
  Tensor dx = uninitialized(on, 11, s.columns());
  op::scatter_rows(dy, rows.data(), dx);
  return {dx};
}

template <Index stride>
std::vector<Tensor> sum_of_earlier_rows(Device on, Index n, Shape s) {
  const Tensor x = operand(on, n, s.columns(), 1);
  Tensor y = uninitialized(on, n, s.columns());
  op::sum_of_earlier_rows(x, stride, y);
  return {y};
}

template <Index stride>
std::vector<Tensor> sum_of_later_rows(Device on, Index n, Shape s) {
  const Tensor x = operand(on, n, s.columns(), 1);
  Tensor y = uninitialized(on, n, s.columns());
  op::sum_of_later_rows(x, stride, y);
  return {y};
}

std::vector<Tensor> walsh_hadamard(Device on, Index n, Shape s) {
  const auto width = static_cast<Index>(std::bit_ceil(static_cast<std::uint64_t>(s.columns())));
  const Tensor x = operand(on, n, width, 1);
  Tensor y = uninitialized(on, n, width), in_place = x;
  op::walsh_hadamard(x, y);
  op::walsh_hadamard(in_place, in_place);
  return {y, in_place};
}

std::vector<Tensor> take_columns(Device on, Index n, Shape s) {
  const Tensor x = operand(on, n, s.columns() + 3, 1);
  Tensor y = uninitialized(on, n, s.columns());
  op::take_columns(x, 2, y);
  return {y};
}

std::vector<Tensor> put_columns(Device on, Index n, Shape s) {
  const Tensor y = operand(on, n, s.columns(), 1);
  Tensor x = operand(on, n, s.columns() + 3, 2);
  op::put_columns(y, 2, x);
  return {x};
}

std::vector<Tensor> add_columns(Device on, Index n, Shape s) {
  const Tensor y = operand(on, n, s.columns(), 1);
  Tensor x = operand(on, n, s.columns() + 3, 2);
  op::add_columns(y, 2, x);
  return {x};
}

std::vector<Tensor> dropout(Device on, Index n, Shape s) {
  const Dropout half{0.5f, {7, 1, 2}}, few{0.1f, {std::uint64_t{1} << 40, 3, 4}}, all{1.0f, {7, 1, 2}};
  const Tensor x = operand(on, n, s.columns(), 1);
  Tensor y = uninitialized(on, n, s.columns()), in_place = x, none = x;
  op::dropout(x, half, nullptr, y);
  op::dropout(in_place, few, nullptr, in_place);
  op::dropout(none, all, nullptr, none);
  // rows with numbers of their own, in falling order
  std::vector<Node> numbers(static_cast<std::size_t>(n));
  for (Index i = 0; i < n; ++i)
    numbers[static_cast<std::size_t>(i)] = static_cast<Node>(3 * (n - i));
  const Buffer there = Buffer::of(std::span<const Node>(numbers), on);
  Tensor numbered = uninitialized(on, n, s.columns());
  op::dropout(x, half, n > 0 ? static_cast<const Node*>(there.data()) : nullptr, numbered);
  return {y, in_place, none, numbered};
}

}  // namespace

std::vector<OperatorCase> row_cases() {
  return {
      {"add_row", Closeness::bits, add_row},
      {"sum_of_rows", Closeness::whole, sum_of_rows},
      {"sum", Closeness::whole, sum},
      {"gather_rows", Closeness::bits, gather_rows},
      {"scatter_rows", Closeness::bits, scatter_rows},
      {"sum_of_earlier_rows, stride 1", Closeness::bits, sum_of_earlier_rows<1>},
      {"sum_of_earlier_rows, stride 8", Closeness::bits, sum_of_earlier_rows<8>},
      {"sum_of_later_rows, stride 1", Closeness::bits, sum_of_later_rows<1>},
      {"sum_of_later_rows, stride 8", Closeness::bits, sum_of_later_rows<8>},
      {"walsh_hadamard", Closeness::bits, walsh_hadamard},
      {"take_columns", Closeness::bits, take_columns},
      {"put_columns", Closeness::bits, put_columns},
      {"add_columns", Closeness::bits, add_columns},
      {"dropout", Closeness::bits, dropout},
  };
}

}  // namespace mercer::test
