#include "mercer/experiment/peak_memory.hpp"

#include <sys/resource.h>

#include <fstream>
#include <string>

namespace mercer {

double peak_memory_mb() {
  // VmHWM counts from the start of this program; ru_maxrss would include what the parent held before it
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (double kilobytes = 0; word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024 / 1e6;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
}

}  // namespace mercer
