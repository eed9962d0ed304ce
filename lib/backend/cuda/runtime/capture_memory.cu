#include "backend/cuda/runtime/capture_memory.hpp"

#include <mutex>
#include <new>
#include <vector>

#include "backend/cuda/runtime/capture.hpp"

namespace mercer {
namespace {

/// All live capture memories: a block may be freed on any thread and long after the capture. Never destroyed, since
/// buffers of static lifetime may be freed last.
struct LiveMemories {
  std::mutex mutex;
  std::vector<CaptureMemory::Blocks*> blocks;
};

LiveMemories& live_memories() {
  static auto* the = new LiveMemories;
  return *the;
}

}  // namespace

CaptureMemory::Blocks::Blocks() : pool_(cuda::take_shared, cuda::give_back_shared, ~std::size_t{0}) {
  const std::scoped_lock lock(live_memories().mutex);
  live_memories().blocks.push_back(this);
}

CaptureMemory::Blocks::~Blocks() {
  const std::scoped_lock lock(live_memories().mutex);
  std::erase(live_memories().blocks, this);
  pool_.release();
}

void* CaptureMemory::Blocks::take(std::size_t bytes) {
  void* block = pool_.take(bytes);
  const std::scoped_lock lock(live_memories().mutex);
  mine_.insert(block);
  return block;
}

bool CaptureMemory::Blocks::give_back(void* block, std::size_t bytes) noexcept {
  if (!mine_.contains(block)) return false;
  pool_.give_back(block, bytes);
  return true;
}

bool CaptureMemory::Blocks::adopt(void* block, std::size_t bytes) noexcept {
  try {
    const std::scoped_lock lock(live_memories().mutex);
    mine_.insert(block);
  } catch (const std::bad_alloc&) {
    return false;
  }
  pool_.give_back(block, bytes);
  return true;
}

CaptureMemory::CaptureMemory() : blocks_(std::make_unique<Blocks>()) {}
CaptureMemory::~CaptureMemory() = default;

bool cuda::give_back_to_its_capture(void* block, std::size_t bytes) noexcept {
  const std::scoped_lock lock(live_memories().mutex);
  for (CaptureMemory::Blocks* blocks : live_memories().blocks)
    if (blocks->give_back(block, bytes)) return true;
  return false;
}

}  // namespace mercer
