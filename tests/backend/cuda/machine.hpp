#pragma once

#include <string>
#include <vector>

#include "simt/simt.hpp"
#include "support/refused.hpp"

/// The SIMT machine for tests of the backend.
namespace mercer::test {

/// An unused machine with a device for each entry, and a backend without state of an earlier machine.
void fresh_machine(const std::vector<std::size_t>& device_bytes = {std::size_t{1} << 30});

/// Fails with a list of leaks unless all memory, streams and events were released.
void check_all_given_back();

inline bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace mercer::test
