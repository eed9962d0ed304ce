#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "mercer/base/parallel.hpp"
#include "mercer/tensor/view.hpp"

/// Pieces of work that stream through the device: while one is computed, the next is uploaded and the last downloaded.
namespace mercer::cuda {

/// Each array of a piece begins at a multiple of this, in bytes.
constexpr std::size_t staging_alignment = 256;

/// The arrays of one piece, one after another in pinned memory and at the same offsets on the device: first all inputs,
/// then all outputs.
class StagingBuffer {
 public:
  StagingBuffer(std::byte* host, std::byte* device, std::size_t capacity)
      : host_(host), device_(device), capacity_(capacity) {}

  /// Copies an array of the host; gives its address on the device.
  template <class T>
  const T* put(const T* from, std::size_t count) {
    const std::size_t at = allocate(count * sizeof(T));
    std::copy_n(from, count, reinterpret_cast<T*>(host_ + at));
    return reinterpret_cast<const T*>(device_ + at);
  }

  /// Copies the listed rows of a row-major matrix; gives their address on the device.
  template <class T, class Number>
  const T* gather(const T* from, Index columns, std::span<const Number> rows) {
    const std::size_t at = allocate(rows.size() * static_cast<std::size_t>(columns) * sizeof(T));
    T* to = reinterpret_cast<T*>(host_ + at);
    parallel_ranges(std::ssize(rows), rows_at_once, [&](Index first, Index last) {
      for (Index i = first; i < last; ++i)
        std::copy_n(from + static_cast<Index>(rows[static_cast<std::size_t>(i)]) * columns, columns, to + i * columns);
    });
    return reinterpret_cast<const T*>(device_ + at);
  }

  /// Allocates an output on the device, which unpack copies to `to`.
  template <class T>
  T* output(T* to, std::size_t count) {
    const std::size_t at = allocate(count * sizeof(T));
    if (outputs_.empty()) upload_bytes_ = at;
    outputs_.push_back({reinterpret_cast<std::byte*>(to), at, count * sizeof(T)});
    return reinterpret_cast<T*>(device_ + at);
  }

  std::size_t upload_bytes() const { return outputs_.empty() ? used_ : upload_bytes_; }
  std::size_t download_bytes() const { return used_ - upload_bytes(); }
  void unpack() const {
    for (const Output& each : outputs_)
      std::copy_n(host_ + each.at, each.bytes, each.to);
  }

 private:
  static constexpr Index rows_at_once = 1024;
  struct Output {
    std::byte* to;
    std::size_t at, bytes;
  };

  /// The offset of the next array.
  std::size_t allocate(std::size_t bytes);

  std::byte *host_, *device_;
  std::size_t capacity_, used_ = 0, upload_bytes_ = 0;
  std::vector<Output> outputs_;
};

/// Puts a piece into a buffer and returns the function that computes it.
using LoadPiece = std::function<std::function<void()>(StagingBuffer&)>;

/// Computes the pieces in order on two slots of `bytes` each; no piece may need more. Returns when all outputs are in
/// place. Throws DeviceError.
void stream_pieces(const std::vector<LoadPiece>& pieces, std::size_t bytes);

/// Frees the slots, which otherwise stay allocated between calls.
void release_stream_slots() noexcept;

}  // namespace mercer::cuda
