#include "simt/runtime/arguments.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstring>

#include "simt/machine/fault.hpp"
#include "simt/runtime/memory.hpp"

namespace simt {
namespace {

constexpr std::uintptr_t page = 4096;

// The page below which nothing lies: an offset from a null pointer is as good as null.
bool is_null(std::uintptr_t word) { return word < 16 * page; }

// Heap, stacks, libraries and this program all lie high, so two packed ints hardly ever look like one of them.
bool is_host_address(std::uintptr_t word) {
  if (word < 0x500000000000u || word >= 0x800000000000u) return false;
  unsigned char resident = 0;
  return mincore(reinterpret_cast<void*>(word / page * page), page, &resident) == 0;
}

// Of the memory that `word` points into or just past: a view's end is no access.
const Allocation* allocation_of(std::uintptr_t word) {
  const Allocation* allocation = find_allocation(reinterpret_cast<void*>(word));
  return allocation != nullptr ? allocation : find_allocation(reinterpret_cast<void*>(word - 1));
}

// What is wrong with a word, if anything. Padding can hold a word of an earlier call.
std::string judge(std::uintptr_t word, bool is_pointer, bool has_garbage, int device) {
  if (is_null(word)) return {};
  if (const Allocation* allocation = allocation_of(word)) {
    if (allocation->device < 0 || allocation->device == device || has_garbage) return {};
    return "memory of device " + std::to_string(allocation->device) + ", the kernel runs on device " +
           std::to_string(device);
  }
  if (is_host_address(word) && !has_garbage) return "a host pointer";
  return is_pointer ? "a pointer to nothing that is allocated" : "";
}

}  // namespace

void check_arguments(const std::string& kernel, int device, std::span<const Argument> arguments) {
  for (std::size_t a = 0; a < arguments.size(); ++a) {
    const Argument& argument = arguments[a];
    if (argument.alignment < alignof(void*)) continue;  // holds no pointer
    for (std::size_t at = 0; at + sizeof(void*) <= argument.size; at += sizeof(void*)) {
      std::uintptr_t word = 0;
      std::memcpy(&word, static_cast<const char*>(argument.bytes) + at, sizeof word);
      const std::string wrong = judge(word, argument.is_pointer, argument.has_garbage, device);
      if (wrong.empty()) continue;
      throw Fault("launch of kernel " + kernel + ": argument " + std::to_string(a + 1) +
                  (argument.is_pointer ? " is " : ", at byte " + std::to_string(at) + ", holds ") + wrong);
    }
  }
}

}  // namespace simt
