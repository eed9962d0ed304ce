#include "simt/machine/lane.hpp"

#include <array>

#include "simt/machine/fault.hpp"
#include "simt/machine/grid.hpp"
#include "simt/machine/running.hpp"
#include "simt/machine/warp.hpp"

namespace simt {
namespace {

std::string to_string(const uint3& i) {
  return "(" + std::to_string(i.x) + "," + std::to_string(i.y) + "," + std::to_string(i.z) + ")";
}

}  // namespace

const char* name_of(Op op) {
  constexpr std::array<const char*, 9> names{"__syncthreads",  "__syncwarp",       "__shfl_sync",
                                             "__shfl_up_sync", "__shfl_down_sync", "__shfl_xor_sync",
                                             "__ballot_sync",  "__any_sync",       "__all_sync"};
  return names[static_cast<std::size_t>(op)];
}

unsigned lane_id() { return running.id; }

std::uint64_t exchange(Op op, std::uint32_t mask, std::uint64_t value, unsigned source, const Site& site) {
  Lane& lane = *running.lane;
  lane.op = op;
  lane.mask = mask;
  lane.value = value;
  lane.source = source;
  lane.site = site;
  if ((mask >> running.id & 1) == 0)
    fault_here(std::string(name_of(op)) + ": the caller's bit is not in its mask", site);
  running.warp->wait_for_group(running.id);
  lane.fiber->suspend();
  return lane.value;
}

void block_barrier(const Site& site) {
  Lane& lane = *running.lane;
  lane.op = Op::syncthreads;
  lane.site = site;
  running.warp->wait_at_barrier(running.id);
  lane.fiber->suspend();
}

void fault_here(const std::string& what, const Site& site) {
  running.lane->site = site;
  throw Fault(what + ": " + place_of(*running.lane));
}

std::string place_of(const Lane& lane) {
  return "kernel " + running_kernel() + ", block " + to_string(blockIdx) + ", thread " + to_string(lane.index) + ", " +
         to_string(lane.site);
}

}  // namespace simt
