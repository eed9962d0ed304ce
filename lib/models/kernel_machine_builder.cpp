#include <optional>
#include <string>

#include "mercer/features/fourier_map.hpp"
#include "mercer/kernel/catalogue.hpp"
#include "mercer/layers/kernel_machine.hpp"
#include "models/form.hpp"

namespace mercer {
namespace {

/// Kernels of the catalogue that two rows of features have by themselves; those of a dot product are scaled by 1 / s².
enum class MachineKernel { gaussian, laplacian, cauchy, matern, dot, inner_product, squared_inner_product };
constexpr Choice<MachineKernel> machine_kernel_choices[]{
    {"gaussian", MachineKernel::gaussian},
    {"laplacian", MachineKernel::laplacian},
    {"cauchy", MachineKernel::cauchy},
    {"matern", MachineKernel::matern},
    {"dot", MachineKernel::dot},
    {"inner-product", MachineKernel::inner_product},
    {"squared-inner-product", MachineKernel::squared_inner_product}};

AnyKernel kernel_of(MachineKernel name) {
  switch (name) {
    case MachineKernel::laplacian:
      return Laplacian{};
    case MachineKernel::cauchy:
      return Cauchy{};
    case MachineKernel::matern:
      return Matern{};
    case MachineKernel::dot:
      return Exponential{};
    case MachineKernel::inner_product:
      return InnerProduct{};
    case MachineKernel::squared_inner_product:
      return SquaredInnerProduct{};
    default:
      return Gaussian{};
  }
}

struct KernelMachineForm : Form {
  KernelMachineOptions own{.lambda = Real(1e-3)};
  MachineKernel kernel = MachineKernel::gaussian;
  std::optional<Index> frequencies{};

  void declare(OptionList& list) override {
    list.add("kernel", kernel, machine_kernel_choices, "of a node's features and those of a landmark");
    list.add("landmarks", own.landmarks, range::count, "training nodes that features are compared with, at most");
    list.add("lambda", own.lambda, range::not_negative,
             "weight of the sum of the lengths of the landmarks' coefficients, which makes most of them zero");
    list.add("sigma", own.sigma, range::above_zero,
             "what features are divided by; by default the median distance between landmarks, or their mean length for "
             "kernels of a dot product");
    list.add("steps", own.steps, {0, 100, "0 to 100"}, "times that the mean over the neighbours is taken");
    list.add("frequencies", frequencies, range::count,
             "of random Fourier features in place of the gaussian kernel, in the primal form");
    list.add("bias", own.bias, "a bias in the output of every layer");
  }

  Model build(Index features, Index classes, Random& random) const override {
    KernelMachineOptions options = own;
    options.in = features;
    options.out = classes;
    options.similarity = MakeSimilarity(kernel_of(kernel));
    if (frequencies) options.similarity = fourier_features();
    KernelMachine machine(options, random);
    Model model{.parameters = machine.parameters(),
                .forward =
                    [machine](const Neighbourhoods& around, const Input& x, Pass& pass) {
                      around.expect_layers("kernel-machine", 1);
                      return machine(around.of_layer(0), x, pass);
                    },
                .operands = [](const Neighbourhoods&, const Input&, Pass&) { return std::vector<Operands>(); }};
    model.take_rows = [machine](const Input& x, std::span<const Node> train, std::uint64_t seed) mutable {
      machine.take_landmarks(x, train, seed);
    };
    model.in_words = [machine] {
      return std::to_string(machine.landmarks_left()) + " of " + std::to_string(machine.options.landmarks) +
             " landmarks are left";
    };
    return model;
  }

  FourierMapOptions fourier_features() const {
    require(kernel == MachineKernel::gaussian, "build_model",
            std::string("frequencies: got the kernel ") + name_of(kernel, machine_kernel_choices) +
                ", want gaussian, which they stand for");
    return {.distribution = GaussianFrequencyOptions{},
            .frequencies = *frequencies,
            .sigma = Real(1),
            .squared = false,
            .shift = 0,
            .noise = {.noise = Noise::frozen}};
  }
};

}  // namespace

Builder kernel_machine_builder() {
  return builder_of("kernel-machine",
                    "kernels of the features and those of training nodes, of which few are kept (after sparse "
                    "primal-dual kernel machines)",
                    KernelMachineForm());
}

}  // namespace mercer
