#include "simt/machine/block.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "simt/machine/fault.hpp"
#include "simt/machine/running.hpp"

namespace simt {
namespace {

const Grid* launched = nullptr;

void run_thread() {
  try {
    launched->body(launched->arguments);
  } catch (...) {
    failure = std::current_exception();
  }
  running.warp->exit(running.id);
}

char* allocate_shared(std::size_t bytes) {
  void* memory = nullptr;
  if (posix_memalign(&memory, 128, bytes) != 0) throw std::bad_alloc();
  return static_cast<char*>(memory);
}

}  // namespace

void Block::Free::operator()(char* memory) const { std::free(memory); }

template <class Visit>
void Block::for_each_lane(Visit visit) {
  for (unsigned t = 0; t < threads_; ++t)
    visit(warps_[t / warp_lanes].lane(t % warp_lanes));
}

void Block::begin(const Grid& grid) {
  grid_ = launched = &grid;
  kernel_ = grid.kernel;
  threads_ = grid.threads.x * grid.threads.y * grid.threads.z;
  warp_count_ = (threads_ + warp_lanes - 1) / warp_lanes;
  finished_ = std::make_unique<Meeting>();
  make_fibers();
  if (grid.shared_bytes > 0 && !under_tsan) arenas_.emplace_back(allocate_shared(grid.shared_bytes));
}

void Block::end() {
  finish_lanes();  // a fault may have left some behind
  finished_->acquire();
  finished_.reset();
  arenas_.clear();
  running = {};
}

void Block::run(Picker picker) {
  prepare_shared();
  start_lanes();
  do {
    while (const std::uint32_t runnable = runnable_warps())
      warps_[picker.pick(runnable)].run(picker);
  } while (pass_barrier());
  finish_lanes();
}

void Block::prepare_shared() {
  if (grid_->shared_bytes == 0) return;
  if (under_tsan) arenas_.emplace_back(allocate_shared(grid_->shared_bytes));
  std::memset(shared(), 0xFF, grid_->shared_bytes);
}

// Blocks that share no fiber are unordered to TSan; making one for each thread of a grid would be slow.
void Block::make_fibers() {
  const unsigned wanted = under_tsan ? std::max(256u, 2 * threads_) : threads_;
  while (fibers_.size() < wanted)
    fibers_.push_back(std::make_unique<Fiber>());
}

void Block::start_lanes() {
  for (unsigned w = 0; w < warp_count_; ++w) {
    const unsigned first = w * warp_lanes;
    warps_[w].start(first, std::min(warp_lanes, threads_ - first), grid_->threads);
  }
  if (!under_tsan) next_fiber_ = 0;  // the stacks of the last block are still in the cache
  Meeting begun;
  begun.release();
  for_each_lane([&](Lane& lane) {
    lane.fiber = fibers_[next_fiber_++ % fibers_.size()].get();
    lane.fiber->start(run_thread);
    begun.acquire(lane);
  });
}

void Block::finish_lanes() {
  if (under_tsan) for_each_lane([this](Lane& lane) { finished_->release(lane); });
}

std::uint32_t Block::runnable_warps() const {
  std::uint32_t mask = 0;
  for (unsigned w = 0; w < warp_count_; ++w)
    mask |= static_cast<std::uint32_t>(warps_[w].is_runnable()) << w;
  return mask;
}

bool Block::pass_barrier() {
  const Lane* first = nullptr;
  Meeting meeting;
  for (unsigned t = 0; t < threads_; ++t) {
    Warp& warp = warps_[t / warp_lanes];
    if ((warp.lanes_at_barrier() >> t % warp_lanes & 1) == 0) continue;
    const Lane& lane = warp.lane(t % warp_lanes);
    if (first == nullptr) first = &lane;
    if (!same_site(first->site, lane.site)) {
      throw Fault("divergent __syncthreads: " + place_of(*first) + " / " + place_of(lane));
    }
    meeting.release(lane);
  }
  if (first == nullptr) return false;
  for (unsigned t = 0; t < threads_; ++t) {
    Warp& warp = warps_[t / warp_lanes];
    if ((warp.lanes_at_barrier() >> t % warp_lanes & 1) != 0) meeting.acquire(warp.lane(t % warp_lanes));
  }
  for (unsigned w = 0; w < warp_count_; ++w)
    warps_[w].release_barrier();
  return true;
}

}  // namespace simt
