#pragma once

#include <cstdint>
#include <vector>

#include "mercer/data/dataset.hpp"

namespace mercer {

/// Planted citations: a degree-corrected block model (Karrer and Newman, Phys. Rev. E 83, 016107, 2011) whose
/// nodes carry bags of words from topics. The defaults have Cora's published size: nodes, classes, edges, words,
/// words per paper and homophily. The neighbours carry more information than the words, so that a method that uses the
/// graph is clearly better than one that doesn't.
struct PlantedOptions {
  std::vector<Index> class_sizes{351, 217, 418, 818, 426, 298, 180};
  Edge edges = 5278;               // undirected, without loops or duplicates; the exact number
  double homophily = 0.81;         // share of the edges that join nodes of one class, to the nearest edge
  Index words = 1433;              // features
  Edge words_in_all = 49216;       // nonzeros, over all nodes; each node has at least one
  double topic_share = 0.3;        // share of a node's words from the topic of its class; the rest is from all words
  Index train_of_each_class = 20;  // nodes of each class in the training part
  Index validation = 500;          // nodes in the validation part, from all others
  Index test = 1000;
  std::uint64_t seed = 0;
};

/// Every node cites once; the remaining citations start at random nodes. A share of 1 − homophily goes to another
/// class; these start at a few nodes, which stand between two fields. The node of rank r in its class is cited in
/// proportion to r^(−15/16): few are cited often. Word frequencies are r^(−7/8) within a topic and r^(−1/2) in common.
/// The graph is symmetric; a node is isolated only when there are fewer edges than nodes.
/// Time O((edges + words_in_all) log n). The same bits on every machine: no logarithm, power or sine is used.
/// Throws ValueError when the sizes are impossible.
Dataset planted_citations(const PlantedOptions& options = {});

struct LookupOptions {
  Index size = 10;        // keys, queries and values of one table
  Index train = 60;       // tables
  Index validation = 20;  // tables
  Index test = 20;        // tables
  std::uint64_t seed = 0;
};

/// DictionaryLookup (Brody, Alon, Yahav, How Attentive are Graph Attention Networks?, ICLR 2022, section 4.1): in each
/// table every query attends to every key; a key has an attribute and a value, a query an attribute and the class to
/// predict: the value of the key with that attribute. Each table pairs the same attributes and values at random, so
/// that a model must look up the answer. Attention that ranks the keys alike for all queries, as GAT's does, can't.
/// Nodes, table by table: the keys, then the queries, by attribute. Features: attribute, value (one hot, the last
/// column for a query's unknown one), [n, 2 size + 1]. Keys have no label. Throws ValueError.
Dataset lookup_tables(const LookupOptions& options = {});

/// Zachary's karate club: 34 members, 78 friendships, the two sides on which they ended (W. W. Zachary,
/// An Information Flow Model for Conflict and Fission in Small Groups, J. Anthropological Research 33, 1977).
/// Each member is his own feature. The two leaders, 0 and 33, are the training nodes (as in Kipf and Welling's
/// featureless example); of the others every fourth is for validation, the rest for the test.
Dataset karate();

}  // namespace mercer
