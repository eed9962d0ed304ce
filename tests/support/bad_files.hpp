#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "mercer/base/random.hpp"
#include "support/npz_writer.hpp"

namespace mercer::test {

/// Bytes of a pickle, opcode by opcode (protocol 2), to be joined; `pickle` adds the start and the stop.
std::string pickle(const std::string& body);
std::string pickled(std::int32_t value);
std::string pickled(const std::string& text);
std::string pickled_global(const std::string& module, const std::string& name);
std::string pickled_array(const std::string& dtype, const std::vector<std::int32_t>& shape, const std::string& items);
std::string pickled_csr(std::int32_t rows, std::int32_t columns, const std::vector<std::int32_t>& offset,
                        const std::vector<std::int32_t>& column, const std::vector<float>& value);
std::string pickled_lists(const std::vector<std::vector<std::int32_t>>& neighbours);  // defaultdict(list)

/// Small valid data sets. The Planetoid set by member ("allx") has 8 nodes, 5 words, 2 classes; nodes 0 and 1 train, 5
/// and 7 test, 6 has no row. The archives have 4 nodes.
std::map<std::string, std::string> small_planetoid();
Members small_gnn_benchmark();
Members small_heterophilous();

/// Writes ind.small.*; returns the prefix.
std::filesystem::path write_planetoid(const std::filesystem::path& folder,
                                      const std::map<std::string, std::string>& files);

/// The members with one replaced, or added if it is missing.
Members with(Members members, const std::string& name, const std::string& bytes);
Members without(const Members& members, const std::string& name);

/// Makes one to four changes: flips a bit, sets a byte or an extreme integer, removes, doubles or moves a piece, cuts
/// off the end.
std::string mutated(std::string bytes, Random& random);

}  // namespace mercer::test
