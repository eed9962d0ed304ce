#include "mercer/tensor/tensor.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "mercer/base/check.hpp"

namespace mercer {
namespace {

std::size_t bytes_of(Index rows, Index columns) {
  expect("Tensor",
         {{"negative rows", std::min<Index>(rows, 0), 0}, {"negative columns", std::min<Index>(columns, 0), 0}});
  if (columns != 0 && rows > std::numeric_limits<Index>::max() / columns / static_cast<Index>(sizeof(Real)))
    throw ShapeError("[Tensor] " + std::to_string(rows) + " x " + std::to_string(columns) +
                     " values: too many to address");
  return static_cast<std::size_t>(rows * columns) * sizeof(Real);
}

}  // namespace

Tensor::Tensor(Index rows, Index columns, Device device) : Tensor(uninitialized(rows, columns, device)) { set_zero(); }

Tensor Tensor::uninitialized(Index rows, Index columns, Device device) {
  return {rows, columns, Buffer(bytes_of(rows, columns), device)};
}

Tensor Tensor::filled(Index rows, Index columns, Real value) {
  Tensor x = uninitialized(rows, columns);
  std::ranges::fill(x.values(), value);
  return x;
}

Tensor Tensor::from(std::initializer_list<std::initializer_list<Real>> rows) {
  const Index columns = rows.size() == 0 ? 0 : static_cast<Index>(rows.begin()->size());
  Tensor x = uninitialized(static_cast<Index>(rows.size()), columns);
  Index i = 0;
  for (const auto& row : rows) {
    expect("Tensor::from", {{"values in a row", static_cast<Index>(row.size()), columns}});
    std::ranges::copy(row, x.row(i++));
  }
  return x;
}

Tensor Tensor::from(Index rows, Index columns, std::span<const Real> values) {
  Tensor x = uninitialized(rows, columns);
  expect("Tensor::from", {{"values", static_cast<Index>(values.size()), x.size()}});
  std::ranges::copy(values, x.data());
  return x;
}

Tensor Tensor::wrap(Real* data, Index rows, Index columns, Device device, const std::shared_ptr<void>& owner) {
  const std::size_t bytes = bytes_of(rows, columns);
  const std::size_t alignment = device.is_cpu() ? alignof(Real) : 16;
  require(data != nullptr || bytes == 0, "Tensor::wrap", "got a null pointer, want the address of the values");
  require(reinterpret_cast<std::uintptr_t>(data) % alignment == 0, "Tensor::wrap",
          "the address of the values: want a multiple of " + std::to_string(alignment));
  return {rows, columns, Buffer::foreign(data, bytes, device, owner)};
}

std::shared_ptr<Real> Tensor::release() {
  rows_ = columns_ = 0;
  return std::static_pointer_cast<Real>(storage_.release());
}

Tensor Tensor::to(Device device) const {
  Tensor x = uninitialized(rows_, columns_, device);
  copy_bytes(x.storage_.data(), device, storage_.data(), this->device(), storage_.bytes());
  return x;
}

void Tensor::set_zero() { zero_bytes(storage_.data(), device(), storage_.bytes()); }

Real max_abs_difference(const Tensor& a, const Tensor& b) {
  expect("max_abs_difference", {{"rows", b.rows(), a.rows()}, {"columns", b.columns(), a.columns()}});
  Real largest = 0;
  for (Index n = 0; n < a.size(); ++n) {
    const bool equal = a.data()[n] == b.data()[n];  // infinities, too
    const Real gap = equal ? Real(0) : std::abs(a.data()[n] - b.data()[n]);
    if (std::isnan(gap)) return gap;
    largest = std::max(largest, gap);
  }
  return largest;
}

bool all_finite(const Tensor& x) {
  return std::ranges::all_of(x.values(), [](Real value) { return std::isfinite(value); });
}

}  // namespace mercer
