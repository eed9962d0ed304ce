#include "mercer/experiment/machine.hpp"

#include "mercer/base/buffer.hpp"
#include "mercer/device/device.hpp"

namespace mercer {

namespace {

std::string named(int number) { return "cuda:" + std::to_string(number) + ", " + cuda_description(number); }

}  // namespace

std::string device_name(Device device) { return device.is_cpu() ? "cpu" : named(numbered(device).number); }

std::string in_words(const Machine& machine) {
  if (machine.device.is_cpu()) return "cpu, " + std::to_string(machine.ranks) + " ranks";
  std::string words;
  for (const int device : machine.joined.devices)
    words += named(device) + "; ";
  return words + carrier(machine.joined);
}

}  // namespace mercer
