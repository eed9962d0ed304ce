#include "backend/nccl.hpp"

#include <atomic>
#include <string>
#include <utility>

#include "backend/cuda/runtime/handles.hpp"
#include "backend/cuda/runtime/library.hpp"
#include "backend/cuda/runtime/runtime.hpp"
#include "backend/peers.hpp"
#include "base/device_memory.hpp"
#include "mercer/base/check.hpp"
#include "mercer/device/device.hpp"

namespace mercer {
namespace cuda {
namespace {

// The declarations of nccl.h, which is not included, since the toolkit lacks it.
using Comm = void*;
constexpr int type_of_real = sizeof(Real) == sizeof(float) ? 7 : 8;  // ncclFloat32, ncclFloat64

/// The functions of NCCL that are used.
struct Nccl {
  int (*get_version)(int* version) = nullptr;
  const char* (*error_string)(int status) = nullptr;
  int (*init_all)(Comm* comms, int devices, const int* numbers) = nullptr;
  int (*destroy)(Comm comm) = nullptr;
  int (*abort)(Comm comm) = nullptr;
  int (*group_start)() = nullptr;
  int (*group_end)() = nullptr;
  int (*send)(const void* from, std::size_t count, int type, int to, Comm comm, cudaStream_t stream) = nullptr;
  int (*receive)(void* to, std::size_t count, int type, int from, Comm comm, cudaStream_t stream) = nullptr;
  bool usable = false;
  std::string description;

  Nccl() {
    const Library library({"libnccl.so.2", "libnccl.so"}, "ncclSend");
    if (!library.found()) {
      description = "none found: devices copy from one another";
      return;
    }
    usable = library.find(get_version, "ncclGetVersion") && library.find(error_string, "ncclGetErrorString") &&
             library.find(init_all, "ncclCommInitAll") && library.find(destroy, "ncclCommDestroy") &&
             library.find(abort, "ncclCommAbort") && library.find(group_start, "ncclGroupStart") &&
             library.find(group_end, "ncclGroupEnd") && library.find(send, "ncclSend") &&
             library.find(receive, "ncclRecv");
    if (!usable) {
      description = "one without its functions (want 2.7 or newer): devices copy from one another";
      return;
    }
    int code = 0;
    get_version(&code);
    const int major = code < 10000 ? 1000 : 10000;  // 2708 is 2.7.8, 22803 is 2.28.3
    description = "version " + std::to_string(code / major) + "." + std::to_string(code % major / 100) + "." +
                  std::to_string(code % 100);
  }
};

const Nccl& nccl() {
  static const Nccl the;
  return the;
}

void check_nccl(int status) {
  if (status != 0)
    throw DeviceError(std::string("[exchange] NCCL: ") + nccl().error_string(status) + " (status " +
                      std::to_string(status) + "; NCCL_DEBUG=WARN says more, and devices exchange without NCCL, too)");
}

class DeviceEnd : public NcclEnd {
 public:
  explicit DeviceEnd(Comm comm) : comm_(comm) {}
  ~DeviceEnd() override { DeviceEnd::abort(); }

  void exchange(std::span<const NcclMessage> sent, std::span<const NcclMessage> received) override {
    const cudaStream_t in_order = stream();
    check_nccl(nccl().group_start());
    int status = 0;  // of the first failure; the group must be ended in any case
    for (const NcclMessage& message : sent)
      if (status == 0)
        status = nccl().send(message.values, count_of(message), type_of_real, message.other, comm_, in_order);
    for (const NcclMessage& message : received)
      if (status == 0)
        status = nccl().receive(message.values, count_of(message), type_of_real, message.other, comm_, in_order);
    const int ended = nccl().group_end();
    check_nccl(status != 0 ? status : ended);
  }

  void close() override {
    wait_for_all("exchange");
    if (const Comm comm = comm_.exchange(nullptr)) check_nccl(nccl().destroy(comm));
  }

  void abort() noexcept override {
    if (const Comm comm = comm_.exchange(nullptr)) nccl().abort(comm);
  }

 private:
  static std::size_t count_of(const NcclMessage& message) { return static_cast<std::size_t>(message.count); }

  std::atomic<Comm> comm_;  // null when closed or aborted
};

/// Restores the selected device, which NCCL may change.
class KeepsDevice {
 public:
  KeepsDevice() { check(cudaGetDevice(&device_), "exchange"); }
  ~KeepsDevice() { forgive(cudaSetDevice(device_)); }
  KeepsDevice(const KeepsDevice&) = delete;
  KeepsDevice& operator=(const KeepsDevice&) = delete;

 private:
  int device_ = 0;
};

}  // namespace

std::vector<std::unique_ptr<NcclEnd>> join_by_nccl(const std::vector<int>& devices) {
  if (!nccl().usable) return {};
  for (const int device : devices)
    const ThreadDevice there(device);  // throws when the device doesn't exist
  const KeepsDevice kept;
  std::vector<Comm> comms(devices.size());
  check_nccl(nccl().init_all(comms.data(), static_cast<int>(devices.size()), devices.data()));
  std::vector<std::unique_ptr<NcclEnd>> ends;
  for (const Comm comm : comms)
    ends.push_back(std::make_unique<DeviceEnd>(comm));
  return ends;
}

}  // namespace cuda

std::string nccl_description() { return cuda::nccl().description; }

}  // namespace mercer
