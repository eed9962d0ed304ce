#include "support/bad_files.hpp"

#include <algorithm>
#include <array>
#include <fstream>

namespace mercer::test {

std::string pickle(const std::string& body) { return "\x80\x02" + body + "."; }

std::string pickled(std::int32_t value) {
  if (value >= 0 && value < 256) return "K" + std::string(1, static_cast<char>(value));
  if (value >= 0 && value < 65536) return "M" + raw<std::uint16_t>({static_cast<std::uint16_t>(value)});
  return "J" + raw<std::int32_t>({value});
}

std::string pickled(const std::string& text) {
  if (text.size() < 256) return "U" + std::string(1, static_cast<char>(text.size())) + text;
  return "T" + raw<std::int32_t>({static_cast<std::int32_t>(text.size())}) + text;
}

std::string pickled_global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}

std::string pickled_array(const std::string& dtype, const std::vector<std::int32_t>& shape, const std::string& items) {
  std::string lengths = "(";
  for (const std::int32_t length : shape)
    lengths += pickled(length);
  const std::string made = pickled_global("numpy.core.multiarray", "_reconstruct") +
                           pickled_global("numpy", "ndarray") + pickled(0) + "\x85" + pickled(std::string("b")) +
                           "\x87R";
  const std::string type = pickled_global("numpy", "dtype") + pickled(dtype) + pickled(0) + pickled(1) + "\x87R(" +
                           pickled(3) + pickled(std::string("<")) + "NNN" + pickled(-1) + pickled(-1) + pickled(0) +
                           "tb";
  return made + "(" + pickled(1) + lengths + "t" + type + "\x89" + pickled(items) + "tb";
}

std::string pickled_csr(std::int32_t rows, std::int32_t columns, const std::vector<std::int32_t>& offset,
                        const std::vector<std::int32_t>& column, const std::vector<float>& value) {
  const auto length = [](const auto& items) { return static_cast<std::int32_t>(items.size()); };
  const auto text = [](const char* key) { return pickled(std::string(key)); };
  return pickled_global("scipy.sparse.csr", "csr_matrix") + ")\x81}(" + text("format") + text("csr") + text("_shape") +
         pickled(rows) + pickled(columns) + "\x86" + text("indptr") +
         pickled_array("i4", {length(offset)}, raw(offset)) + text("_cs_matrix__has_sorted_indices") + "\x88" +
         text("indices") + pickled_array("i4", {length(column)}, raw(column)) + text("maxprint") + pickled(50) +
         text("data") + pickled_array("f4", {length(value)}, raw(value)) + "ub";
}

std::string pickled_lists(const std::vector<std::vector<std::int32_t>>& neighbours) {
  std::string body = pickled_global("collections", "defaultdict") + pickled_global("__builtin__", "list") + "\x85R(";
  for (std::size_t i = 0; i < neighbours.size(); ++i) {
    body += pickled(static_cast<std::int32_t>(i)) + "](";
    for (const std::int32_t j : neighbours[i])
      body += pickled(j);
    body += "e";
  }
  return body + "u";
}

std::map<std::string, std::string> small_planetoid() {
  const auto one_hot = [](const std::vector<std::int32_t>& marks) {
    return pickle(pickled_array("i4", {static_cast<std::int32_t>(marks.size() / 2), 2}, raw(marks)));
  };
  return {{"x", pickle(pickled_csr(2, 5, {0, 2, 3}, {0, 3, 1}, {1, 1, 1}))},
          {"y", one_hot({1, 0, 0, 1})},
          {"allx", pickle(pickled_csr(5, 5, {0, 2, 3, 3, 5, 6}, {0, 3, 1, 2, 4, 0}, {1, 1, 1, 0.5f, 2, 1}))},
          {"ally", one_hot({1, 0, 0, 1, 0, 0, 1, 0, 0, 1})},
          {"tx", pickle(pickled_csr(2, 5, {0, 1, 3}, {4, 1, 2}, {3, 1, 1}))},
          {"ty", one_hot({0, 1, 1, 0})},
          {"graph", pickle(pickled_lists({{1, 1}, {0, 0, 2}, {1, 2}, {4}, {3}, {7}, {}, {5}}))},
          {"test.index", "7\n5\n"}};
}

