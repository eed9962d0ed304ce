#include "backend/cuda/small_training.hpp"

#include <memory>
#include <utility>

#include "mercer/autograd/functions.hpp"
#include "mercer/data/synthetic.hpp"

namespace mercer::test {

SmallData::SmallData(Index scale)
    : set(planted_citations({.class_sizes = {9 * scale, 6 * scale, 5 * scale},
                             .edges = 50 * scale,
                             .words = 60,
                             .words_in_all = 160 * scale,
                             .train_of_each_class = 5,
                             .validation = 5 * scale,
                             .test = 5 * scale})) {
  for (Node i = 0; i < static_cast<Node>(20 * scale); ++i)
    (i % 4 == 0 ? train : validation).push_back(i);
}

Input SmallData::input(Device device) const {
  if (const auto* sparse = std::get_if<SparseMatrix>(&set.features))
    return std::make_shared<const SparseMatrix>(sparse->to(device));
  return Variable(std::get<Tensor>(set.features).to(device));
}

SmallModel::SmallModel(const SmallData& data, const ModelOptions& options, Device device)
    : neighbourhood(neighbourhood_for(options, data.set.graph, device)),
      x(data.input(device)),
      model(build_model(options, x.columns(), data.set.classes(), 1)) {
  move_to(model, device);
}

NodeClassification SmallModel::nodes(const SmallData& data, Index* guarded) const {
  return {.parameters = model.parameters,
          .predict = [this, guarded](Pass& pass) -> Prediction {
            pass.count_guarded(guarded);
            return model.forward(neighbourhood, x, pass);
          },
          .labels = data.set.labels,
          .train = data.train,
          .validation = data.validation,
          .test = {}};
}

TrainResult trained(const SmallData& data, const ModelOptions& model, const TrainOptions& options, Device device) {
  const SmallModel on_device(data, model, device);
  return train(node_classification(on_device.nodes(data)), options);
}

TrainResult trained(const SmallData& data, const ModelOptions& options, Index epochs, Device device,
                    const std::function<void(const EpochReport&)>& on_epoch) {
  const TrainOptions by_adam{.epochs = epochs,
                             .seed = 3,
                             .optimizer = Adam{.learning_rate = 0.01, .weight_decay = 5e-4},
                             .on_epoch = on_epoch};
  return trained(data, options, by_adam, device);
}

}  // namespace mercer::test
