#pragma once
// Device memory and page-locked host memory. Host code can't touch device memory outside of kernels and copies: its
// pages are protected (under AddressSanitizer poisoned; under ThreadSanitizer not protected). Each allocation ends at a
// protected page or, under a sanitizer, at its exact size.

#include <cstddef>
#include <string>

namespace simt {

struct Allocation {
  char* base;
  std::size_t bytes;
  int device;     // -1: page-locked host memory
  char* mapping;  // the pages from the system
  std::size_t mapped = 0;

  bool covers(const void* from, std::size_t n) const {
    const auto* first = static_cast<const char*>(from);
    return first >= base && first + n <= base + bytes;
  }
};

/// Allocates memory filled with all ones, so that floats read as NaN; nullptr when the device is full.
void* allocate_device(int device, std::size_t bytes);
void* allocate_host(std::size_t bytes);
/// Frees memory. Throws Fault when `memory` is not the start of a live allocation of that kind.
void release_device(void* memory);
void release_host(void* memory);

/// The allocation that `memory` points into; nullptr: none.
const Allocation* find_allocation(const void* memory);
/// Throws Fault unless [memory, memory + bytes) lies in one allocation on a device.
const Allocation& require_device_range(const void* memory, std::size_t bytes, const std::string& what);

std::size_t device_bytes_in_use(int device);
/// One line for each live allocation; empty: none.
std::string list_allocations();
void release_all_memory();

/// While alive, host code can touch device memory.
class OpenMemory {
 public:
  OpenMemory();
  ~OpenMemory();
  OpenMemory(const OpenMemory&) = delete;
  OpenMemory& operator=(const OpenMemory&) = delete;
};
bool is_memory_open();

}  // namespace simt
