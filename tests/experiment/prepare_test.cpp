#include "mercer/experiment/prepare.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/graph/inspect.hpp"
#include "support/files.hpp"

using namespace mercer;

namespace {

/// Nodes 0 … 3 on a path, 4 and 5 apart; two classes.
Dataset two_components() {
  Dataset data;
  data.name = "two";
  data.graph = from_edges(6, std::vector<NodePair>{{0, 1}, {1, 2}, {2, 3}, {4, 5}});
  data.features = Tensor::from({{2, 2}, {1, 0}, {0, 1}, {3, 1}, {1, 1}, {1, 3}});
  data.labels = {0, 1, 0, 1, 0, 1};
  data.class_names = {"a", "b"};
  return data;
}

void check_noted(const Prepared& prepared, const char* text) {
  CAPTURE(text);
  CHECK(std::ranges::any_of(prepared.notes,
                            [&](const std::string& note) { return note.find(text) != std::string::npos; }));
}

}  // namespace

TEST_CASE("data are symmetrised and get loops by default") {
  const Prepared usual = prepare(two_components(), {});
  CHECK(usual.data.graph.edges() == 8 + 6);
  CHECK(usual.symmetrise);
  CHECK_FALSE(usual.normalise_features);  // they are dense
  CHECK(usual.source == fingerprint(two_components()));
  const Prepared plain = prepare(two_components(), {.symmetrise = false, .loops = false});
  CHECK(plain.data.graph.edges() == 4);
  Dataset directed = two_components();
  directed.directed = true;
  CHECK_FALSE(prepare(std::move(directed), {}).symmetrise);
}

TEST_CASE("the largest component is taken for some data sets, or on request") {
  Dataset data = two_components();
  CHECK(prepare(data, {}).data.nodes() == 6);
  data.largest_component = true;
  const Prepared part = prepare(data, {});
  CHECK(part.data.nodes() == 4);
  CHECK(part.source_node(3) == 3);
  CHECK(prepare(data, {.largest_component = false}).data.nodes() == 6);
}

TEST_CASE("rows are normalised on request, and by default when most values are zeros, however they are stored") {
  Dataset data = karate();
  CHECK(prepare(data, {}).normalise_features);
  data.features = std::get<SparseMatrix>(data.features).to_dense();
  CHECK(prepare(data, {}).normalise_features);
  data.features = SparseMatrix::from_dense(Tensor::filled(34, 3, 1));
  CHECK_FALSE(prepare(data, {}).normalise_features);
  const Prepared prepared = prepare(two_components(), {.normalise_features = true});
  CHECK(std::get<Tensor>(prepared.data.features)(3, 0) == Real(0.75));
}

TEST_CASE("reordered nodes keep their source numbers and their random split") {
  const DataChoice choice{.data = "karate", .split_random = "per-class:4,4"};
  DataChoice in_parts = choice;
  in_parts.reorder = 3;
  const Prepared plain = prepare(choice), reordered = prepare(in_parts);
  REQUIRE(reordered.order.size() == 34);
  const Split a = split_of(plain, 5, 0).split, b = split_of(reordered, 5, 0).split;
  REQUIRE(a.train.size() == b.train.size());
  for (std::size_t n = 0; n < a.train.size(); ++n)
    CHECK(a.train[n] == reordered.source_node(b.train[n]));
}