Members small_gnn_benchmark() {
  return {{"adj_data.npy", npy("<f4", "(4,)", raw<float>({1, 1, 1, 1}))},
          {"adj_indices.npy", npy("<i4", "(4,)", raw<std::int32_t>({1, 2, 2, 3}))},
          {"adj_indptr.npy", npy("<i4", "(5,)", raw<std::int32_t>({0, 2, 3, 3, 4}))},
          {"adj_shape.npy", npy("<i8", "(2,)", raw<std::int64_t>({4, 4}))},
          {"attr_data.npy", npy("<f4", "(4,)", raw<float>({1, 2, 0, 4}))},
          {"attr_indices.npy", npy("<i4", "(4,)", raw<std::int32_t>({2, 0, 1, 1}))},
          {"attr_indptr.npy", npy("<i4", "(5,)", raw<std::int32_t>({0, 2, 3, 4, 4}))},
          {"attr_shape.npy", npy("<i8", "(2,)", raw<std::int64_t>({4, 3}))},
          {"labels.npy", npy("|i1", "(4,)", std::string("\0\1\0\1", 4))},
          {"class_names.npy", npy("|S3", "(2,)", std::string("onetwo"))},
          {"node_names.npy", npy("|S1", "(4,)", std::string("abcd"))}};
}

Members small_heterophilous() {
  return {{"node_features.npy", npy("<f4", "(4, 2)", raw<float>({1, 0, 2, 3, 0, 4, 5, 6}))},
          {"node_labels.npy", npy("<i8", "(4,)", raw<std::int64_t>({0, 2, 1, 0}))},
          {"edges.npy", npy("<i8", "(3, 2)", raw<std::int64_t>({0, 1, 2, 1, 3, 3}))},
          {"train_masks.npy", npy("|b1", "(2, 4)", std::string("\1\0\0\1\0\0\0\0", 8), true)},
          {"val_masks.npy", npy("|b1", "(2, 4)", std::string("\0\0\1\0\0\1\0\0", 8), true)},
          {"test_masks.npy", npy("|b1", "(2, 4)", std::string("\0\1\0\0\1\0\1\1", 8), true)}};
}

std::filesystem::path write_planetoid(const std::filesystem::path& folder,
                                      const std::map<std::string, std::string>& files) {
  for (const auto& [name, bytes] : files)
    std::ofstream(folder / ("ind.small." + name), std::ios::binary) << bytes;
  return folder / "ind.small";
}

Members with(Members members, const std::string& name, const std::string& bytes) {
  for (auto& member : members)
    if (member.first == name) {
      member.second = bytes;
      return members;
    }
  members.emplace_back(name, bytes);
  return members;
}

Members without(const Members& members, const std::string& name) {
  Members rest;
  for (const auto& member : members)
    if (member.first != name) rest.push_back(member);
  return rest;
}

namespace {

constexpr std::array<std::uint32_t, 8> extremes{0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};

void change(std::string& bytes, Random& random) {
  const auto place = [&] { return std::size_t{random.below(static_cast<std::uint32_t>(bytes.size()))}; };
  const std::size_t at = place(), length = std::min<std::size_t>(1 + random.below(16), bytes.size() - at);
  switch (random.below(7)) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
      break;
    case 1:
      bytes[at] = static_cast<char>(random.bits() & 0xFF);
      break;
    case 2:
      bytes.replace(at, 4, raw<std::uint32_t>({extremes[random.below(8)]}));
      break;
    case 3:
      bytes.erase(at, length);
      break;
    case 4:
      bytes.insert(at, bytes.substr(at, length));
      break;
    case 5:
      bytes.insert(place(), bytes.substr(at, length));
      break;
    default:
      bytes.resize(at);
  }
}

}  // namespace

std::string mutated(std::string bytes, Random& random) {
  for (std::uint32_t left = 1 + random.below(4); left > 0 && !bytes.empty(); --left)
    change(bytes, random);
  return bytes;
}

}  // namespace mercer::test
