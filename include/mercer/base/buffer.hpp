#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "mercer/base/types.hpp"

namespace mercer {

/// The device with its number; Device::cuda becomes the device that this thread uses. The name is cpu, or cuda:0 and so
/// on.
Device numbered(Device device);
std::string name_of(Device device);

/// Owns bytes on one device, aligned to 64. Freed blocks are kept and handed out again, so that a training
/// epoch after the first one asks the system for nothing. Throws std::bad_alloc. A buffer may also stand for memory of
/// somebody else; a copy of it owns its bytes.
class Buffer {
 public:
  Buffer() = default;
  Buffer(std::size_t bytes, Device device);
  Buffer(const Buffer& other);
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        bytes_(std::exchange(other.bytes_, 0)),
        device_(other.device_),
        foreign_(std::move(other.foreign_)) {}
  /// Foreign memory. Its owner is held until the buffer ends; without an owner the memory must outlive the buffer.
  static Buffer foreign(void* data, std::size_t bytes, Device device, const std::shared_ptr<void>& owner);
  Buffer& operator=(const Buffer& other) { return *this = Buffer(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    std::swap(device_, other.device_);
    std::swap(foreign_, other.foreign_);
    return *this;
  }
  ~Buffer();

  /// A copy of an array in host memory.
  template <class T>
  static Buffer of(std::span<const T> array, Device device = Device::cpu);
  /// A copy on that device.
  Buffer to(Device device) const;
  /// The bytes, which live as long as the result and its copies do. The buffer is empty afterwards.
  std::shared_ptr<void> release();

  void* data() & { return data_; }
  const void* data() const& { return data_; }
  const void* data() const&& = delete;  // would dangle
  std::size_t bytes() const { return bytes_; }
  Device device() const { return device_; }

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
  Device device_ = Device::cpu;
  std::shared_ptr<void> foreign_;  // data_ and its owner, for foreign memory; null: the buffer owns data_
};

/// Copies bytes between any two devices.
void copy_bytes(void* to, Device to_device, const void* from, Device from_device, std::size_t bytes);
void zero_bytes(void* at, Device device, std::size_t bytes);

template <class T>
Buffer Buffer::of(std::span<const T> array, Device device) {
  Buffer copy(array.size_bytes(), device);
  copy_bytes(copy.data(), device, array.data(), Device::cpu, copy.bytes());
  return copy;
}

inline Buffer Buffer::to(Device device) const {
  Buffer copy(bytes_, device);
  copy_bytes(copy.data(), device, data_, device_, bytes_);
  return copy;
}

/// Returns the kept blocks of freed buffers to the system.
void release_unused_memory();

}  // namespace mercer
