#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

/// CUDA graphs: work of the device that is captured once and replayed, one call of the host for hundreds of kernels.
/// Defined by the CUDA backend that is linked; the absent one throws DeviceError.
namespace mercer {

/// Pinned host memory: the device copies to and from it in the order of its work.
class PinnedBuffer {
 public:
  explicit PinnedBuffer(std::size_t bytes);  // throws DeviceError
  PinnedBuffer(PinnedBuffer&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
  PinnedBuffer& operator=(PinnedBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    return *this;
  }
  ~PinnedBuffer();

  void* data() { return data_; }
  const void* data() const { return data_; }

  /// Copies to the device, in the order of its work: the values at that time count.
  void upload(void* there, std::size_t bytes) const;
  /// Copies from the device; the values are valid after the next wait.
  void download(const void* there, std::size_t bytes);

 private:
  void* data_ = nullptr;
};

/// Waits for all work of the device.
void wait_for_device();
/// Is this thread capturing?
bool is_captured() noexcept;

/// The device memory of captured work. It keeps all blocks that were allocated or freed during a capture until it is
/// destroyed. Works that are replayed in the order of their captures may share one CaptureMemory.
class CaptureMemory {
 public:
  CaptureMemory();
  ~CaptureMemory();
  CaptureMemory(const CaptureMemory&) = delete;
  CaptureMemory& operator=(const CaptureMemory&) = delete;

  struct Blocks;  // defined by the backend

 private:
  friend class CapturedWork;
  std::unique_ptr<Blocks> blocks_;
};

/// A CUDA graph of all work that a function launches.
class CapturedWork {
 public:
  /// Captures the work of launch() without running it. Values that it copies from the host are those of now. Throws
  /// DeviceError when launch() waits for the device or draws random numbers on the host.
  CapturedWork(CaptureMemory& memory, const std::function<void()>& launch);
  ~CapturedWork();
  CapturedWork(const CapturedWork&) = delete;
  CapturedWork& operator=(const CapturedWork&) = delete;

  /// Runs everything and waits for it. Throws DeviceError.
  void replay();

  struct Kept;  // defined by the backend

 private:
  std::unique_ptr<Kept> kept_;
};

}  // namespace mercer