TEST_CASE("splits are given, taken in turn, or drawn") {
  Dataset data = two_components();
  data.splits = {{.train = {0, 1}, .validation = {2}, .test = {3}}, {.train = {4, 5}, .validation = {2}, .test = {3}}};
  CHECK(split_of(prepare(data, {}), 0, 7).split.train == std::vector<Node>{0, 1});
  const ChosenSplit second = split_of(prepare(data, {.split = "1"}), 0, 0);
  CHECK(second.split.train == std::vector<Node>{4, 5});
  CHECK(second.number == 1);
  const Prepared all = prepare(data, {.split = "all"});
  CHECK(all.plan.in_words() == "all given splits in turn");
  CHECK(all.plan.of_seeds(2, 2).in_words() == "all given splits in turn");
  CHECK(all.plan.left_out(2, 2).empty());
  CHECK(all.plan.of_seeds(1, 2).in_words() == "given split 0");
  CHECK(all.plan.left_out(1, 2) == "split 0 of 2; --seeds 2 takes all of them");
  CHECK(split_of(all, 0, 3).number == 1);
  const Prepared listed = prepare(data, {.split = "1,0"});
  CHECK(listed.plan.in_words() == "given splits 1, 0 in turn");
  CHECK(listed.plan.of_seeds(1, 2).in_words() == "given split 1");
  CHECK(listed.plan.left_out(1, 2) == "split 1 of the chosen 2; --seeds 2 takes all of them");
  for (const Index turn : {0, 1, 2})
    CHECK(split_of(listed, 0, turn).number == (turn + 1) % 2);
  const Prepared folds = prepare(karate(), {.split = "2,0", .split_random = "folds:3"});
  CHECK(folds.plan.in_words() == "folds 2, 0 in turn of folds:3, seed 0");
  CHECK(split_of(folds, 0, 3).number == 0);
  for (const auto& [text, wanted] : {std::pair("0,2", "got 2, want 0 … 1, a list of them or all"),
                                     std::pair("0,", "got , want 0 … 1"), std::pair("1,0,1", "1 comes twice")})
    CHECK_THROWS_WITH_AS(prepare(data, {.split = text}), doctest::Contains(wanted), ValueError);
  const Prepared drawn = prepare(data, {.split_random = "share:0.4,0.2"});
  CHECK(split_of(drawn, 3, 0).split.train == split_of(drawn, 3, 1).split.train);
}

TEST_CASE("data without a split get one that their classes allow, with a note that says why") {
  const Prepared small = prepare(two_components(), {});
  CHECK(small.plan.in_words() == "random split share:0.6,0.2");
  CHECK(small.plan.why ==
        "no split is given, and class a has 3 nodes, too few for per-class:20,30: --split-random "
        "share:0.6,0.2 is taken, 60 % of each class train, 20 % validate, the others test");
  CHECK(small.notes.front() == small.plan.why);
  CHECK(split_of(small, 0, 0).split.train.size() == 4);
  CHECK(prepare(planted_citations(), {.split_random = "per-class:20,30"}).plan.why.empty());
  for (const char* zeros : {"per-class:010,30", "share:00.5,0.2", "folds:05"})
    CHECK_THROWS_WITH_AS(split_of(prepare(planted_citations(), {.split_random = zeros}), 0, 0),
                         doctest::Contains("want a number without leading zeros"), ValueError);
  Dataset large = planted_citations();
  large.splits.clear();
  CHECK(prepare(large, {}).plan.in_words() == "random split per-class:20,30");
  CHECK_THROWS_WITH_AS(
      split_of(prepare(two_components(), {.split_random = "per-class:2,2"}), 0, 0),
      "[split-random] per-class:2,2: class a has 3 nodes, want 4; shares of each class fit any size, as "
      "share:0.6,0.2",
      ValueError);
}

TEST_CASE("a random split is held by its seed") {
  Dataset data = karate();
  const auto train = [&](const DataChoice& choice, std::uint64_t seed) {
    return split_of(prepare(data, choice), seed, 0).split.train;
  };
  CHECK(train({.split_random = "share:0.5,0.2"}, 1) != train({.split_random = "share:0.5,0.2"}, 2));
  CHECK(train({.split_random = "share:0.5,0.2", .split_seed = 1}, 2) == train({.split_random = "share:0.5,0.2"}, 1));
  CHECK(prepare(data, {.split_random = "share:0.5,0.2", .split_seed = 7}).plan.in_words() ==
        "random split share:0.5,0.2 of seed 7");
  CHECK_THROWS_WITH_AS(prepare(data, {.split_seed = 7}), doctest::Contains("[split-seed] the data have a split"),
                       ValueError);
}

