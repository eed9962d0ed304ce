#pragma once

#include <string>
#include <vector>

#include "apps/program.hpp"
#include "support/series.hpp"

namespace mercer::test {

/// The files of a small set of sequences, and a quick training on them.
struct SeriesFolder : TemporaryFolder {
  SeriesFolder() {
    write(*this / "small_TRAIN.ts", series_text(40, 1));
    write(*this / "small_TEST.ts", series_text(20, 2));
  }
  Outcome train(const std::vector<std::string>& more) const { return run(words_with(more)); }
  Program started(const std::vector<std::string>& more) const { return Program(words_with(more)); }

 private:
  std::vector<std::string> words_with(const std::vector<std::string>& more) const {
    std::vector<std::string> words{"train",     "--data",   at("small_TRAIN.ts"),
                                   "--threads", "1",        "--layers",
                                   "1",         "--hidden", "4",
                                   "--heads",   "2",        "--epochs",
                                   "12",        "--batch",  "8",
                                   "--warm-up", "20",       "--learning-rate",
                                   "0.01",      "--out",    at("run")};
    give(words, more);
    return words;
  }
};

}  // namespace mercer::test
