#include "mercer/experiment/node_order.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "mercer/data/fingerprint.hpp"
#include "mercer/data/transform.hpp"

namespace mercer {

namespace {

constexpr Node absent = -1;

SplitPart part_at(const SplitParts& parts, Node i) {
  const auto number = static_cast<std::size_t>(i);
  return number < parts.size() ? parts[number] : SplitPart::none;
}

/// The number that each node had, which may be absent; empty where fewer than half of them are there, all have their
/// numbers still, or two have one name.
std::vector<Node> numbers_before(const NodeKeys& before, const NodeKeys& now) {
  std::unordered_map<std::uint64_t, Node> number;
  for (std::size_t i = 0; i < before.size(); ++i)
    if (!number.emplace(before[i], static_cast<Node>(i)).second) return {};
  if (std::unordered_set<std::uint64_t>(now.begin(), now.end()).size() < now.size()) return {};
  std::vector<Node> numbers;
  std::size_t found = 0;
  bool moved = false;
  for (const std::uint64_t key : now) {
    const auto at = number.find(key);
    const Node was = at == number.end() ? absent : at->second;
    found += was == absent ? 0 : 1;
    moved |= was != absent && was != static_cast<Node>(numbers.size());
    numbers.push_back(was);
  }
  return moved && 2 * found >= before.size() ? numbers : std::vector<Node>();
}

/// The node that now is what had each number; empty unless each is there once.
std::vector<Node> order_before(const std::vector<Node>& numbers, std::size_t nodes) {
  std::vector<Node> order(nodes, absent);
  if (numbers.size() != nodes) return {};
  for (std::size_t i = 0; i < nodes; ++i)
    if (numbers[i] != absent) order[static_cast<std::size_t>(numbers[i])] = static_cast<Node>(i);
  return std::ranges::find(order, absent) == order.end() ? order : std::vector<Node>();
}

/// Whatever of the data is as it was, but for the order, has the hash that it has now.
Fingerprint in_order(Fingerprint trained, const Dataset& data, const std::vector<Node>& order) {
  Dataset ordered = induced(data, order);
  for (Split& split : ordered.splits)
    for (std::vector<Node>* part : {&split.train, &split.validation, &split.test})
      std::ranges::sort(*part);
  const Fingerprint before = fingerprint(ordered), now = fingerprint(data);
  const auto follow = [&](auto hash) {
    if (trained.*hash == before.*hash) trained.*hash = now.*hash;
  };
  for (const auto hash : {&Fingerprint::graph, &Fingerprint::feature_values, &Fingerprint::labels, &Fingerprint::splits,
                          &Fingerprint::node_names})
    follow(hash);
  return trained;
}

}  // namespace

TrainedModel in_order_of(TrainedModel trained, const Dataset& data) {
  if (trained.node_keys.empty() || data.node_names.empty()) return trained;
  NodeKeys now = keys_of(data.node_names);
  const std::vector<Node> numbers = numbers_before(trained.node_keys, now);
  if (numbers.empty()) return trained;
  const std::vector<Node> order = order_before(numbers, trained.node_keys.size());
  if (!order.empty() && !data.has_items()) trained.fingerprint = in_order(trained.fingerprint, data, order);
  SplitParts parts;
  for (const Node i : numbers)
    parts.push_back(i == absent ? SplitPart::unlabelled : part_at(trained.parts, i));
  trained.parts = std::move(parts);
  trained.node_keys = std::move(now);
  return trained;
}

SplitParts parts_in_larger(const TrainedModel& trained, const Dataset& data) {
  const Index before = trained.fingerprint.nodes;
  if (trained.parts.empty() || data.has_items() || data.nodes() <= before) return {};
  if (trained.node_keys.empty() || data.node_names.empty()) {
    std::vector<Node> first(static_cast<std::size_t>(before));
    std::iota(first.begin(), first.end(), Node{0});
    return same_nodes(trained.fingerprint, fingerprint(induced(data, first))) ? trained.parts : SplitParts();
  }
  std::unordered_map<std::uint64_t, SplitPart> part;
  for (std::size_t i = 0; i < trained.node_keys.size(); ++i)
    part.emplace(trained.node_keys[i], part_at(trained.parts, static_cast<Node>(i)));
  SplitParts parts;
  Index found = 0;
  for (const std::uint64_t key : keys_of(data.node_names)) {
    const auto at = part.find(key);
    found += at == part.end() ? 0 : 1;
    parts.push_back(at == part.end() ? SplitPart::none : at->second);
  }
  return found >= before ? parts : SplitParts();
}

Index count_trained(const TrainedModel& trained, const std::vector<std::string>& names) {
  std::unordered_set<std::uint64_t> keys;
  for (std::size_t i = 0; i < trained.node_keys.size(); ++i)
    if (part_at(trained.parts, static_cast<Node>(i)) == SplitPart::train) keys.insert(trained.node_keys[i]);
  const NodeKeys now = keys_of(names);
  return std::ranges::count_if(now, [&](std::uint64_t key) { return keys.contains(key); });
}

}  // namespace mercer
