#include "simt/simt.hpp"

#include <string>

#include "simt/runtime/device.hpp"
#include "simt/runtime/memory.hpp"
#include "simt/runtime/status.hpp"
#include "simt/runtime/stream.hpp"

namespace simt {

Config& config() {
  static Config config;
  return config;
}

void reset(const std::vector<std::size_t>& device_bytes) {
  queue().reset();
  reset_graphs();
  reset_events();
  reset_streams();
  release_all_memory();
  reset_status();
  set_devices(device_bytes);
  config() = {};
  reset_traffic();
  queue().throw_kept();
}

void check_leaks() {
  queue().run_all();
  const std::string left = list_allocations() + list_streams() + list_events() + list_graphs();
  if (!left.empty()) throw Fault("not given back:" + left);
}

}  // namespace simt
