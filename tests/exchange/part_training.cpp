#include "exchange/part_training.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <utility>

#include "exchange/part_case.hpp"
#include "mercer/autograd/functions.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/exchange/loss.hpp"
#include "mercer/training/optimizer.hpp"
#include "support/random_tensor.hpp"

namespace mercer::test {
namespace {

constexpr int epochs = 2;

/// Sparse features, three classes; every fifth node is a training node, all in the first half.
struct Citations {
  Dataset set = planted_citations({.class_sizes = {27, 18, 15},
                                   .edges = 150,
                                   .words = 60,
                                   .words_in_all = 480,
                                   .train_of_each_class = 5,
                                   .validation = 15,
                                   .test = 15});
  std::vector<Node> train;

  Citations() {
    REQUIRE(set.graph.rows() == trained_nodes);
    for (Node i = 0; i < static_cast<Node>(trained_nodes) / 2; i += 5)
      train.push_back(i);
  }
  const SparseMatrix& features() const { return std::get<SparseMatrix>(set.features); }
};

/// The part of the graph that one rank trains on.
struct Own {
  Neighbourhood neighbourhood;
  Input x;
  Index first = 0;
  std::vector<std::int32_t> labels{};
  std::vector<Node> train{};
};

struct Trainee {
  Model model;
  Adam rule{.learning_rate = 0.01, .weight_decay = 5e-4};
  Optimizer optimizer{model.parameters, rule};
  Tensor logits{};  // of the first step

  /// Gradients of the given loss.
  double step(int epoch, const Own& own, Index examples, const std::function<Variable(const Output&)>& loss_of,
              const std::function<double(const Variable&)>& gather) {
    optimizer.clear_gradients();
    Pass pass = Pass::training(3, static_cast<std::uint32_t>(epoch), examples).from_row(own.first);
    const Output out = model.forward(own.neighbourhood, own.x, pass);
    if (epoch == 0) logits = out.y.value().to(Device::cpu);
    Variable loss = loss_of(out);
    loss.backward();
    const double value = gather(loss);
    optimizer.step(1);
    return value;
  }

  std::vector<Tensor> parameters() const {
    std::vector<Tensor> values;
    for (const Parameter& p : model.parameters)
      values.push_back(p.variable.value().to(Device::cpu));
    return values;
  }
};

Model model_for(const ModelOptions& options, const Citations& data, Device device) {
  Model model = build_model(options, data.features().columns(), data.set.classes(), 1);
  move_to(model, device);
  return model;
}

Input input_of(SparseMatrix x, Device device) { return std::make_shared<const SparseMatrix>(x.to(device)); }

double value_of(const Tensor& loss) { return static_cast<double>(loss.to(Device::cpu)(0, 0)); }

/// A model's neighbourhood, and each rank's part of it.
struct Cut {
  Neighbourhood whole;
  std::vector<Part> shares;

