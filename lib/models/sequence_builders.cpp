#include <utility>

#include "mercer/features/maclaurin_map.hpp"
#include "mercer/features/positive_map.hpp"
#include "mercer/features/similarities.hpp"
#include "mercer/layers/gated_recurrence.hpp"
#include "mercer/layers/nystrom_layers.hpp"
#include "mercer/layers/primal_attention.hpp"
#include "models/form.hpp"

/// Attentions of sequences alone: in time that is linear or nearly so, through landmarks, or without a normaliser.
namespace mercer {
namespace {

template <class Layer, class Own>
struct LandmarkForm : AttentionForm<Layer, Own> {
  using AttentionForm<Layer, Own>::AttentionForm;

  bool drops_attention() const override { return false; }
  Causality causality() const override { return Causality::never; }
};

struct RecurrentForm : AttentionForm<GatedRecurrence, GatedRecurrenceOptions> {
  bool drops_attention() const override { return false; }
  Causality causality() const override { return Causality::always; }
};

/// Primal attention below a Gaussian process.
struct ProcessForm : LandmarkForm<PrimalAttention, PrimalAttentionOptions> {
  ProcessForm() : LandmarkForm(PrimalAttentionOptions{.eta = 1, .gaussian_process = true}) {}

  void declare_layer(OptionList& list) override {
    LandmarkForm::declare_layer(list);
    list.add("lambda-kl", own.lambda_kl, range::not_negative,
             "weight of the divergence from the prior, over the number of training nodes or sequences");
  }
};

std::vector<Builder> all_sequence_attentions() {
  std::vector<Builder> all;
  const auto add = [&](const char* name, const char* description, auto form) {
    all.push_back(builder_of(name, description, std::move(form)));
  };
  add("performer", "FAVOR+ in linear time: orthogonal positive features (Performer, ICLR 2021)",
      KernelForm(PositiveMapOptions{.distribution = GaussianFrequencyOptions{.orthogonal = true}},
                 {.p = Real(2), .linear = true}));
  add("linear", "elu + 1 in linear time (Linear Transformer, ICML 2020)",
      KernelForm(EluMapOptions{}, {.linear = true}));
  add("rmfa", "random Maclaurin features of standardised q and k in linear time, a learned power of y (SchoenbAt)",
      KernelForm(MaclaurinMapOptions{.frequencies = 128}, {.linear = true, .power = true, .guard = 1}));
  add("nprf",
      "positive features of unit q and k and a learned number for each offset, by FFT in time n log n (NeurIPS 2021)",
      KernelForm(PositiveMapOptions{.normalised = true}, {.linear = true, .relative = {.kind = RelativeKind::table}}));
  add("kernelized", "the gaussian kernel without a normaliser, which Skyformer approximates (NeurIPS 2021)",
      KernelForm(CatalogueOptions<Gaussian>{}, {.normaliser = Normaliser::none}));
  add("skyformer",
      "the gaussian kernel without a normaliser through sampled landmarks, in linear time (Skyformer, NeurIPS 2021)",
      LandmarkForm<SkyformerAttention, SkyformerOptions>());
  add("nystromformer", "softmax through means as landmarks, plus a convolution (Nystromformer, AAAI 2021)",
      LandmarkForm<NystromAttention, NystromOptions>());
  add("kep-svgp", "a Gaussian process on the projections of primal, sampled in training (KEP-SVGP, ICML 2024)",
      ProcessForm());
  add("gru", "a gated recurrent unit in place of attention, as a yardstick (EMNLP 2014)", RecurrentForm());
  return all;
}

}  // namespace

const std::vector<Builder>& sequence_attentions() {
  static const std::vector<Builder> all = all_sequence_attentions();
  return all;
}

}  // namespace mercer
