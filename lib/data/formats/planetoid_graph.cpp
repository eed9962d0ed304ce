#include <cstdint>
#include <string>

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

StoredAdjacency read_planetoid_graph(const std::filesystem::path& file) {
  const Pickle pickle(file);
  const PickleObject* dictionary = object_of(pickle.root(), PickleObject::Kind::dictionary);
  if (dictionary == nullptr) refuse_file(file, "", "holds no dictionary of neighbours");
  const auto nodes = static_cast<std::int64_t>(dictionary->items.size() / 2);
  std::vector<bool> has_key(static_cast<std::size_t>(nodes), false);
  StoredAdjacency stored;
  stored.keys.reserve(has_key.size());
  for (std::size_t k = 0; k < dictionary->items.size(); k += 2) {
    const Node key = node_of(dictionary->items[k], nodes, pickle, "key " + std::to_string(k / 2));
    const std::string where = "neighbours of node " + std::to_string(key);
    if (has_key[static_cast<std::size_t>(key)]) refuse_file(file, where, "appear twice");
    has_key[static_cast<std::size_t>(key)] = true;
    stored.keys.push_back(key);
    const PickleObject* list = object_of(dictionary->items[k + 1], PickleObject::Kind::list);
    if (list == nullptr) refuse_file(file, where, "are no list");
    if (list->items.size() > pickle.bytes() - stored.entries.size())  // many keys may share one list
      refuse_file(file, where, "are more than the file has bytes");
    for (const PickleValue& neighbour : list->items)
      stored.entries.emplace_back(key, node_of(neighbour, nodes, pickle, where));
  }
  return stored;
}

}  // namespace mercer
