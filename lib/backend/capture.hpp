#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

/// Work of the CUDA device that is launched once and replayed: one call of the host for hundreds of kernels.
/// Defined by whichever CUDA backend is linked; the absent one throws by name.
namespace mercer {

/// Memory of the host that stays where it is, so that the device copies from and to it in the order of its work.
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

  /// What lies here when the device's work gets there.
  void upload(void* there, std::size_t bytes) const;
  /// Is here after the next wait.
  void download(const void* there, std::size_t bytes);

 private:
  void* data_ = nullptr;
};

/// Waits for all work of the device.
void wait_for_device();
/// Is this thread capturing?
bool is_captured() noexcept;

/// The device memory of captured work: a block that was handed out or freed while it was captured goes to nobody else
/// before this ends. Work that is replayed in the order in which it was captured may share one.
class CaptureMemory {
 public:
  CaptureMemory();
  ~CaptureMemory();
  CaptureMemory(const CaptureMemory&) = delete;
  CaptureMemory& operator=(const CaptureMemory&) = delete;

  struct Blocks;  // of the backend

 private:
  friend class CapturedWork;
  std::unique_ptr<Blocks> blocks_;
};

/// A CUDA graph of all that a function launches.
class CapturedWork {
 public:
  /// Calls launch(), whose kernels don't run yet. What it copies from the host is kept as it is now. Throws DeviceError
  /// when something can't be captured: it waits for what the device computes, or draws on the host.
  CapturedWork(CaptureMemory& memory, const std::function<void()>& launch);
  ~CapturedWork();
  CapturedWork(const CapturedWork&) = delete;
  CapturedWork& operator=(const CapturedWork&) = delete;

  /// Runs everything and waits for it. Throws DeviceError.
  void replay();

  struct Kept;  // of the backend

 private:
  std::unique_ptr<Kept> kept_;
};

}  // namespace mercer