TEST_CASE("folds are taken in turn, or one is chosen") {
  const Prepared all = prepare(karate(), {.split_random = "folds:4"});
  CHECK(all.plan.in_words() == "all folds in turn of folds:4, seed 0");
  std::vector<Node> tested;
  for (Index turn = 0; turn < 4; ++turn) {
    const auto [split, number] = split_of(all, 100 + static_cast<std::uint64_t>(turn), turn);
    CHECK(number == turn);
    tested.insert(tested.end(), split.test.begin(), split.test.end());
    const Prepared one = prepare(karate(), {.split = std::to_string(turn), .split_random = "folds:4"});
    const ChosenSplit chosen = split_of(one, 5, 0);
    CHECK(chosen.split.test == split.test);
    CHECK(chosen.number == turn);
  }
  std::ranges::sort(tested);
  CHECK(tested.size() == 34);
  CHECK(std::ranges::adjacent_find(tested) == tested.end());
  const auto refused = [](const DataChoice& choice, const char* wanted) {
    CHECK_THROWS_WITH_AS(prepare(karate(), choice), doctest::Contains(wanted), ValueError);
  };
  refused({.split = "4", .split_random = "folds:4"}, "[split] got 4, want 0 … 3, the folds, a list of them or all");
  refused({.split_random = "folds:2"}, "[split-random] got folds:2, want 3 folds or more");
  refused({.split_random = "folds:many"}, "[split-random] folds:many: 'many' is not a number");
}

TEST_CASE("what is done to the data is noted") {
  const Prepared usual = prepare(two_components(), {.normalise_features = true});
  check_noted(usual, "the edges are symmetrised: 4 slots became 8");
  check_noted(usual, "loops are added to 6 nodes");
  check_noted(usual, "each node's values are divided by the sum of their sizes");
  check_noted(prepare(two_components(), {.symmetrise = false}), "not symmetrised");
  check_noted(prepare(two_components(), {.largest_component = true}), "the largest component alone: 4 of 6 nodes");
  check_noted(prepare(two_components(), {.standardise_features = true}), "mean 0 and standard deviation 1");
  check_noted(prepare(karate(), {.standardise_features = true}), "sparse ones keep their zeros");
  check_noted(prepare(two_components(), {.features = NodeFeatures::degree}), "give way to --features degree");
  Dataset loops = two_components();
  loops.graph = with_loops(loops.graph.view());
  check_noted(prepare(loops, {.loops = false}), "6 loops of the data are left out; --keep-loops keeps them");
  check_noted(prepare(loops, {.loops = false, .keep_loops = true}), "6 loops of the data are kept");
  check_noted(prepare(loops, {}), "6 loops of the data count as the loops that are added");
  Dataset unscaled = two_components();
  std::get<Tensor>(unscaled.features)(0, 0) = Real(1e7);
  check_noted(prepare(unscaled, {}), "features differ in scale (column 2: 1, column 1: 4,100,000): --standardise");
}

TEST_CASE("columns of other scales are noted by name, in data that come neither row-normalised nor standardised") {
  Dataset people = two_components();
  people.feature_names = {"age", "posts", "income"};
  people.features =
      Tensor::from({{18, 1, 900}, {69, 40, 5964}, {33, 9, 2000}, {41, 12, 3100}, {27, 22, 1500}, {55, 3, 2600}});
  const std::string note = scales_note(people);
  CHECK(note ==
        "features differ in scale (posts: 13, income: 1,600): --standardise-features brings each column to "
        "mean 0 and deviation 1");
  const auto noted = [&](const DataChoice& choice) { return std::ranges::count(prepare(people, choice).notes, note); };
  CHECK(noted({}) == 1);
  CHECK(noted({.encoding = "laplacian:2"}) == 1);
  CHECK(noted({.standardise_features = true}) == 0);
  CHECK(noted({.normalise_features = true}) == 0);
  people.features = SparseMatrix::from_dense(std::get<Tensor>(people.features));
  CHECK(scales_note(people) == note);
  people.features = Tensor::from({{18, 2}, {69, 4}, {33, 6}, {41, 2}, {27, 1}, {55, 2}});
  CHECK(scales_note(people).starts_with("features are of large scale (age: 17): --standardise-features"));
  CHECK(scales_note(two_components()).empty());
  CHECK(scales_note(Dataset()).empty());
  Dataset marks;  // rare ones are not small
  marks.features = Tensor::filled(5000, 2, 1);
  for (Index i = 0; i < 5000; ++i) {
    std::get<Tensor>(marks.features)(i, 0) = Real(i % 3);
    std::get<Tensor>(marks.features)(i, 1) = Real(i == 7);
  }
  CHECK(scales_note(marks).empty());
  CHECK(scales_note(karate()).empty());
}

