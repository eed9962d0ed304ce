#include "backend/captured_step.hpp"

#include <algorithm>
#include <cmath>

#include "backend/cuda/steps.cuh"
#include "backend/cuda/sum.cuh"

/// The end of a step for all parameters at once: their table is an argument of each kernel.
namespace mercer::cuda {
namespace {

constexpr int most_tensors = 32;  // of a launch
constexpr int most_sums = 512;    // tensors of which one launch adds up the sums

/// Parameters, and the first block of each. All members are as wide: an argument without padding.
struct StepTable {
  StepTensor of[most_tensors] = {};
  Index first_block[most_tensors + 1] = {};
  Index count = 0;

  void add(const StepTensor& one, Index blocks) {
    of[count] = one;
    first_block[count + 1] = first_block[count] + blocks;
    ++count;
  }
  Index blocks() const { return count == 0 ? 0 : first_block[count]; }
  __device__ int of_block() const {
    int n = 0;
    while (static_cast<Index>(blockIdx.x) >= first_block[n + 1])
      ++n;
    return n;
  }
  /// The number of the block among those of its tensor.
  __device__ Index block(int n) const { return static_cast<Index>(blockIdx.x) - first_block[n]; }
};

/// Calls run(table) for the parameters, up to 32 at a time; blocks_of(one) is the number of blocks of a parameter.
template <class Blocks, class Run>
void each_table(std::span<const StepTensor> all, Blocks blocks_of, Run run) {
  for (std::size_t n = 0; n < all.size();) {
    StepTable table;
    for (; n < all.size() && table.count < most_tensors; ++n)
      table.add(all[n], blocks_of(all[n]));
    if (table.blocks() > 0) run(table);
  }
}

/// As many sums as sum_over_rows makes of the same values.
Index sums_of(Index size) {
  const Index of_block = rows_of_block(size, threads_of_block);
  return std::max<Index>(1, (size + of_block - 1) / of_block);
}

__global__ void __launch_bounds__(threads_of_block) sum_squares_of_block(StepTable table, double* there) {
  MERCER_SHARED(double, total);
  const int n = table.of_block();
  const StepTensor& tensor = table.of[n];
  const Index rows = rows_of_block(tensor.size, threads_of_block);
  const Index first = table.block(n) * rows, last = first + rows < tensor.size ? first + rows : tensor.size;
  double mine = 0;
  for (Index i = first + static_cast<int>(threadIdx.x); i < last; i += threads_of_block)
    mine += squared(tensor.gradient[i]);
  const double sum = sum_of_row_lanes(mine, 1, total);
  if (threadIdx.x == 0) there[blockIdx.x] = sum;
}

/// The number of sums of each gradient.
struct SumCounts {
  int of[most_sums] = {};
  int count = 0;
};

/// Adds up the sums of each gradient, and these; the last of several launches judges.
__global__ void __launch_bounds__(threads_of_block) judge(SumCounts sums, const double* squares, const Real* loss,
                                                          double largest, bool first, bool last, StepOutcome* there) {
  MERCER_SHARED(double, total);
  double all = first ? 0 : there->norm;
  for (int n = 0; n < sums.count; ++n) {
    double mine = 0;
    for (int i = static_cast<int>(threadIdx.x); i < sums.of[n]; i += threads_of_block)
      mine += squares[i];
    const double sum = sum_of_row_lanes(mine, 1, total);
    all += sum;  // of thread 0
    squares += sums.of[n];
    __syncthreads();
  }
  if (threadIdx.x != 0) return;
  StepOutcome found{.norm = last ? std::sqrt(all) : all, .loss = *loss};
  found.finite = std::isfinite(found.loss) && std::isfinite(found.norm);
  if (found.finite && largest > 0 && found.norm > largest) found.scale = static_cast<Real>(largest / found.norm);
  *there = found;
}

constexpr Index values_of_block = 4 * threads_of_block;

/// step(tensor, n) for each value n of each tensor.
template <class Step>
__global__ void __launch_bounds__(threads_of_block)
    step_tensors(StepTable table, const StepOutcome* outcome, Step step) {
  if (!outcome->finite) return;
  const int of = table.of_block();
  const StepTensor tensor = table.of[of];
  const Index first = table.block(of) * values_of_block + static_cast<int>(threadIdx.x);
  for (int k = 0; k < values_of_block / threads_of_block; ++k)
    if (const Index n = first + k * threads_of_block; n < tensor.size)
      step(tensor, n, rounded_product(tensor.gradient[n], outcome->scale));
}

template <class Step>
void step_all(const char* op, std::span<const StepTensor> all, const StepOutcome* outcome, Step step) {
  each_table(
      all, [](const StepTensor& one) { return (one.size + values_of_block - 1) / values_of_block; },
      [&](const StepTable& table) { launch(op, {{table.blocks()}}, step_tensors<Step>, table, outcome, step); });
}

}  // namespace
}  // namespace mercer::cuda

namespace mercer::captured {

Index count_of_squares(std::span<const StepTensor> all) {
  Index count = 0;
  for (const StepTensor& one : all)
    count += cuda::sums_of(one.size);
  return count;
}

void sum_squares(std::span<const StepTensor> all, double* there) {
  cuda::each_table(
      all, [](const StepTensor& one) { return cuda::sums_of(one.size); },
      [&](const cuda::StepTable& table) {
        cuda::launch("sum_of_squares",
                     {{table.blocks()}, cuda::threads_of_block, sizeof(double) * cuda::threads_of_block},
                     cuda::sum_squares_of_block, table, there);
        there += table.blocks();
      });
}

void judge_step(ConstView loss, std::span<const StepTensor> all, const double* squares, double largest,
                StepOutcome* there) {
  bool first = true;
  std::size_t n = 0;
  do {
    cuda::SumCounts sums;
    Index count = 0;
    for (; n < all.size() && sums.count < cuda::most_sums; ++n) {
      sums.of[sums.count++] = static_cast<int>(cuda::sums_of(all[n].size));
      count += cuda::sums_of(all[n].size);
    }
    cuda::launch("judge_step", {{1}, cuda::threads_of_block, sizeof(double) * cuda::threads_of_block}, cuda::judge,
                 sums, squares, loss.data, largest, first, n == all.size(), there);
    squares += count;
    first = false;
  } while (n < all.size());
}

void adam_steps(std::span<const StepTensor> all, const StepScalars* there, const StepOutcome* outcome) {
  cuda::step_all("adam_step", all, outcome, [=] __device__(const StepTensor& of, Index n, Real g) {
    const AdamFactors& by = of.decays != 0 ? there->decaying.adam : there->spared.adam;
    cuda::take_adam_step_here(by, g, of.weights[n], of.first[n], of.second[n]);
  });
}

void sgd_steps(std::span<const StepTensor> all, const StepScalars* there, const StepOutcome* outcome) {
  cuda::step_all("sgd_step", all, outcome, [=] __device__(const StepTensor& of, Index n, Real g) {
    const SgdFactors& by = of.decays != 0 ? there->decaying.sgd : there->spared.sgd;
    cuda::take_sgd_step_here(by, g, of.weights[n], of.first == nullptr ? nullptr : of.first + n);
  });
}

}  // namespace mercer::captured
