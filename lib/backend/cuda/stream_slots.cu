#include "backend/cuda/stream_slots.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "backend/cuda/memory.hpp"
#include "backend/cuda/runtime.hpp"

namespace mercer::cuda {
namespace {

/// Destructors have nobody to tell.
void forgive(cudaError_t status) noexcept {
  if (status != cudaSuccess) cudaGetLastError();
}

class Event {
 public:
  Event() { check(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), "stream"); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { forgive(cudaEventDestroy(event_)); }

  void record(cudaStream_t on) { check(cudaEventRecord(event_, on), "stream"); }
  void let_wait(cudaStream_t stream) { check(cudaStreamWaitEvent(stream, event_, 0), "stream"); }
  void wait() { check(cudaEventSynchronize(event_), "stream"); }

 private:
  cudaEvent_t event_ = nullptr;
};

/// Copies run beside the kernels on a stream of their own.
class CopyStream {
 public:
  CopyStream() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "stream"); }
  CopyStream(const CopyStream&) = delete;
  CopyStream& operator=(const CopyStream&) = delete;
  ~CopyStream() { forgive(cudaStreamDestroy(stream_)); }
  operator cudaStream_t() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

class Pinned {
 public:
  explicit Pinned(std::size_t bytes) { check(cudaMallocHost(&block_, bytes), "stream"); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  ~Pinned() { forgive(cudaFreeHost(block_)); }
  std::byte* data() const { return static_cast<std::byte*>(block_); }

 private:
  void* block_ = nullptr;
};

/// Of the device, and of no pool: a slot stays what it is.
class OnDevice {
 public:
  explicit OnDevice(std::size_t bytes) : bytes_(bytes), block_(allocate_apart(bytes)) {}
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;
  ~OnDevice() { free_apart(block_, bytes_); }
  std::byte* data() const { return static_cast<std::byte*>(block_); }

 private:
  std::size_t bytes_;
  void* block_;
};

struct Slot {
  explicit Slot(std::size_t bytes) : host(bytes), device(bytes) {}

  Pinned host;
  OnDevice device;
  Event uploaded, computed, downloaded;
};

struct Slots {
  explicit Slots(std::size_t bytes) : bytes(bytes), slot{Slot(bytes), Slot(bytes)} {}

  std::size_t bytes;
  CopyStream copies;
  Slot slot[2];
};

/// Between calls. Never destroyed: CUDA's own statics may be gone by then.
std::unique_ptr<Slots>& kept() {
  static auto* slots = new std::unique_ptr<Slots>();
  return *slots;
}

/// The slots of one call. Whatever happens, they are left when nothing is on its way any more.
class Pipeline {
 public:
  explicit Pipeline(std::size_t bytes) : slots_(std::move(kept())) {
    stream();  // the device, or why there is none
    if (slots_ != nullptr && slots_->bytes >= bytes) return;
    slots_.reset();  // before there are others
    slots_ = std::make_unique<Slots>(bytes);
  }
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;
  ~Pipeline() {
    if (slots_ == nullptr) return;
    forgive(cudaStreamSynchronize(slots_->copies));
    forgive(cudaStreamSynchronize(stream_));
    kept() = std::move(slots_);
  }

  void upload(std::size_t n, const Loading& load) {
    Slot& slot = slots_->slot[n % 2];
    OnItsWay& piece = pieces_[n % 2];
    piece.parcel.emplace(slot.host.data(), slot.device.data(), slots_->bytes);
    piece.compute = load(*piece.parcel);
    copy(slot.device.data(), slot.host.data(), piece.parcel->up(), cudaMemcpyHostToDevice);
    slot.uploaded.record(slots_->copies);
  }

  void compute(std::size_t n) {
    Slot& slot = slots_->slot[n % 2];
    slot.uploaded.let_wait(stream_);
    pieces_[n % 2].compute();
    slot.computed.record(stream_);
  }

  void download(std::size_t n) {
    Slot& slot = slots_->slot[n % 2];
    const Parcel& parcel = *pieces_[n % 2].parcel;
    slot.computed.let_wait(slots_->copies);
    copy(slot.host.data() + parcel.up(), slot.device.data() + parcel.up(), parcel.down(), cudaMemcpyDeviceToHost);
    slot.downloaded.record(slots_->copies);
  }

  void unpack(std::size_t n) {
    slots_->slot[n % 2].downloaded.wait();
    pieces_[n % 2].parcel->unpack();
  }

 private:
  struct OnItsWay {
    std::optional<Parcel> parcel;
    std::function<void()> compute;
  };

  void copy(std::byte* to, const std::byte* from, std::size_t bytes, cudaMemcpyKind kind) {
    if (bytes > 0) check(cudaMemcpyAsync(to, from, bytes, kind, slots_->copies), "stream");
  }

  std::unique_ptr<Slots> slots_;
  cudaStream_t stream_ = stream();
  OnItsWay pieces_[2];
};

}  // namespace

std::size_t Parcel::take(std::size_t bytes) {
  const std::size_t at = used_;
  used_ += (bytes + parcel_alignment - 1) / parcel_alignment * parcel_alignment;
  if (used_ > capacity_) throw std::logic_error("[stream] a piece is larger than it was counted to be");
  return at;
}

void stream_pieces(const std::vector<Loading>& pieces, std::size_t bytes) {
  if (pieces.empty()) return;
  Pipeline line(bytes);
  line.upload(0, pieces[0]);
  for (std::size_t n = 0; n < pieces.size(); ++n) {
    line.compute(n);
    if (n > 0) line.unpack(n - 1);  // its slot is the next one's
    if (n + 1 < pieces.size()) line.upload(n + 1, pieces[n + 1]);
    line.download(n);
  }
  line.unpack(pieces.size() - 1);
}

void release_stream_slots() noexcept { kept().reset(); }

}  // namespace mercer::cuda