TEST_CASE("loops of the data stay on request, repeated edges count as often as they stand there") {
  Dataset data = two_components();
  data.graph = from_edges(6, std::vector<NodePair>{{0, 0}, {0, 1}, {1, 0}, {4, 5}});
  data.edge_counts = {2, 3, 3, 1};
  const DataChoice as_stored{
      .symmetrise = false, .loops = false, .keep_loops = true, .duplicates = RepeatedEdges::count};
  const Prepared all = prepare(data, as_stored);
  CHECK(std::ranges::equal(all.data.graph.neighbours(0), std::vector<Node>{0, 0, 1, 1, 1}));
  CHECK(all.duplicates == RepeatedEdges::count);
  const Prepared looped = prepare(data, {.symmetrise = false, .duplicates = RepeatedEdges::count});
  CHECK(std::ranges::equal(looped.data.graph.neighbours(0), std::vector<Node>{0, 1, 1, 1}));  // a node has one loop
  CHECK(prepare(data, {.loops = false}).data.graph.edges() == 4);
  CHECK(prepare(data, {.loops = false}).data.edge_counts.empty());
  CHECK_THROWS_WITH_AS(prepare(data, {.keep_loops = true}), doctest::Contains("keep-loops"), ValueError);
}

TEST_CASE("a loop has the mean of the other edges' features, also where the data have one; repeated edges their own") {
  Dataset data = two_components();
  data.graph = from_edges(6, std::vector<NodePair>{{0, 0}, {0, 1}, {0, 2}});
  data.edge_counts = {2, 3, 1};
  data.edge_features = Tensor::from({{100}, {2}, {6}});
  data.repeated_features = Tensor::from({{50}, {150}, {1}, {2}, {3}, {6}});
  const auto first = [&](Index count, DataChoice choice) {
    choice.symmetrise = false;
    if (!choice.edge_features) choice.edge_features = EdgeFeatures::raw;
    const Tensor x = prepare(data, choice).data.edge_features;
    return std::vector<Real>(x.row(0), x.row(0) + count);
  };
  CHECK(first(3, {}) == std::vector<Real>{4, 2, 6});
  CHECK(first(5, {.duplicates = RepeatedEdges::count}) == std::vector<Real>{3, 1, 2, 3, 6});
  DataChoice as_stored{.loops = false, .keep_loops = true, .duplicates = RepeatedEdges::count};
  CHECK(first(6, as_stored) == std::vector<Real>{50, 150, 1, 2, 3, 6});
  as_stored.edge_features = EdgeFeatures::standardise;
  const std::vector<Real> scaled = first(6, as_stored);
  CHECK(std::abs(std::accumulate(scaled.begin(), scaled.end(), 0.0)) < 1e-5);
  check_noted(prepare(data, {.symmetrise = false, .duplicates = RepeatedEdges::count}),
              "each time with features of its own");
  data.repeated_features = {};
  check_noted(prepare(data, {.symmetrise = false, .duplicates = RepeatedEdges::count}),
              "with the mean of its features");
}

