#include "simt/runtime/memory.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <new>

#include "simt/machine/fault.hpp"
#include "simt/machine/sanitizer.hpp"
#include "simt/runtime/crash.hpp"
#include "simt/runtime/device.hpp"

namespace simt {
namespace {

constexpr std::size_t page = 4096, alignment = 256;  // cudaMalloc promises 256

std::map<const char*, Allocation> allocations;  // by base
int open_count = 0;

std::size_t round_up(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

// The end falls on the last page, which stays locked.
Allocation map_pages(std::size_t bytes, int device) {
  const std::size_t mapped = round_up(bytes, page) + page;
  void* memory = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  char* guard = static_cast<char*>(memory) + mapped - page;
  mprotect(guard, page, PROT_NONE);
  return {guard - round_up(bytes, alignment), bytes, device, static_cast<char*>(memory), mapped};
}

Allocation allocate_exact(std::size_t bytes, int device) {
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, bytes) != 0) throw std::bad_alloc();
  return {static_cast<char*>(memory), bytes, device, static_cast<char*>(memory), 0};
}

void lock(const Allocation& allocation, bool locked) {
  if (allocation.device < 0) return;
#if defined(SIMT_ASAN)
  if (locked) {
    __asan_poison_memory_region(allocation.base, allocation.bytes);
  } else {
    __asan_unpoison_memory_region(allocation.base, allocation.bytes);
  }
#elif !defined(SIMT_TSAN)
  mprotect(allocation.mapping, allocation.mapped - page, locked ? PROT_NONE : PROT_READ | PROT_WRITE);
#else
  static_cast<void>(locked);
#endif
}

void* allocate(std::size_t bytes, int device) {
  const Allocation made = under_asan || under_tsan ? allocate_exact(bytes, device) : map_pages(bytes, device);
  std::memset(made.base, 0xFF, bytes);
  allocations.emplace(made.base, made);
  if (open_count == 0) lock(made, true);
  return made.base;
}

void give_back(const Allocation& allocation) {
  if (allocation.mapped > 0) {
    munmap(allocation.mapping, allocation.mapped);
  } else {
    lock(allocation, false);
    std::free(allocation.mapping);
  }
}

void release(void* memory, bool on_device, const char* call) {
  const auto found = allocations.find(static_cast<const char*>(memory));
  if (found == allocations.end() || (found->second.device >= 0) != on_device) {
    throw Fault(std::string(call) + ": not memory of its kind, or given back before");
  }
  give_back(found->second);
  allocations.erase(found);
}

}  // namespace

void* allocate_device(int device, std::size_t bytes) {
  report_crashes();
  const std::size_t room = device_bytes(device) - device_bytes_in_use(device);
  return bytes > room ? nullptr : allocate(bytes, device);
}

void* allocate_host(std::size_t bytes) { return allocate(bytes, -1); }

void release_device(void* memory) { release(memory, true, "cudaFree"); }

void release_host(void* memory) { release(memory, false, "cudaFreeHost"); }

const Allocation* find_allocation(const void* memory) {
  const auto next = allocations.upper_bound(static_cast<const char*>(memory));
  if (next == allocations.begin()) return nullptr;
  const Allocation& before = std::prev(next)->second;
  return before.covers(memory, 1) ? &before : nullptr;
}

const Allocation& require_device_range(const void* memory, std::size_t bytes, const std::string& what) {
  const Allocation* allocation = find_allocation(memory);
  if (allocation == nullptr || allocation->device < 0) throw Fault(what + " is not device memory");
  if (!allocation->covers(memory, bytes)) {
    const auto offset = static_cast<std::size_t>(static_cast<const char*>(memory) - allocation->base);
    throw Fault(what + " passes its allocation: bytes " + std::to_string(offset) + " to " +
                std::to_string(offset + bytes) + " of " + std::to_string(allocation->bytes));
  }
  return *allocation;
}

std::size_t device_bytes_in_use(int device) {
  std::size_t total = 0;
  for (const auto& [base, allocation] : allocations) {
    if (allocation.device == device) total += round_up(allocation.bytes, alignment);
  }
  return total;
}

std::string list_allocations() {
  std::string lines;
  for (const auto& [base, allocation] : allocations) {
    lines += "\n  " + std::to_string(allocation.bytes) + " bytes of " +
             (allocation.device < 0 ? "page-locked host memory" : "device " + std::to_string(allocation.device));
  }
  return lines;
}

void release_all_memory() {
  for (const auto& [base, allocation] : allocations)
    give_back(allocation);
  allocations.clear();
}

OpenMemory::OpenMemory() {
  if (open_count++ > 0) return;
  for (const auto& [base, allocation] : allocations)
    lock(allocation, false);
}

OpenMemory::~OpenMemory() {
  if (--open_count > 0) return;
  for (const auto& [base, allocation] : allocations)
    lock(allocation, true);
}

bool is_memory_open() { return open_count > 0; }

}  // namespace simt