  Cut(const ModelOptions& options, const Citations& data, const std::vector<Index>& sizes)
      : whole(neighbourhood_for(options, data.set.graph)), shares(parts_of(whole.graph(), runs_of(sizes))) {}
};

Own own_of(const Citations& data, const Cut& cut, Communicator& ranks, Device device) {
  const Part& share = cut.shares[static_cast<std::size_t>(ranks.rank())];
  Own own{.neighbourhood = cut.whole.part(partitioned(share, ranks)),
          .x = input_of(data.features().rows(share.first(), share.last()), device),
          .first = share.first()};
  own.labels.assign(data.set.labels.begin() + share.first(), data.set.labels.begin() + share.last());
  for (const Node i : data.train)
    if (i >= share.first() && i < share.last()) own.train.push_back(i - static_cast<Node>(share.first()));
  return own;
}

/// Calls body(rank's end, its part) on every rank.
void on_each(const Citations& data, const Cut& cut, Device device, const RankOptions& where,
             const std::function<void(Communicator&, const Own&)>& body) {
  run_ranks(
      static_cast<int>(cut.shares.size()), [&](Communicator& ranks) { body(ranks, own_of(data, cut, ranks, device)); },
      where);
}

}  // namespace

PartTraining trained_on_the_whole(const ModelOptions& options, Device device) {
  const Citations data;
  const Own all{.neighbourhood = neighbourhood_for(options, data.set.graph, device),
                .x = input_of(data.features(), device)};
  Trainee trainee{.model = model_for(options, data, device)};
  PartTraining result;
  for (int epoch = 0; epoch < epochs; ++epoch)
    result.losses.push_back(trainee.step(
        epoch, all, std::ssize(data.train),
        [&](const Output& out) {
          const Variable loss = cross_entropy(out.y, data.set.labels, data.train);
          return out.penalty ? add(loss, out.penalty) : loss;
        },
        [](const Variable& loss) { return value_of(loss.value()); }));
  result.logits = std::move(trainee.logits);
  result.parameters = trainee.parameters();
  return result;
}

PartTraining trained_on_parts(const ModelOptions& options, const std::vector<Index>& sizes, Device device,
                              const RankOptions& where) {
  const Citations data;
  const Cut cut(options, data, sizes);
  std::vector<PartTraining> of_ranks(cut.shares.size());
  on_each(data, cut, device, where, [&](Communicator& ranks, const Own& own) {
    PartTraining& mine = of_ranks[static_cast<std::size_t>(ranks.rank())];
    Trainee trainee{.model = model_for(options, data, device)};
    for (int epoch = 0; epoch < epochs; ++epoch)
      mine.losses.push_back(trainee.step(
          epoch, own, std::ssize(data.train),
          [&](const Output& out) {
            return share_of_loss(ranks, out.y, own.labels, own.train, std::ssize(data.train), out.penalty);
          },
          [&](const Variable& loss) {
            all_reduce_gradients(ranks, trainee.model.parameters);
            Tensor sum = loss.value();
            all_reduce_sum(ranks, sum);
            return value_of(sum);
          }));
    mine.logits = std::move(trainee.logits);
    mine.parameters = trainee.parameters();
  });
  std::vector<Real> logits;
  for (const PartTraining& of : of_ranks) {
    logits.insert(logits.end(), of.logits.values().begin(), of.logits.values().end());
    CHECK(of.losses == of_ranks.front().losses);
    for (std::size_t p = 0; p < of.parameters.size(); ++p)
      CHECK(same_bits(of.parameters[p], of_ranks.front().parameters[p]));
  }
  PartTraining result = std::move(of_ranks.front());
  result.logits = Tensor::from(trained_nodes, data.set.classes(), logits);
  return result;
}

std::vector<TrainResult> trained(const ModelOptions& options, const std::vector<Index>& sizes, Device device,
                                 const RankOptions& where) {
  const Citations data;
  std::vector<Node> validation;
  for (Node i = 1; i < static_cast<Node>(trained_nodes); i += 3)
    validation.push_back(i);
  const auto on = [&](const Own& own, std::optional<Sharing> sharing) {
    const Model model = model_for(options, data, device);
    const Task task =
        node_classification({.parameters = model.parameters,
                             .predict = [&](Pass& pass) { return model.forward(own.neighbourhood, own.x, pass); },
                             .labels = data.set.labels,
                             .train = data.train,
                             .validation = validation,
                             .test = validation,
                             .sharing = std::move(sharing)});
    return train(task, {.epochs = 6, .seed = 3, .patience = 2});
  };
  if (sizes.empty())
    return {on(
        {.neighbourhood = neighbourhood_for(options, data.set.graph, device), .x = input_of(data.features(), device)},
        std::nullopt)};
  const Cut cut(options, data, sizes);
  std::vector<TrainResult> results(cut.shares.size());
  on_each(data, cut, device, where, [&](Communicator& ranks, const Own& own) {
    results[static_cast<std::size_t>(ranks.rank())] =
        on(own, Sharing{.first = own.first,
                        .ranks = ranks.size(),
                        .add_up = [&](View x) { all_reduce_sum(ranks, x); },
                        .add_up_gradients = [&](const Parameters& p) { all_reduce_gradients(ranks, p); }});
  });
  return results;
}

void check_training(const ModelOptions& options, const std::vector<Index>& sizes, Device device,
                    const RankOptions& where) {
  const std::string& model = options.name;
  CAPTURE(model);
  CAPTURE(sizes.size());
  const PartTraining whole = trained_on_the_whole(options, device);
  const PartTraining parts = trained_on_parts(options, sizes, device, where);
  const OptionValue* norm = options.find("norm");
  const bool batch_norm = norm != nullptr && *norm == OptionValue("batch");
  if (!model.ends_with("ikan") && !batch_norm)  // means over all nodes are sums over parts
    CHECK(same_bits(parts.logits, whole.logits));
  else
    CHECK(max_abs_difference(parts.logits, whole.logits) < 1e-5);
  for (std::size_t epoch = 0; epoch < whole.losses.size(); ++epoch)
    CHECK(parts.losses[epoch] == doctest::Approx(whole.losses[epoch]).epsilon(1e-5));
  for (std::size_t p = 0; p < whole.parameters.size(); ++p)
    // a bias before a batch norm has the gradient 0, of whose rounding Adam makes steps
    if (!batch_norm || whole.parameters[p].rows() > 1)
      CHECK(max_abs_difference(parts.parameters[p], whole.parameters[p]) < 1e-3);
}

}  // namespace mercer::test