TEST_CASE("one note says what becomes of repeated edges, and of those that go both ways") {
  const test::TempFolder folder;
  folder.write("edges.txt", "0 1\n1 0\n0 1\n");
  folder.write("features.csv", "1\n2\n");
  folder.write("labels.txt", "a\nb\n");
  const auto notes_of = [&](RepeatedEdges choice) {
    const Prepared prepared = prepare(read_dataset(folder.path()), {.loops = false, .duplicates = choice});
    std::vector<std::string> notes = prepared.data.notes;
    notes.insert(notes.end(), prepared.notes.begin(), prepared.notes.end());
    std::erase_if(notes, [](const std::string& note) { return note.find("edge") == std::string::npos; });
    return notes;
  };
  const std::string ways = "the edges already go both ways";
  CHECK(notes_of(RepeatedEdges::merge) ==
        std::vector<std::string>{"1 repeated edges are merged; --duplicates count takes all of them", ways});
  CHECK(notes_of(RepeatedEdges::count) ==
        std::vector<std::string>{ways,
                                 "an edge that the data repeat counts as often as it stands there: 2 slots became 3"});
}

TEST_CASE("labels are taken as the task wants them, or refused with the task that they are of") {
  Dataset data = two_components();
  data.labels[5] = -1;
  const Dataset several = with_task(data, LabelKind::several);
  CHECK(several.label_kind == LabelKind::several);
  CHECK(several.targets(1, 1) == 1);
  CHECK(several.targets(1, 0) == 0);
  CHECK(several.labels == std::vector<std::int32_t>{0, 0, 0, 0, 0, -1});
  CHECK_THROWS_WITH_AS(with_task(data, LabelKind::real), doctest::Contains("two has the label 'a', want numbers"),
                       ValueError);
  data.class_names = {"3", "-2.5"};
  const Dataset real = with_task(data, LabelKind::real);
  CHECK(real.targets(1, 0) == -2.5);
  CHECK(real.class_names == std::vector<std::string>{"value"});
  CHECK(with_task(real, std::nullopt).label_kind == LabelKind::real);
  CHECK(with_task(several, LabelKind::real).targets(1, 1) == 1);
  CHECK_THROWS_WITH_AS(with_task(real, LabelKind::classes),
                       doctest::Contains("[task] got classes, but labels are real numbers in two; want regression"),
                       ValueError);
  CHECK_THROWS_WITH_AS(with_task(several, LabelKind::classes), doctest::Contains("want multi-label"), ValueError);
  Dataset doubtful = real;
  doubtful.label_doubt = "labels.txt: in doubt";
  CHECK_THROWS_WITH_AS(with_task(doubtful, std::nullopt), doctest::Contains("in doubt"), FileError);
  CHECK(with_task(doubtful, LabelKind::real).label_kind == LabelKind::real);
  Dataset gap = several;
  gap.targets(0, 1) = std::numeric_limits<Real>::quiet_NaN();
  CHECK_THROWS_WITH_AS(with_task(gap, std::nullopt), doctest::Contains("two: node 0 has unknown labels"), ValueError);

  const Prepared prepared = prepare(several, {});
  CHECK(prepared.plan.random == "share:0.6,0.2");
  CHECK(split_of(prepared, 1, 0).split.train.size() == 3);  // of the five with labels
  CHECK_THROWS_WITH_AS(split_of(prepare(several, {.split_random = "per-class:1,1"}), 1, 0),
                       doctest::Contains("nodes have no classes here"), ValueError);
}

