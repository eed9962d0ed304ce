#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "mercer/base/parallel.hpp"
#include "mercer/tensor/view.hpp"

/// Pieces of work that go through the device one after the other: while one is computed, the next goes up and the last
/// comes down.
namespace mercer::cuda {

/// What a piece asks a parcel for is rounded up by less than this for each array.
constexpr std::size_t parcel_alignment = 256;

/// A piece on its way: its arrays behind one another in pinned memory, and at the same places on the device. What goes
/// up is put first; then comes the room for what comes down.
class Parcel {
 public:
  Parcel(std::byte* host, std::byte* device, std::size_t capacity)
      : host_(host), device_(device), capacity_(capacity) {}

  /// The device's copy of an array of the host.
  template <class T>
  const T* put(const T* from, std::size_t count) {
    const std::size_t at = take(count * sizeof(T));
    std::copy_n(from, count, reinterpret_cast<T*>(host_ + at));
    return reinterpret_cast<const T*>(device_ + at);
  }

  /// The rows that are listed of a row-major matrix.
  template <class T, class Number>
  const T* gather(const T* from, Index columns, std::span<const Number> rows) {
    const std::size_t at = take(rows.size() * static_cast<std::size_t>(columns) * sizeof(T));
    T* to = reinterpret_cast<T*>(host_ + at);
    parallel_ranges(std::ssize(rows), rows_at_once, [&](Index first, Index last) {
      for (Index i = first; i < last; ++i)
        std::copy_n(from + static_cast<Index>(rows[static_cast<std::size_t>(i)]) * columns, columns, to + i * columns);
    });
    return reinterpret_cast<const T*>(device_ + at);
  }

  /// Room on the device for what the piece makes; it comes down to where `to` is.
  template <class T>
  T* room(T* to, std::size_t count) {
    const std::size_t at = take(count * sizeof(T));
    if (returns_.empty()) up_ = at;
    returns_.push_back({reinterpret_cast<std::byte*>(to), at, count * sizeof(T)});
    return reinterpret_cast<T*>(device_ + at);
  }

  std::size_t up() const { return returns_.empty() ? used_ : up_; }  // bytes
  std::size_t down() const { return used_ - up(); }
  void unpack() const {
    for (const Return& each : returns_)
      std::copy_n(host_ + each.at, each.bytes, each.to);
  }

 private:
  static constexpr Index rows_at_once = 1024;
  struct Return {
    std::byte* to;
    std::size_t at, bytes;
  };

  /// Where the next array begins.
  std::size_t take(std::size_t bytes);

  std::byte *host_, *device_;
  std::size_t capacity_, used_ = 0, up_ = 0;
  std::vector<Return> returns_;
};

/// Lays a piece into a parcel, and says how it is computed from what is there.
using Loading = std::function<std::function<void()>(Parcel&)>;

/// Computes the pieces in their order, each in no more than `bytes`, on two slots of so many. Returns when everything
/// has come down. Throws DeviceError.
void stream_pieces(const std::vector<Loading>& pieces, std::size_t bytes);

/// Gives back the slots, which are kept from one call to the next.
void release_stream_slots() noexcept;

}  // namespace mercer::cuda
