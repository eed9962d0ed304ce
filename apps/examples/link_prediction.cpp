// Predicts friendships in Zachary's karate club. A GAT attends over four fifths of the friendships and learns from
// batches of them, each with as many pairs of strangers. Prints the area under the ROC curve of the other friendships.
#include <iostream>
#include <set>
#include <vector>

#include <mercer/autograd/losses.hpp>
#include <mercer/autograd/readout.hpp>
#include <mercer/data/synthetic.hpp>
#include <mercer/graph/build.hpp>
#include <mercer/layers/graph_attention.hpp>
#include <mercer/training/multi_label.hpp>
#include <mercer/training/trainer.hpp>

using namespace mercer;

namespace {

/// Pairs of members, and a column of labels: 1 for friends, 0 for strangers.
struct Pairs {
  std::vector<Node> left, right;
  std::vector<Real> friends;

  void add(NodePair pair, bool are_friends) {
    left.push_back(pair.first);
    right.push_back(pair.second);
    friends.push_back(are_friends ? Real(1) : Real(0));
  }
  Tensor targets() const { return Tensor::from(std::ssize(friends), 1, friends); }
};

}  // namespace

int main() {
  const Csr club = karate().graph;
  const Index members = club.rows();
  std::vector<NodePair> known, held_out;  // each friendship once
  std::set<NodePair> all;
  for_each_edge(club, [&](Node i, Node j, Edge) {
    if (i < j) (all.size() % 5 == 4 ? held_out : known).emplace_back(i, j), all.emplace(i, j);
  });
  const auto add_strangers = [&](Pairs& pairs, std::size_t count, Random draws) {
    const auto member = [&] { return static_cast<Node>(draws.below(static_cast<std::uint32_t>(members))); };
    while (count > 0)
      if (const NodePair pair{member(), member()}; pair.first < pair.second && !all.contains(pair))
        pairs.add(pair, false), --count;
  };

  const Neighbourhood friends(with_loops(symmetrised(from_edges(members, known))));
  Tensor who(members, members);  // one-hot features: the number of the member
  for (Index i = 0; i < members; ++i)
    who(i, i) = 1;
  Random random(/*seed=*/1);
  const GraphAttention layer({.in = members, .width = 8, .heads = 4}, random);
  const auto logits = [&](const Pairs& pairs, Pass& pass) {  // ⟨y_i, y_j⟩, [pairs, 1]
    const Variable y = layer(friends, who, pass).y;
    return sum_of_columns(multiply(gather_rows(y, pairs.left), gather_rows(y, pairs.right)));
  };

  const auto loss = [&](const Batch& batch, Pass& pass) {
    Pairs pairs;
    for (const Node n : batch.items)
      pairs.add(known[static_cast<std::size_t>(n)], true);
    add_strangers(pairs, batch.items.size(), Random(pass.stream()));
    return binary_cross_entropy(logits(pairs, pass), RealTargets(pairs.targets()));
  };
  train({.parameters = layer.parameters(), .loss = loss, .batches = BatchSource::shuffled(std::ssize(known), 16, 1)},
        {.epochs = 60, .seed = 1, .optimizer = Adam{.learning_rate = 0.01}});

  Pairs asked;
  for (const NodePair& pair : held_out)
    asked.add(pair, true);
  add_strangers(asked, held_out.size(), Random(/*seed=*/2));
  std::vector<Node> rows(asked.left.size());
  for (std::size_t n = 0; n < rows.size(); ++n)
    rows[n] = static_cast<Node>(n);
  Pass pass = Pass::inference();
  const double area = roc_auc_of_labels(logits(asked, pass).value(), asked.targets(), rows);
  std::cout << "area under the ROC curve " << area << '\n';
  return area > 0.5 ? 0 : 1;
}
