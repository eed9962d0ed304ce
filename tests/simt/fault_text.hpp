#pragma once
#include <string>

#include "simt/machine/fault.hpp"

namespace simt {

/// The message of the Fault that the action throws; empty when it throws none.
template <class Action>
std::string fault_of(Action action) {
  try {
    action();
  } catch (const Fault& fault) {
    return fault.what();
  }
  return {};
}

inline bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace simt
