#include "mercer/experiment/match.hpp"

#include <doctest/doctest.h>

#include "mercer/base/check.hpp"
#include "mercer/data/read.hpp"
#include "mercer/graph/build.hpp"
#include "support/files.hpp"

using namespace mercer;

namespace {

/// A path of three nodes with these labels and classes and two features.
Dataset graph_of(std::vector<std::int32_t> labels, std::vector<std::string> classes) {
  Dataset data;
  data.name = "other";
  data.graph = from_edges(3, std::vector<NodePair>{{0, 1}, {1, 2}});
  data.features = Tensor::from({{1, 2}, {3, 4}, {5, 6}});
  data.labels = std::move(labels);
  data.class_names = std::move(classes);
  return data;
}

TrainedModel model_of(std::vector<std::string> features = {}) {
  TrainedModel trained;
  trained.features = 2;
  trained.class_names = {"bird", "fish", "moss"};
  trained.feature_names = std::move(features);
  return trained;
}

void refused(const Dataset& data, const TrainedModel& trained, const char* wanted) {
  CHECK_THROWS_WITH_AS(matched(data, trained), doctest::Contains(wanted), ValueError);
}

}  // namespace

TEST_CASE("labels of another graph take the model's numbers by the names of the classes") {
  const Dataset same = matched(graph_of({1, 0, 2}, {"moss", "fish", "bird"}), model_of());
  CHECK(same.labels == std::vector<std::int32_t>{1, 2, 0});
  CHECK(same.class_names == model_of().class_names);
  CHECK(same.notes.empty());

  const Dataset fewer = matched(graph_of({0, 1, -1}, {"bird", "moss"}), model_of());
  CHECK(fewer.labels == std::vector<std::int32_t>{0, 2, -1});
  CHECK(fewer.notes == std::vector<std::string>{"no node is of the model's class fish"});

  const Dataset none = matched(graph_of({-1, -1, -1}, {}), model_of());
  CHECK(none.classes() == 3);
  CHECK(none.notes.empty());
}

TEST_CASE("a class that the model doesn't know is refused by its name, unless no node has it") {
  refused(graph_of({0, 1, 2}, {"bird", "fish", "zebra"}), model_of(),
          "other: zebra is no class of the model, which knows bird, fish, moss; give the labels these names");
  refused(graph_of({0, 1, 0}, {"0", "1"}), model_of(), "0, 1 are no classes of the model");
  CHECK(matched(graph_of({0, 1, 1}, {"bird", "fish", "zebra"}), model_of()).labels ==
        std::vector<std::int32_t>{0, 1, 1});
}

TEST_CASE("feature columns are matched by name in any order") {
  Dataset data = graph_of({0, 0, 0}, {"bird"});
  data.feature_names = {"width", "height"};
  const Dataset swapped = matched(data, model_of({"height", "width"}));
  CHECK(swapped.feature_names == std::vector<std::string>{"height", "width"});
  CHECK(std::get<Tensor>(swapped.features)(1, 0) == 4);
  CHECK(std::get<Tensor>(swapped.features)(1, 1) == 3);
  CHECK(std::get<Tensor>(matched(data, model_of()).features)(1, 0) == 3);  // the model has no names

  refused(data, model_of({"height", "depth"}), "no feature depth, which the model reads; they have width, height");
  TrainedModel narrow = model_of({"height"});
  narrow.features = 1;
  const Dataset part = matched(data, narrow);
  CHECK(part.feature_count() == 1);
  CHECK(std::get<Tensor>(part.features)(2, 0) == 6);
  CHECK(part.notes.front() == "the model doesn't read the features width");
}

TEST_CASE("another number of features is refused where columns have neither names nor indices") {
  TrainedModel trained = model_of();
  trained.features = 3;
  refused(graph_of({0, 0, 0}, {"bird"}), trained, "other: the nodes have 2 features, the model wants 3");
}

TEST_CASE("sparse text features keep their indices, whichever occur") {
  const test::TempFolder folder;
  folder.write("edges.txt", "0 1\n");
  const auto read = [&](const char* features) {
    folder.write("features.svmlight", features);
    return load_dataset(folder.path().string());
  };
  const auto value = [](const Dataset& data, Index i, Index c) {
    return std::visit(
        [&]<class X>(const X& x) {
          if constexpr (std::is_same_v<X, Tensor>)
            return x(i, c);
          else
            return x.to_dense()(i, c);
        },
        data.features);
  };
  TrainedModel from_one = model_of();
  from_one.features = 5;
  from_one.first_index = 1;
  const Dataset narrow = matched(read("1:7\n3:8\n"), from_one);
  CHECK(narrow.feature_count() == 5);
  CHECK(value(narrow, 0, 0) == 7);
  CHECK(value(narrow, 1, 2) == 8);
  CHECK(value(narrow, 1, 4) == 0);
  CHECK(narrow.notes.back() == "the features that occur end at index 3; they get the width of the model's, 5");
  refused(read("1:7\n6:8\n"), from_one, "have the indices 1 … 6, the model reads 1 … 5");
  refused(read("0:7\n1:8\n"), from_one, "have the indices 0 … 1, the model reads 1 … 5");

  TrainedModel from_zero = from_one;
  from_zero.first_index = 0;
  const Dataset shifted = matched(read("1:7\n3:8\n"), from_zero);  // no 0 occurs here
  CHECK(value(shifted, 0, 1) == 7);
  CHECK(value(shifted, 1, 3) == 8);
  refused(read("1:7\n5:8\n"), from_zero, "have the indices 1 … 5, the model reads 0 … 4");
  CHECK(matched(read("\n\n"), from_one).feature_count() == 5);
}

