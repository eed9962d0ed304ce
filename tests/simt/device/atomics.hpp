#pragma once
// Atomics, relaxed as in CUDA: they don't order other accesses.

#include <atomic>
#include <concepts>
#include <type_traits>

namespace simt {

template <class T>
concept AtomicInteger = std::same_as<T, int> || std::same_as<T, unsigned> || std::same_as<T, unsigned long long>;
template <class T>
concept Atomic = AtomicInteger<T> || std::same_as<T, float>;

/// *address = change(*address); returns the value before.
template <class T, class Change>
T update(T* address, Change change) {
  std::atomic_ref<T> cell(*address);
  T old = cell.load(std::memory_order_relaxed);
  while (!cell.compare_exchange_weak(old, change(old), std::memory_order_relaxed)) {
  }
  return old;
}

}  // namespace simt

template <simt::Atomic T>
T atomicAdd(T* address, std::type_identity_t<T> value) {
  return simt::update(address, [value](T old) { return old + value; });
}

template <simt::AtomicInteger T>
T atomicMax(T* address, std::type_identity_t<T> value) {
  return simt::update(address, [value](T old) { return old < value ? value : old; });
}

template <simt::AtomicInteger T>
T atomicMin(T* address, std::type_identity_t<T> value) {
  return simt::update(address, [value](T old) { return value < old ? value : old; });
}

template <simt::Atomic T>
T atomicExch(T* address, std::type_identity_t<T> value) {
  return simt::update(address, [value](T) { return value; });
}

template <simt::AtomicInteger T>
T atomicCAS(T* address, std::type_identity_t<T> compare, std::type_identity_t<T> value) {
  return simt::update(address, [=](T old) { return old == compare ? value : old; });
}

// The CUDA threads run in turn on one processor, so a fence for the compiler is enough.
inline void __threadfence() { std::atomic_signal_fence(std::memory_order_seq_cst); }
