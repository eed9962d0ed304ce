#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "mercer/base/buffer.hpp"
#include "mercer/base/types.hpp"
#include "mercer/tensor/view.hpp"

namespace mercer {

inline namespace MERCER_PRECISION {

/// Owns a row-major [rows, columns] matrix on one device; heads are column groups, [n, h*d]. Copies are deep. Pointers,
/// spans and views are of a tensor with a name: those of a temporary would dangle, and don't compile.
class Tensor {
 public:
  Tensor() = default;
  Tensor(const Tensor&) = default;
  Tensor& operator=(const Tensor&) = default;
  /// The other is 0 x 0 afterwards.
  Tensor(Tensor&& other) noexcept
      : rows_(std::exchange(other.rows_, 0)),
        columns_(std::exchange(other.columns_, 0)),
        storage_(std::move(other.storage_)) {}
  Tensor& operator=(Tensor&& other) noexcept {
    if (this == &other) return *this;
    rows_ = std::exchange(other.rows_, 0);
    columns_ = std::exchange(other.columns_, 0);
    storage_ = Buffer(std::move(other.storage_));
    return *this;
  }
  ~Tensor() = default;
  Tensor(Index rows, Index columns, Device device = Device::cpu);  // zeros; throws ShapeError on a negative size

  static Tensor uninitialized(Index rows, Index columns, Device device = Device::cpu);
  static Tensor filled(Index rows, Index columns, Real value);
  static Tensor from(std::initializer_list<std::initializer_list<Real>> rows);
  static Tensor from(Index rows, Index columns, std::span<const Real> values);
  /// Memory of the caller, row-major, without a copy. `owner` is held until the tensor ends: a deleter is
  /// std::shared_ptr<void>(data, deleter). Without an owner the memory must live longer than the tensor. Copies own
  /// theirs. Throws ValueError on a null pointer to values, and on one that is not aligned (on a CUDA device to 16
  /// bytes).
  static Tensor wrap(Real* data, Index rows, Index columns, Device device = Device::cpu,
                     const std::shared_ptr<void>& owner = {});
  static Tensor like(const Tensor& other) { return {other.rows(), other.columns(), other.device()}; }

  Index rows() const { return rows_; }
  Index columns() const { return columns_; }
  Index size() const { return rows_ * columns_; }
  Device device() const { return storage_.device(); }
  bool empty() const { return size() == 0; }

  Real* data() & { return static_cast<Real*>(storage_.data()); }
  const Real* data() const& { return static_cast<const Real*>(storage_.data()); }
  const Real* data() const&& = delete;
  Real* row(Index i) & { return data() + i * columns_; }
  const Real* row(Index i) const& { return data() + i * columns_; }
  const Real* row(Index i) const&& = delete;
  Real& operator()(Index i, Index j) & { return data()[i * columns_ + j]; }  // on the CPU only
  Real operator()(Index i, Index j) const& { return data()[i * columns_ + j]; }

  std::span<Real> values() & { return {data(), static_cast<std::size_t>(size())}; }
  std::span<const Real> values() const& { return {data(), static_cast<std::size_t>(size())}; }
  std::span<const Real> values() const&& = delete;
  View view() & { return {data(), rows_, columns_, device()}; }
  ConstView view() const& { return {data(), rows_, columns_, device()}; }
  ConstView view() const&& = delete;
  operator View() & { return view(); }
  operator ConstView() const& { return view(); }  // of a temporary for arguments

  Tensor to(Device device) const;
  void set_zero();
  /// The values without a copy; they live as long as the result and its copies do. The tensor is 0 x 0 afterwards.
  std::shared_ptr<Real> release();

 private:
  Tensor(Index rows, Index columns, Buffer storage) : rows_(rows), columns_(columns), storage_(std::move(storage)) {}

  Index rows_ = 0;
  Index columns_ = 0;
  Buffer storage_;
};

}  // namespace MERCER_PRECISION

/// Largest |a − b|, 0 of equal infinities; NaN when any difference is. Throws ShapeError when the sizes differ.
Real max_abs_difference(const Tensor& a, const Tensor& b);

/// True when every value is finite.
bool all_finite(const Tensor& x);

}  // namespace mercer
