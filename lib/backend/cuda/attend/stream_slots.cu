#include "backend/cuda/attend/stream_slots.hpp"

#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "backend/cuda/runtime/handles.hpp"
#include "backend/cuda/runtime/memory.hpp"
#include "backend/cuda/runtime/runtime.hpp"
#include "mercer/device/device.hpp"

namespace mercer::cuda {
namespace {

using Stream = std::unique_ptr<std::remove_pointer_t<cudaStream_t>, Released<cudaStreamDestroy>>;
using Event = std::unique_ptr<std::remove_pointer_t<cudaEvent_t>, Released<cudaEventDestroy>>;

Stream new_stream() {
  cudaStream_t made = nullptr;
  check(cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking), "stream");
  return Stream(made);
}

Event new_event() {
  cudaEvent_t made = nullptr;
  check(cudaEventCreateWithFlags(&made, cudaEventDisableTiming), "stream");
  return Event(made);
}

void record(const Event& event, cudaStream_t on) { check(cudaEventRecord(event.get(), on), "stream"); }
void let_wait(cudaStream_t stream, const Event& event) { check(cudaStreamWaitEvent(stream, event.get(), 0), "stream"); }

/// A block of device memory outside the pools.
class DeviceBlock {
 public:
  explicit DeviceBlock(std::size_t bytes) : bytes_(bytes), block_(allocate_apart(bytes)) {}
  DeviceBlock(const DeviceBlock&) = delete;
  DeviceBlock& operator=(const DeviceBlock&) = delete;
  ~DeviceBlock() { free_apart(block_, bytes_); }
  void* get() const { return block_; }

 private:
  std::size_t bytes_;
  void* block_;
};

struct Slot {
  explicit Slot(std::size_t bytes) : pinned(new_pinned(bytes, "stream")), there(bytes) {}

  std::byte* host() const { return static_cast<std::byte*>(pinned.get()); }
  std::byte* device() const { return static_cast<std::byte*>(there.get()); }

  Pinned pinned;
  DeviceBlock there;
  Event uploaded = new_event(), computed = new_event(), downloaded = new_event();
};

struct Slots {
  explicit Slots(std::size_t bytes) : bytes(bytes), slot{Slot(bytes), Slot(bytes)} {}

  std::size_t bytes;
  Stream copies = new_stream();  // copies overlap the kernels
  Slot slot[2];
};

/// The slots of the current device, kept between calls. Never destroyed, because CUDA's own statics may be gone by
/// then.
std::unique_ptr<Slots>& kept() {
  static auto* slots = new std::array<std::unique_ptr<Slots>, most_devices>();
  return (*slots)[static_cast<std::size_t>(cuda_device_in_use())];
}

/// The slots of one call. The destructor waits until no copy or kernel uses them.
class Pipeline {
 public:
  explicit Pipeline(std::size_t bytes) : slots_(std::move(kept())) {
    stream();  // throws when there is no device
    if (slots_ != nullptr && slots_->bytes >= bytes) return;
    slots_.reset();  // frees them before the allocation
    slots_ = std::make_unique<Slots>(bytes);
  }
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;
  ~Pipeline() {
    if (slots_ == nullptr) return;
    forgive(cudaStreamSynchronize(copies()));
    forgive(cudaStreamSynchronize(stream_));
    kept() = std::move(slots_);
  }

  void upload(std::size_t n, const LoadPiece& load) {
    Slot& slot = slots_->slot[n % 2];
    InFlight& piece = pieces_[n % 2];
    piece.buffer.emplace(slot.host(), slot.device(), slots_->bytes);
    piece.compute = load(*piece.buffer);
    copy(slot.device(), slot.host(), piece.buffer->upload_bytes(), cudaMemcpyHostToDevice);
    record(slot.uploaded, copies());
  }

  void compute(std::size_t n) {
    Slot& slot = slots_->slot[n % 2];
    let_wait(stream_, slot.uploaded);
    pieces_[n % 2].compute();
    record(slot.computed, stream_);
  }

  void download(std::size_t n) {
    Slot& slot = slots_->slot[n % 2];
    const StagingBuffer& buffer = *pieces_[n % 2].buffer;
    let_wait(copies(), slot.computed);
    copy(slot.host() + buffer.upload_bytes(), slot.device() + buffer.upload_bytes(), buffer.download_bytes(),
         cudaMemcpyDeviceToHost);
    record(slot.downloaded, copies());
  }

  void unpack(std::size_t n) {
    check(cudaEventSynchronize(slots_->slot[n % 2].downloaded.get()), "stream");
    pieces_[n % 2].buffer->unpack();
  }

 private:
  struct InFlight {
    std::optional<StagingBuffer> buffer;
    std::function<void()> compute;
  };

  cudaStream_t copies() const { return slots_->copies.get(); }
  void copy(std::byte* to, const std::byte* from, std::size_t bytes, cudaMemcpyKind kind) {
    if (bytes > 0) check(cudaMemcpyAsync(to, from, bytes, kind, copies()), "stream");
  }

  std::unique_ptr<Slots> slots_;
  cudaStream_t stream_ = stream();
  InFlight pieces_[2];
};

}  // namespace

std::size_t StagingBuffer::allocate(std::size_t bytes) {
  const std::size_t at = used_;
  used_ += (bytes + staging_alignment - 1) / staging_alignment * staging_alignment;
  if (used_ > capacity_) throw std::logic_error("[stream] a piece is larger than it was counted to be");
  return at;
}

void stream_pieces(const std::vector<LoadPiece>& pieces, std::size_t bytes) {
  if (pieces.empty()) return;
  Pipeline line(bytes);
  line.upload(0, pieces[0]);
  for (std::size_t n = 0; n < pieces.size(); ++n) {
    line.compute(n);
    if (n > 0) line.unpack(n - 1);  // the next piece uses its slot
    if (n + 1 < pieces.size()) line.upload(n + 1, pieces[n + 1]);
    line.download(n);
  }
  line.unpack(pieces.size() - 1);
}

void release_stream_slots() noexcept { kept().reset(); }

}  // namespace mercer::cuda
