#include "training/captured_epochs.hpp"

#include <new>
#include <utility>

#include "mercer/base/check.hpp"

namespace mercer {

CapturedEpochs::CapturedEpochs(const Task& task, const TrainOptions& options, Optimizer& optimizer)
    : task_(task),
      options_(options),
      optimizer_(optimizer),
      scalars_(sizeof(StepScalars)),
      outcome_(sizeof(StepOutcome)),
      scalars_there_(sizeof(StepScalars), Device::cuda),
      outcome_there_(sizeof(StepOutcome), Device::cuda) {}

StepOutcome CapturedEpochs::step(Index epoch, double factor) {
  forget_captures_if_parameters_moved();
  ++steps_;
  auto* scalars = new (scalars_.data()) StepScalars{.step = static_cast<std::uint32_t>(epoch)};
  optimizer_.tell_next(factor, *scalars);
  run(step_, [&](bool captured) { launch_step(epoch, captured); });
  const StepOutcome outcome = *static_cast<const StepOutcome*>(outcome_.data());
  if (outcome.finite) optimizer_.count_step();
  return outcome;
}

void CapturedEpochs::launch_step(Index epoch, bool captured) {
  const auto* scalars = static_cast<const StepScalars*>(scalars_there_.data());
  auto* outcome = static_cast<StepOutcome*>(outcome_there_.data());
  optimizer_.clear_gradients();
  scalars_.upload(scalars_there_.data(), sizeof *scalars);
  const Batch batch = task_.batches(epoch, 0);
  Pass pass = Pass::training(options_.seed, static_cast<std::uint32_t>(epoch), batch.all_examples,
                             captured ? &scalars->step : nullptr);
  Variable loss = task_.loss(batch, pass);
  expect("train", {{"rows of the loss", loss.rows(), 1}, {"columns of the loss", loss.columns(), 1}});
  require(loss.device().is_cuda(), "train", "the loss is on the CPU, the parameters are on a CUDA device");
  loss.backward();
  const std::vector<StepTensor> all = optimizer_.step_tensors();
  Buffer sums(static_cast<std::size_t>(captured::count_of_squares(all)) * sizeof(double), Device::cuda);
  auto* squares = static_cast<double*>(sums.data());
  captured::sum_squares(all, squares);
  captured::judge_step(loss.value(), all, squares, options_.clip_norm, outcome);
  optimizer_.launch(all, scalars, outcome);
  outcome_.download(outcome, sizeof *outcome);
}

ConstView CapturedEpochs::prediction() {
  run(evaluation_, [&](bool captured) { launch_prediction(captured); });
  return {static_cast<const Real*>(prediction_->data()), rows_, columns_, Device::cpu};
}

void CapturedEpochs::launch_prediction(bool captured) {
  const NoGrad no_tape;
  Pass pass = Pass::inference();
  const Variable made = task_.predict(pass);
  const Tensor& y = made.value();
  const auto bytes = static_cast<std::size_t>(y.size()) * sizeof(Real);
  if (!prediction_ || y.size() != rows_ * columns_) prediction_.emplace(bytes);
  rows_ = y.rows(), columns_ = y.columns();
  if (captured)
    prediction_->download(y.data(), bytes);
  else  // predict may bring them down itself
    copy_bytes(prediction_->data(), Device::cpu, y.data(), y.device(), bytes);
}

void CapturedEpochs::run(Work& work, const Launch& launch) {
  // the first launch loads kernels, and allocates the memory that the capture needs
  if (!work && steps_ > 1 && why_not_.empty()) capture(work, launch);
  if (work) return work->replay();
  launch(false);
  wait_for_device();
}

void CapturedEpochs::capture(Work& work, const Launch& launch) {
  try {
    if (!memory_) memory_.emplace();
    work = std::make_unique<CapturedWork>(*memory_, [&] { launch(true); });
  } catch (const DeviceError& error) {
    why_not_ = error.what();
    forget_captures();  // later launches need the memory
  }
}

void CapturedEpochs::forget_captures() {
  step_.reset();
  evaluation_.reset();
  memory_.reset();
}

void CapturedEpochs::forget_captures_if_parameters_moved() {
  std::vector<const Real*> at;
  for (const Parameters* all : {&task_.parameters, &task_.buffers})
    for (const Parameter& p : *all)
      at.push_back(p.variable.value().data());
  if (at == parameters_at_) return;
  forget_captures();
  parameters_at_ = std::move(at);
}

}  // namespace mercer
