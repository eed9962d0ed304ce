#include "data/make.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/errors.hpp"
#include "cli/numbers.hpp"
#include "cli/output.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/write.hpp"

namespace mercer::program {

namespace {

constexpr std::uint64_t most_tables = 10'000'000, most_words = 1u << 24, most_slots = 10'000'000'000;

int make_lookup(const Words& words) {
  CLI::App app(
      "Generates dictionary lookup tables: attention that ranks the keys alike for all queries fails on them.\n\n"
      "Example:\n  mercer data make lookup --out runs/lookup --size 10",
      "mercer data make lookup");
  LookupOptions options;
  std::string out;
  app.add_option("--out", out, "folder to write")->type_name("DIR");
  const auto count = [&app](const char* name, auto& field, const char* help, std::uint64_t most) {
    app.add_option(name, field, help)->check(whole_number(0, most))->capture_default_str();
  };
  count("--size", options.size, "keys, queries and values of one table", 10'000);
  count("--train", options.train, "training tables", most_tables);
  count("--validation", options.validation, "validation tables", most_tables);
  count("--test", options.test, "test tables", most_tables);
  count("--seed", options.seed, "which tables", any_seed);
  if (!parse(app, words)) return done;
  if (out.empty()) throw UsageError("mercer data make: --out: got nothing, want a folder");
  check_output_folder(out);
  const Dataset data = lookup_tables(options);
  write_dataset(data, out);
  fmt::print(
      "{} tables of {} keys and {} queries: {} nodes, {} edges from keys to queries\n"
      "train on it: mercer train --data {} --model gatv2 --layers 1 --dropout 0 --weight-decay 0\n",
      data.nodes() / (2 * options.size), options.size, options.size, data.nodes(), data.graph.edges(),
      shell_line({out}));
  return done;
}

int make_planted(const Words& words) {
  CLI::App app(
      "Generates a planted citation graph and writes it as plain text, the format of a graph of your own.\n\n"
      "Example:\n  mercer data make planted --out runs/planted --seed 1",
      "mercer data make planted");
  PlantedOptions options;
  std::string out;
  Index nodes = 0, classes = 0;
  app.add_option("--out", out, "folder to write")->type_name("DIR");
  app.add_option("--nodes", nodes, "nodes, in classes of one size; without it Cora's classes")
      ->check(whole_number(2, 10'000'000));
  app.add_option("--classes", classes, "classes of one size")->check(whole_number(2, 10'000));
  const auto count = [&app](const char* name, auto& field, const char* help, std::uint64_t most = any_count) {
    app.add_option(name, field, help)->check(whole_number(0, most))->capture_default_str();
  };
  const auto share = [&app](const char* name, double& field, const char* help) {
    app.add_option(name, field, help)->check(real_number(0, 1))->capture_default_str();
  };
  count("--edges", options.edges, "undirected edges", most_slots);
  share("--homophily", options.homophily, "share of edges within a class");
  count("--words", options.words, "features", most_words);
  count("--words-in-all", options.words_in_all, "nonzeros", most_slots);
  share("--topic-share", options.topic_share, "of a node's words, from its class");
  count("--train", options.train_of_each_class, "training nodes of each class");
  count("--validation", options.validation, "validation nodes");
  count("--test", options.test, "test nodes");
  count("--seed", options.seed, "which graph of its kind", any_seed);
  if (!parse(app, words)) return done;
  if (out.empty()) throw UsageError("mercer data make: --out: got nothing, want a folder");
  if (nodes > 0 || classes > 0) {
    if (classes == 0) classes = static_cast<Index>(options.class_sizes.size());
    if (nodes == 0) nodes = 2708;
    options.class_sizes.assign(static_cast<std::size_t>(classes), nodes / classes);
    for (Index c = 0; c < nodes % classes; ++c)
      ++options.class_sizes[static_cast<std::size_t>(c)];
  }
  check_output_folder(out);
  const Dataset data = planted_citations(options);
  write_dataset(data, out);
  fmt::print("{} nodes, {} edge slots, {} features, {} classes\ntrain on it: mercer train --data {}\n", data.nodes(),
             data.graph.edges(), data.feature_count(), data.classes(), shell_line({out}));
  return done;
}

}  // namespace

int make(const Words& words) {
  if (!words.empty() && (words[0] == "--help" || words[0] == "-h")) {
    fmt::print(
        "Generates a data set and writes it as plain text, the format of a graph of your own.\n\n"
        "Usage: mercer data make planted|lookup --out DIR\n\nEach has a --help of its own.\n\n"
        "Example:\n  mercer data make planted --out runs/planted --seed 1\n");
    return done;
  }
  if (words.empty()) throw UsageError("mercer data make: got no kind, want planted or lookup");
  const Words rest(words.begin() + 1, words.end());
  if (words[0] == "planted") return make_planted(rest);
  if (words[0] == "lookup") return make_lookup(rest);
  throw UsageError("mercer data make: got '" + words[0] + "', want planted or lookup" +
                   did_you_mean(words[0], {"planted", "lookup"}));
}

}  // namespace mercer::program
