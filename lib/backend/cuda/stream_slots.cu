#include "backend/cuda/stream_slots.hpp"

#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "backend/cuda/handles.hpp"
#include "backend/cuda/memory.hpp"
#include "backend/cuda/runtime.hpp"
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

/// Of the device, and of no pool: a slot stays what it is.
class OnDevice {
 public:
  explicit OnDevice(std::size_t bytes) : bytes_(bytes), block_(allocate_apart(bytes)) {}
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;
  ~OnDevice() { free_apart(block_, bytes_); }
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
  OnDevice there;
  Event uploaded = new_event(), computed = new_event(), downloaded = new_event();
};

struct Slots {
  explicit Slots(std::size_t bytes) : bytes(bytes), slot{Slot(bytes), Slot(bytes)} {}

  std::size_t bytes;
  Stream copies = new_stream();  // copies run beside the kernels
  Slot slot[2];
};

/// Those of the device in use, between calls. Never destroyed: CUDA's own statics may be gone by then.
std::unique_ptr<Slots>& kept() {
  static auto* slots = new std::array<std::unique_ptr<Slots>, most_devices>();
  return (*slots)[static_cast<std::size_t>(cuda_device_in_use())];
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
    forgive(cudaStreamSynchronize(copies()));
    forgive(cudaStreamSynchronize(stream_));
    kept() = std::move(slots_);
  }

  void upload(std::size_t n, const Loading& load) {
    Slot& slot = slots_->slot[n % 2];
    OnItsWay& piece = pieces_[n % 2];
    piece.parcel.emplace(slot.host(), slot.device(), slots_->bytes);
    piece.compute = load(*piece.parcel);
    copy(slot.device(), slot.host(), piece.parcel->up(), cudaMemcpyHostToDevice);
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
    const Parcel& parcel = *pieces_[n % 2].parcel;
    let_wait(copies(), slot.computed);
    copy(slot.host() + parcel.up(), slot.device() + parcel.up(), parcel.down(), cudaMemcpyDeviceToHost);
    record(slot.downloaded, copies());
  }

  void unpack(std::size_t n) {
    check(cudaEventSynchronize(slots_->slot[n % 2].downloaded.get()), "stream");
    pieces_[n % 2].parcel->unpack();
  }

 private:
  struct OnItsWay {
    std::optional<Parcel> parcel;
    std::function<void()> compute;
  };

  cudaStream_t copies() const { return slots_->copies.get(); }
  void copy(std::byte* to, const std::byte* from, std::size_t bytes, cudaMemcpyKind kind) {
    if (bytes > 0) check(cudaMemcpyAsync(to, from, bytes, kind, copies()), "stream");
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
