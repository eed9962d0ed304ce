#pragma once
// For the machine's own tests: streams and events that destroy themselves.

#include "simt/device_buffer.hpp"

namespace simt {

class Stream {
 public:
  explicit Stream(unsigned flags = cudaStreamNonBlocking) { require(cudaStreamCreateWithFlags(&handle_, flags)); }
  ~Stream() { static_cast<void>(cudaStreamDestroy(handle_)); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  cudaStream_t handle() const { return handle_; }
  operator cudaStream_t() const { return handle_; }

 private:
  cudaStream_t handle_ = nullptr;
};

class Event {
 public:
  explicit Event(unsigned flags = cudaEventDisableTiming) { require(cudaEventCreateWithFlags(&handle_, flags)); }
  ~Event() { static_cast<void>(cudaEventDestroy(handle_)); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  operator cudaEvent_t() const { return handle_; }

 private:
  cudaEvent_t handle_ = nullptr;
};

}  // namespace simt