TEST_CASE("a task takes the reading that the source has for it, once") {
  Dataset data = two_components();
  LabelReading numbers{.targets = Tensor::from({{-1}, {2}, {3}, {4}, {5}, {std::numeric_limits<Real>::quiet_NaN()}}),
                       .class_names = {"value"},
                       .notes = {"-1 is a number"}};
  data.other_readings = {numbers, {.kind = LabelKind::several, .problem = "labels.csv: line 3: got words"}};
  const Dataset real = with_task(data, LabelKind::real);
  CHECK(real.targets(0, 0) == -1);
  CHECK(real.labels == std::vector<std::int32_t>{0, 0, 0, 0, 0, -1});
  CHECK(real.notes.back() == "-1 is a number");
  CHECK(real.other_readings.empty());
  CHECK_THROWS_WITH_AS(with_task(data, LabelKind::several), doctest::Contains("labels.csv: line 3: got words"),
                       FileError);
  CHECK(with_task(data, std::nullopt).labels == data.labels);
  CHECK(with_task(data, std::nullopt).other_readings.empty());
  const Dataset part = induced(data, std::vector<Node>{1, 0});
  CHECK(with_task(part, LabelKind::real).targets(1, 0) == -1);
}

TEST_CASE("features are made of the graph, or standardised by given scales") {
  const Tensor degrees = std::get<Tensor>(prepare(two_components(), {.features = NodeFeatures::degree}).data.features);
  CHECK(degrees.columns() == 2);
  CHECK(degrees(1, 0) == 1);
  CHECK(static_cast<double>(degrees(1, 1)) == doctest::Approx(std::log(3.0)));  // loops don't count
  CHECK(static_cast<double>(degrees(4, 1)) == doctest::Approx(std::log(2.0)));
  const Dataset same = prepare(two_components(), {.features = NodeFeatures::identity}).data;
  CHECK(same.feature_count() == 6);
  CHECK(std::get<SparseMatrix>(same.features).to_dense()(3, 3) == 1);
  CHECK(std::get<SparseMatrix>(same.features).nonzeros() == 6);

  const ColumnScales given{{1, 0}, {2, 1}};
  const Prepared prepared = prepare(two_components(), {.standardise_features = true}, &given);
  CHECK(std::get<Tensor>(prepared.data.features)(3, 0) == 4);
  CHECK(prepared.scales.scale == given.scale);
  CHECK(prepare(two_components(), {}).scales.mean.empty());
  CHECK_THROWS_WITH_AS(prepare(two_components(), {.normalise_features = true, .standardise_features = true}),
                       doctest::Contains("normalise-features is set too"), ValueError);
}

TEST_CASE("invalid choices are refused") {
  const auto refused = [](const DataChoice& choice, const char* wanted) {
    CHECK_THROWS_WITH_AS(prepare(two_components(), choice), doctest::Contains(wanted), ValueError);
  };
  refused({.split = "0"}, "[split] got 0, the data have no splits of their own");
  refused({.split = "0", .split_random = "share:0.5,0.2"}, "want one of them");
  refused({.reorder = 0}, "[reorder] got 0 parts, want at least 1");
  CHECK_THROWS_WITH_AS(prepare(DataChoice()), doctest::Contains("[data] got nothing"), ValueError);
  CHECK_THROWS_WITH_AS(prepare(karate(), {.split = "7"}), "[split] got 7, but karate has one split: 0", ValueError);
  for (const char* way : {"per-class:1", "share:0.5", "thirds", "share:a,b", "share:0.9,0.9", ""})
    CHECK_THROWS_WITH_AS(split_of(prepare(two_components(), {.split_random = way}), 0, 0),
                         doctest::Contains("[split-random] "), ValueError);
  CHECK_THROWS_AS(check_trainable(two_components(), Split()), ValueError);
  Dataset one_class = two_components();
  one_class.class_names = {"a"};
  CHECK_THROWS_WITH_AS(check_trainable(one_class, {.train = {0}, .validation = {}, .test = {}}),
                       "two: got 1 class, want at least 2", ValueError);
  one_class.class_names = {};
  CHECK_THROWS_WITH_AS(check_trainable(one_class, {}),
                       "two: no node has a label: add labels.csv, or a column named label", ValueError);
  one_class.no_labels_note = "no node has a label: a member labels would give them";
  CHECK_THROWS_WITH_AS(check_trainable(one_class, {}), "two: no node has a label: a member labels would give them",
                       ValueError);
}
