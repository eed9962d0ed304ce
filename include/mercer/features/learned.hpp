#pragma once

#include <string>

#include "mercer/base/option_list.hpp"
#include "mercer/base/random.hpp"
#include "mercer/features/frequencies.hpp"

namespace mercer {

/// The first values of learned frequencies.
enum class FrequencyStart {
  rbf,      // the RBF of bandwidth σ; the second set differs by at most a tenth
  release,  // U(±1/√(h·M)), as in the authors' code
};

inline constexpr Choice<FrequencyStart> frequency_start_choices[]{{"rbf", FrequencyStart::rbf},
                                                                  {"release", FrequencyStart::release}};

struct LearnedOptions {
  bool stationary = false;  // one set: κ depends on q − k alone
  FrequencyStart start = FrequencyStart::rbf;

  void declare(OptionList& list) {
    list.add_switch("release", "the first frequencies", [this] { start = FrequencyStart::release; });
    list.add("frequency-start", start, frequency_start_choices, "first frequencies");
  }
};

/// Frequencies that are parameters themselves: IKAN-direct of Song, Jung, Kim and Moon, Implicit Kernel Attention, AAAI
/// 2021.
struct LearnedFrequencies {
  using Options = LearnedOptions;
  Variable first;   // [h*d, M], in turns
  Variable second;  // the same; undefined when stationary

  LearnedFrequencies(const Options& options, const FrequencySizes& sizes, Random& random);

  NoiseSize noise() const { return {}; }
  Frequencies operator()(const Variable& q, const Variable& k, const NoiseDraw& noise) const;
  Parameters parameters(const std::string& prefix = "") const;
};

}  // namespace mercer
