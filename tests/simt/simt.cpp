#include "simt/simt.hpp"

#include <string>

#include "simt/runtime/device.hpp"
#include "simt/runtime/memory.hpp"
#include "simt/runtime/queue.hpp"
#include "simt/runtime/status.hpp"

namespace simt {

Config& config() {
  static Config config;
  return config;
}

void reset(const std::vector<std::size_t>& device_bytes) {
  reset_queue();
  release_all_memory();
  reset_status();
  set_devices(device_bytes);
  config() = {};
}

void check_leaks() {
  const std::string left = list_allocations() + list_handles();
  if (!left.empty()) throw Fault("not given back:" + left);
}

}  // namespace simt