namespace {

TrainedModel reading_edges(std::vector<std::string> names) {
  TrainedModel trained = model_of();
  trained.options.options.insert_or_assign("edge-columns", std::ssize(names));
  trained.edge_feature_names = std::move(names);
  return trained;
}

Dataset with_edge_columns(std::vector<std::string> names) {
  Dataset data = graph_of({0, 1, 2}, {"bird", "fish", "moss"});
  data.edge_features = Tensor(data.graph.edges(), std::ssize(names));
  for (Edge e = 0; e < data.graph.edges(); ++e)
    for (Index c = 0; c < data.edge_features.columns(); ++c)
      data.edge_features(e, c) = static_cast<Real>(c + 1);
  data.edge_feature_names = std::move(names);
  return data;
}

}  // namespace

TEST_CASE("words of another graph's edges, none of which the model knows, are refused") {
  const TrainedModel trained = reading_edges({"kind=a", "kind=b"});
  refused(with_edge_columns({"kind=c", "kind=d"}), trained,
          "have the words c, d in the column kind, of which the model knows none; it reads a, b");
  CHECK(matched(with_edge_columns({"kind=b", "kind=d"}), trained).edge_feature_names == trained.edge_feature_names);
}

TEST_CASE("names of features match whatever their case, unless that is ambiguous") {
  CHECK(matched(with_edge_columns({"LENGTH", "Time"}), reading_edges({"Time", "Length"})).edge_features(0, 1) == 1);
  refused(with_edge_columns({"length", "LENGTH"}), reading_edges({"Length", "time"}), "no feature Length");
  Dataset data = graph_of({0, 1, 2}, {"bird", "fish", "moss"});
  data.feature_names = {"AGE", "size"};
  const Dataset same = matched(data, model_of({"Size", "age"}));
  CHECK(std::get<Tensor>(same.features)(0, 0) == 2);
}

TEST_CASE("a target of another name is not what the model learned, unless one of the two names is general") {
  const auto targets = [](const char* name) {
    Dataset data = graph_of({0, 0, 0}, {name});
    data.label_kind = LabelKind::real;
    data.targets = Tensor::from({{7}, {8}, {9}});
    return data;
  };
  const auto learned = [](const char* name) {
    TrainedModel trained = model_of();
    trained.class_names = {name};
    return trained;
  };
  refused(targets("age"), learned("price"),
          "other: the nodes have no label price, which the model learned; they have "
          "age; give the labels these names, or leave the labels out");
  const std::vector<std::pair<const char*, const char*>> alike{
      {"price", "price"}, {"PRICE", "price"}, {"value", "price"}, {"age", "target"}, {"Label", "y"}};
  for (const auto& [name, wanted] : alike) {
    const Dataset same = matched(targets(name), learned(wanted));
    CHECK(same.targets(1, 0) == 8);
    CHECK(same.class_names == std::vector<std::string>{wanted});
  }
  Dataset none = targets("age");  // to predict only
  none.labels = {-1, -1, -1};
  CHECK(matched(none, learned("price")).class_names == std::vector<std::string>{"price"});
}

TEST_CASE("a note says where another graph declares the direction of its edges otherwise") {
  Dataset data = graph_of({0, 1, 2}, {"bird", "fish", "moss"});
  TrainedModel trained = model_of();
  const auto notes = [&](bool directed, bool symmetrise, bool own = false) {
    data.directed = directed;
    data.notes.clear();
    trained.data.symmetrise = symmetrise;
    note_direction(data, trained, own);
    return data.notes.size();
  };
  CHECK(notes(true, true) == 1);
  CHECK(notes(false, false) == 1);
  CHECK(notes(true, false) == 0);
  CHECK(notes(false, true) == 0);
  CHECK(notes(true, true, true) == 0);  // what was said then is not known
  trained.fingerprint.directed = false;
  CHECK(notes(true, true, true) == 1);
  CHECK(notes(false, false, true) == 0);  // --no-symmetrise, then as now
}
