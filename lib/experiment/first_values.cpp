#include "mercer/experiment/first_values.hpp"

#include <string>
#include <utility>

#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/experiment/node_order.hpp"
#include "mercer/training/checkpoint.hpp"
#include "mercer/training/tensor_file.hpp"

namespace mercer {

void begin_with(const TrainedModel& first, TrainRequest& request) {
  require(!request.model || *request.model == first.options.name, "model",
          "got " + request.model.value_or("") + ", want " + first.options.name + ", the model to begin with");
  request.model = first.options.name;
  request.options.name = first.options.name;
  OptionValues own = first.options.options;
  if (request.options.find("dropout") != nullptr)  // it stands for each dropout that the model has
    for (const char* name : {"input-dropout", "hidden-dropout", "attention-dropout", "value-dropout"})
      if (first.options.number(name).value_or(0) > 0) own.erase(name);
  request.options.options.insert(own.begin(), own.end());
  for (const Parameter& buffer : first.model.buffers)
    if (buffer.name == "global.passes") request.passes_done = static_cast<double>(buffer.variable.value()(0, 0));
  DataChoice& data = request.data;
  if (data.data.empty()) {
    data.data = first.data.data;
    data.path = first.data.path;
  }
  OptionValues preparation = option_values(first.data);
  for (const char* of_the_data :
       {"split", "split-random", "split-seed", "validation-share", "largest-component", "reorder"})
    preparation.erase(of_the_data);
  for (const auto& [name, value] : option_values(data))
    preparation.erase(name);
  options_of(data).assign(preparation, "data", "the preparation");
}

Problem problem_beginning_with(const TrainedModel& first, const Settings& settings, const Machine& machine) {
  DataChoice choice = settings.data;
  choice.path = place_of(choice);
  TrainedModel shaped = first;
  shaped.options = settings.model;
  if (const OptionValue* columns = first.options.find("edge-columns"))
    shaped.options.options.emplace("edge-columns", *columns);
  Dataset data = load_dataset(choice.path);
  const TrainedModel in_order = in_order_of(first, data);
  Problem problem = problem_for(shaped, std::move(data), machine, choice);
  SplitPlan& plan = problem.prepared.plan;
  const bool same = was_trained_on(in_order, problem.prepared.source, choice.path);
  // another split of these data would train on nodes that were test nodes
  const bool draws = plan.kind == SplitPlan::Kind::random || problem.prepared.validation_share > 0;
  if (same && !choice.split_random && !choice.split && draws && !plan.seed) plan.seed = first.seed;
  return problem;
}

void set_first_values(Model& model, const TrainedModel& first) {
  TensorFile file;
  Parameters to = model.parameters;
  to.insert(to.end(), model.buffers.begin(), model.buffers.end());
  for (const Parameters* from : {&first.model.parameters, &first.model.buffers})
    for (const Parameter& value : *from)
      file.tensors.emplace(value.name, StoredTensor::from(value.variable.value().to(Device::cpu)));
  set_parameters(to, file, "the model to begin with");
}

}  // namespace mercer
