#include <algorithm>
#include <cstdint>
#include <string>

#include "data/files/pickled_arrays.hpp"
#include "data/files/read_file.hpp"
#include "data/formats/planetoid.hpp"

namespace mercer {
namespace {

Node node_of(const PickleValue& value, std::int64_t nodes, const Pickle& pickle, const std::string& where) {
  const auto* id = std::get_if<std::int64_t>(&value);
  if (id == nullptr) refuse_file(pickle.file(), where, "got something else than a node id");
  if (*id < 0 || *id >= nodes)
    refuse_file(pickle.file(), where,
                "node " + std::to_string(*id) + " is out of range, want 0 … " + std::to_string(nodes - 1));
  return static_cast<Node>(*id);
}

}  // namespace

StoredAdjacency read_planetoid_graph(const std::filesystem::path& file, Index least) {
  const Pickle pickle(file);
  const PickleObject* dictionary = object_of(pickle.root(), PickleObject::Kind::dictionary);
  if (dictionary == nullptr) refuse_file(file, "", "holds no dictionary of neighbours");
  const auto keys = static_cast<std::int64_t>(dictionary->items.size() / 2);
  StoredAdjacency stored;
  stored.nodes = std::max(keys, least);
  stored.keys.reserve(static_cast<std::size_t>(keys));
  std::vector<bool> has_key(static_cast<std::size_t>(stored.nodes), false);
  for (std::size_t k = 0; k < dictionary->items.size(); k += 2) {
    const Node key = node_of(dictionary->items[k], stored.nodes, pickle, "key " + std::to_string(k / 2));
    const std::string where = "neighbours of node " + std::to_string(key);
    if (has_key[static_cast<std::size_t>(key)]) refuse_file(file, where, "appear twice");
    has_key[static_cast<std::size_t>(key)] = true;
    stored.keys.push_back(key);
    const std::vector<std::int64_t> neighbours = pickled_integers(pickle, where, dictionary->items[k + 1]);
    if (neighbours.size() > pickle.bytes() - stored.entries.size())  // many keys may share one list
      refuse_file(file, where, "are more than the file has bytes");
    for (const std::int64_t neighbour : neighbours)
      stored.entries.emplace_back(key, node_of(neighbour, stored.nodes, pickle, where));
  }
  return stored;
}

}  // namespace mercer
