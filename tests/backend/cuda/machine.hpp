#pragma once

#include <string>
#include <vector>

#include "simt/simt.hpp"
#include "support/refused.hpp"

/// The SIMT machine as the backend meets it.
namespace mercer::test {

/// A machine that nothing has used yet, with a device for each entry, and a backend that holds nothing of another.
void fresh_machine(const std::vector<std::size_t>& device_bytes = {std::size_t{1} << 30});

/// Fails, with a list, unless all memory, streams and events were given back.
void check_all_given_back();

inline bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace mercer::test
