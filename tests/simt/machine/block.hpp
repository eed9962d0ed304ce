#pragma once
// One block: its warps, its barrier, its shared memory. The object is reused for all blocks and launches.

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "simt/machine/grid.hpp"
#include "simt/machine/happens_before.hpp"
#include "simt/machine/warp.hpp"

namespace simt {

inline constexpr unsigned max_block_threads = 1024;

class Block {
 public:
  /// While it is alive, the block belongs to one grid.
  class Launch {
   public:
    Launch(Block& block, const Grid& grid) : block_(block) { block.begin(grid); }
    ~Launch() { block_.end(); }
    Launch(const Launch&) = delete;
    Launch& operator=(const Launch&) = delete;

   private:
    Block& block_;
  };

  void run(Picker picker);
  void* shared() const { return arenas_.empty() ? nullptr : arenas_.back().get(); }
  const std::string& kernel() const { return kernel_; }

 private:
  struct Free {
    void operator()(char* memory) const;
  };

  void begin(const Grid& grid);
  void end();
  void start_lanes();
  void finish_lanes();
  void make_fibers();
  void prepare_shared();
  std::uint32_t runnable_warps() const;
  /// True when all live threads had arrived at the barrier and continue; false when all have returned.
  bool pass_barrier();
  template <class Visit>
  void for_each_lane(Visit visit);

  std::array<Warp, max_block_threads / warp_lanes> warps_;
  std::string kernel_;
  const Grid* grid_ = nullptr;
  unsigned threads_ = 0, warp_count_ = 0;
  // one a launch; under TSan one a block, so that TSan sees races between blocks
  std::vector<std::unique_ptr<char, Free>> arenas_;
  std::unique_ptr<Meeting> finished_;  // all lanes of the grid happen before the host continues
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::size_t next_fiber_ = 0;
};

}  // namespace simt
