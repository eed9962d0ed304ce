#include "mercer/models/sequence_transformer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

#include "mercer/base/check.hpp"
#include "mercer/base/parallel.hpp"
#include "mercer/graph/build.hpp"
#include "mercer/models/build.hpp"
#include "support/random_tensor.hpp"
#include "support/row_range.hpp"

using namespace mercer;

namespace {

const Segments batch_of_three({0, 5, 6, 9});

const OptionValues tiny{{"layers", 2}, {"hidden", 4}, {"heads", 2}, {"feed-forward", 6}};

ModelOptions tiny_model(const std::string& name, const OptionValues& more = {}) {
  ModelOptions options{.name = name, .options = more};
  options.options.insert(tiny.begin(), tiny.end());
  if (name.find("fastfood") != std::string::npos) options.options.insert_or_assign("frequencies", 4);
  return options;
}

Tensor logits(const Model& model, const Segments& segments, const Tensor& x) {
  Pass pass = Pass::inference();
  return model.forward(segments, Variable(x), pass).y.value();
}

}  // namespace

TEST_CASE("every attention layer stands in a Transformer: each sequence of a batch is as it is alone") {
  const Tensor x = test::random_tensor(9, 3);
  std::vector<std::string> names = sequence_model_names();
  CHECK(names.front() == "transformer");
  CHECK(names.size() > 20);
  for (const std::string& name : names) {
    CAPTURE(name);
    CHECK(is_sequence_model(name));
    CHECK(describe_model(name).find("sequences") != std::string::npos);
    const Model model = build_model(tiny_model(name), 3, 4, 7);
    const Tensor all = logits(model, batch_of_three, x);
    REQUIRE(all.rows() == 3);
    REQUIRE(all.columns() == 4);
    REQUIRE(all_finite(all));
    for (const auto& [s, first, last] : {std::tuple(0, 0, 5), std::tuple(1, 5, 6), std::tuple(2, 6, 9)})
      CHECK(max_abs_difference(test::row_range(all, s, s + 1), logits(model, Segments({0, last - first}),
                                                                      test::row_range(x, first, last))) < Real(2e-5));
    Pass pass = Pass::inference();
    const bool without_pairs =
        name == "transformer-skyformer" || name == "transformer-nystromformer" || name == "transformer-gru";
    CHECK(model.operands(batch_of_three, Variable(x), pass).size() == (without_pairs ? 0 : 2));
    CHECK(hidden_outputs(model, batch_of_three, Variable(x)).rows() == 3);
  }
}

TEST_CASE("every parameter of every Transformer gets a gradient") {
  const Tensor x = test::random_tensor(9, 3);
  for (const std::string& name : sequence_model_names()) {
    CAPTURE(name);
    const Model model = build_model(tiny_model(name, {{"pooling", "attention"}}), 3, 4, 7);
    Pass pass = Pass::training(1, 0);
    Output out = model.forward(batch_of_three, Variable(x), pass);
    Variable loss = cross_entropy(out.y, std::vector<std::int32_t>{0, 2, 3}, std::vector<Node>{0, 1, 2});
    if (out.penalty) loss = add(loss, out.penalty);
    loss.backward();
    for (const Parameter& p : model.parameters) {
      CAPTURE(p.name);
      REQUIRE(p.variable.has_grad());
      CHECK(all_finite(p.variable.grad()));
      CHECK(max_abs_difference(p.variable.grad(), Tensor::like(p.variable.grad())) > 0);
    }
  }
}

TEST_CASE("the gradient of a Transformer against central differences, every pooling and position") {
  const Tensor x = test::random_tensor(9, 3);
  for (const char* pooling : {"mean", "cls", "attention"})
    for (const char* positions : {"sinusoidal", "learned", "none"}) {
      CAPTURE(std::string(pooling));
      CAPTURE(std::string(positions));
      const Model model = build_model(tiny_model("transformer", {{"pooling", pooling},
                                                                 {"positions", positions},
                                                                 {"pre-norm", *pooling != 'c'},
                                                                 {"patch", *pooling == 'a' ? 2 : 1}}),
                                      3, 4, 7);
      test::check_gradient(
          [&](const Variable& v) {
            Pass pass = Pass::inference();
            return model.forward(batch_of_three, v, pass).y;
          },
          x);
    }
}

TEST_CASE("the same bits on any number of threads") {
  const Tensor x = test::random_tensor(9, 3);
  const int before = threads();
  std::vector<Tensor> seen;
  for (const int count : {1, 2, 4}) {
    set_threads(count);
    const Model model = build_model(tiny_model("transformer-rbf"), 3, 4, 7);
    Pass pass = Pass::training(3, 1);
    Variable loss = cross_entropy(model.forward(batch_of_three, Variable(x), pass).y,
                                  std::vector<std::int32_t>{0, 2, 3}, std::vector<Node>{0, 1, 2});
    loss.backward();
    Tensor all = loss.value();
    for (const Parameter& p : model.parameters) {
      Tensor longer(1, all.size() + p.variable.value().size());
      std::copy_n(all.data(), all.size(), longer.data());
      std::ranges::copy(p.variable.grad().values(), longer.data() + all.size());
      all = std::move(longer);
    }
    seen.push_back(std::move(all));
  }
  set_threads(before);
  CHECK(test::same_bits(seen[0], seen[1]));
  CHECK(test::same_bits(seen[0], seen[2]));
}

TEST_CASE("causal: later rows change no earlier one in any attention, or it is refused by name") {
  const Tensor x = test::random_tensor(9, 3);
  Tensor later = x;
  for (const Index i : {4, 8})  // the last rows of two sequences
    std::fill_n(later.row(i), 3, Real(0.7));
  std::vector<std::string> without;
  for (const std::string& name : sequence_model_names()) {
    CAPTURE(name);
    OptionValues options{{"causal", true}, {"layers", 3}};
    if (name == "transformer") options.insert({"relative", "table"});
    std::optional<Model> model;
    try {
      model = build_model(tiny_model(name, options), 3, 4, 7);
    } catch (const ValueError& error) {
      const std::string why = name == "transformer-gru" ? "no effect on transformer-gru" : name + " has no causal form";
      CHECK(std::string(error.what()).find(why) != std::string::npos);
      without.push_back(name);
      continue;
    }
    const auto last_input = [&](const Segments& batch, const Tensor& of) {  // of the last block, after two blocks
      Pass pass = Pass::inference();
      return model->operands(batch, Variable(of), pass).back().x.dense().value();
    };
    const Tensor before = last_input(batch_of_three, x), after = last_input(batch_of_three, later);
    const Tensor shorter =
        last_input(Segments({0, 4}), test::row_range(x, 0, 4));  // the first sequence without its last row
    CHECK(max_abs_difference(shorter, test::row_range(before, 0, 4)) < 1e-5);
    REQUIRE(before.rows() == 9);
    for (Index i = 0; i < 9; ++i) {
      const double moved =
          static_cast<double>(max_abs_difference(test::row_range(before, i, i + 1), test::row_range(after, i, i + 1)));
      if (i == 4 || i == 8)
        CHECK(moved > 1e-3);
      else
        CHECK(moved < 1e-5);
    }
  }
  CHECK(without == std::vector<std::string>{"transformer-skyformer", "transformer-nystromformer",
                                            "transformer-kep-svgp", "transformer-gru", "transformer-ikan",
                                            "transformer-mikan", "transformer-primal"});
  CHECK_THROWS_WITH_AS(build_model(tiny_model("transformer", {{"causal", true}, {"pooling", "cls"}}), 3, 4, 7),
                       doctest::Contains("pooling: got cls"), ValueError);
  CHECK_THROWS_WITH_AS(build_model(tiny_model("transformer-gru", {{"pooling", "cls"}}), 3, 4, 7),
                       doctest::Contains("pooling: got cls, want another one for transformer-gru"), ValueError);
  CHECK_THROWS_WITH_AS(build_model(tiny_model("transformer", {{"causal", true}, {"normaliser", "symmetric"}}), 3, 4, 7),
                       doctest::Contains("transformer has no causal form"), ValueError);
}

TEST_CASE("a probe of densities, one for each sequence, is that of the first sequence alone") {
  const Model model = build_model(tiny_model("transformer-ikan"), 3, 4, 7);
  const Tensor x = test::random_tensor(9, 3);
  Pass pass = Pass::inference();
  const KernelProbe of_all = kernel_probe(model.operands(batch_of_three, Variable(x), pass).front());
  const KernelProbe alone =
      kernel_probe(model.operands(Segments({0, 5}), Variable(test::row_range(x, 0, 5)), pass).front());
  REQUIRE(of_all.q.rows() == 5);
  CHECK(max_abs_difference(of_all.k, alone.k) < test::rounding);
  CHECK(max_abs_difference(of_all.similarity(of_all.q, of_all.k), alone.similarity(alone.q, alone.k)) < 1e-5);
}

TEST_CASE("the gradient of a causal Transformer against central differences") {
  const Model model = build_model(tiny_model("transformer-rbf", {{"causal", true}}), 3, 4, 7);
  test::check_gradient(
      [&](const Variable& v) {
        Pass pass = Pass::inference();
        return model.forward(batch_of_three, v, pass).y;
      },
      test::random_tensor(9, 3));
}

TEST_CASE("tokens are rows with one nonzero: the projection is their table") {
  const Model model = build_model(tiny_model("transformer"), 6, 2, 1);
  Tensor one_hot(4, 6);
  for (Index i = 0; i < 4; ++i)
    one_hot(i, (5 * i) % 6) = 1;
  Pass pass = Pass::inference();
  const Tensor sparse = model.forward(Segments({0, 1, 4}), SparseMatrix::from_dense(one_hot), pass).y.value();
  CHECK(max_abs_difference(sparse, logits(model, Segments({0, 1, 4}), one_hot)) < test::rounding);
}

TEST_CASE("a Transformer on patches is one on wider rows") {
  const Tensor x = test::random_tensor(8, 3);
  const Model fine = build_model(tiny_model("transformer", {{"patch", 2}}), 3, 4, 7),
              wide = build_model(tiny_model("transformer"), 6, 4, 7);
  CHECK(max_abs_difference(logits(fine, Segments({0, 2, 8}), x),
                           logits(wide, Segments({0, 1, 4}), Tensor::from(4, 6, x.values()))) < test::rounding);
  Pass pass = Pass::inference();
  CHECK_THROWS_WITH_AS(fine.forward(Segments({0, 8}), SparseMatrix::from_dense(x), pass), doctest::Contains("patch"),
                       ValueError);
}

TEST_CASE("an empty sequence, a single position and an empty batch give defined results") {
  for (const char* pooling : {"mean", "cls", "attention"}) {
    CAPTURE(std::string(pooling));
    const Model model = build_model(tiny_model("transformer", {{"pooling", pooling}}), 3, 4, 7);
    CHECK(all_finite(logits(model, Segments({0, 0, 1}), test::random_tensor(1, 3))));
    CHECK(all_finite(logits(model, Segments({0, 0}), Tensor(0, 3))));
    CHECK(logits(model, Segments({0}), Tensor(0, 3)).rows() == 0);
  }
}

TEST_CASE("positions decide: without them the order of rows makes no difference, with them it does") {
  const Tensor x = test::random_tensor(4, 3);
  Tensor turned(4, 3);
  for (Index i = 0; i < 4; ++i)
    std::copy_n(x.row(3 - i), 3, turned.row(i));
  const auto moved = [&](const char* positions) {
    const Model model = build_model(tiny_model("transformer", {{"positions", positions}}), 3, 4, 7);
    return max_abs_difference(logits(model, Segments({0, 4}), x), logits(model, Segments({0, 4}), turned));
  };
  CHECK(moved("none") < test::rounding);
  CHECK(moved("sinusoidal") > Real(1e-3));
}

TEST_CASE("the dropout of a Transformer is one option, or several") {
  const auto value = [](const OptionValues& given, const char* option) {
    return completed(tiny_model("transformer", given), 3, 4).number(option).value_or(-1);
  };
  CHECK(value({}, "hidden-dropout") == doctest::Approx(0.1));
  CHECK(value({}, "value-dropout") == 0);
  CHECK(value({{"dropout", 0.3}}, "hidden-dropout") == doctest::Approx(0.3));
  CHECK(value({{"dropout", 0.3}}, "attention-dropout") == doctest::Approx(0.3));
  CHECK(value({{"dropout", 0.3}, {"attention-dropout", 0}}, "attention-dropout") == 0);
}

TEST_CASE("what a Transformer can't do is refused by name") {
  const Model model = build_model(tiny_model("transformer"), 3, 4, 7);
  Pass pass = Pass::inference();
  const Variable x(test::random_tensor(3, 3));
  CHECK_THROWS_WITH_AS(model.forward(Graph(from_edges(3, {})), x, pass), doctest::Contains("want segments"),
                       ValueError);
  CHECK_THROWS_WITH_AS(model.forward(Segments({0, 3}, true), x, pass), doctest::Contains("not causal"), ValueError);
  CHECK_THROWS_WITH_AS(model.forward(Segments({0, 2}), x, pass), doctest::Contains("rows of x"), ShapeError);
  CHECK_THROWS_WITH_AS(build_model(tiny_model("transformer", {{"residual", "input"}}), 3, 4, 7),
                       doctest::Contains("residual: got input, want none"), ValueError);
  CHECK_THROWS_WITH_AS(build_model(tiny_model("transformer", {{"p", 2}, {"output-heads", 2}}), 3, 4, 7),
                       doctest::Contains("transformer has no option \"output-heads\""), ValueError);
  CHECK_THROWS_WITH_AS(build_model({.name = "transformer-gcn"}, 3, 4, 7), doctest::Contains("mercer models lists all"),
                       ValueError);
  CHECK_THROWS_WITH_AS(neighbourhood_for({.name = "transformer"}, from_edges(3, {})), doctest::Contains("sequences"),
                       ValueError);
  const std::vector<std::string> names = sequence_model_names();
  for (const char* wants_a_graph : {"transformer-gkat", "transformer-mlp"})
    CHECK(std::ranges::find(names, wants_a_graph) == names.end());
  CHECK_THROWS_WITH_AS(build_model({.name = "transformer-gkat"}, 3, 4, 7),
                       doctest::Contains("gkat reads edges of a graph, which sequences lack"), ValueError);
}

TEST_CASE("relative positions: the order of rows counts without positions, by table and by buckets, and by FFT") {
  const Tensor x = test::random_tensor(9, 3);
  for (const char* name : {"transformer", "transformer-nprf", "transformer-rmfa"})
    for (const char* relative : {"table", "buckets"}) {
      CAPTURE(std::string(name));
      CAPTURE(std::string(relative));
      const Model model = build_model(
          tiny_model(name, {{"positions", "none"}, {"relative", relative}, {"longest", 5}, {"buckets", 8}}), 3, 4, 7);
      // without a bias no order counts
      Tensor turned(9, 3);
      for (Index i = 0; i < 9; ++i)
        std::copy_n(x.row(i < 5 ? 4 - i : i), 3, turned.row(i));
      CHECK(max_abs_difference(logits(model, batch_of_three, x), logits(model, batch_of_three, turned)) < Real(2e-5));
      Index tables = 0;
      for (const Parameter& p : model.parameters)
        if (p.name.ends_with("relative.table")) {
          ++tables;
          CHECK_FALSE(p.decays);
          Variable table = p.variable;
          CHECK(table.rows() == (*relative == 't' ? 9 : 8));
          for (Index r = 0; r < table.rows(); ++r)
            table.mutable_value()(r, 0) = Real(0.4) * static_cast<Real>(r);
        }
      CHECK(tables == 2);
      CHECK(max_abs_difference(logits(model, batch_of_three, x), logits(model, batch_of_three, turned)) > Real(1e-3));
      if (*relative == 'b') continue;
      Pass pass = Pass::inference();
      CHECK_THROWS_WITH_AS(model.forward(Segments({0, 3, 9}), Variable(x), pass),
                           doctest::Contains("length of a sequence: got 6, want at most 5"), ValueError);
    }
  CHECK_THROWS_WITH_AS(build_model(tiny_model("transformer", {{"relative", "buckets"}, {"buckets", 7}}), 3, 4, 7),
                       doctest::Contains("buckets: got 7, want an even number"), ValueError);
  CHECK_THROWS_WITH_AS(build_model({.name = "rbf", .options = {{"relative", "table"}}}, 3, 4, 7),
                       doctest::Contains("no option \"relative\""), ValueError);
}

TEST_CASE("the form of SA-AbMILP: no order of rows, every parameter in use, and what has no effect refused") {
  const OptionValues form{{"encoder", "scaled"},
                          {"embedding", "feed-forward"},
                          {"positions", "none"},
                          {"pooling", "instances"},
                          {"key-width", 2}};
  const Model model = build_model(tiny_model("transformer-sa-abmilp", form), 3, 2, 7);
  const Tensor x = test::random_tensor(6, 3);
  Tensor turned(6, 3);
  for (Index i = 0; i < 6; ++i)
    std::copy_n(x.row(i), 3, turned.row(5 - i));
  CHECK(max_abs_difference(logits(model, Segments({0, 6}), x), logits(model, Segments({0, 6}), turned)) < Real(1e-5));
  Pass pass = Pass::training(1, 0);
  cross_entropy(model.forward(Segments({0, 2, 6}), Variable(x), pass).y, std::vector<std::int32_t>{0, 1},
                std::vector<Node>{0, 1})
      .backward();
  bool has_factor = false;
  for (const Parameter& p : model.parameters) {
    CAPTURE(p.name);
    REQUIRE(p.variable.has_grad());
    CHECK(max_abs_difference(p.variable.grad(), Tensor::like(p.variable.grad())) > 0);
    CHECK(p.name.find("norm") == std::string::npos);
    has_factor = has_factor || p.name == "block1.factor";
  }
  CHECK(has_factor);
  CHECK_THROWS_WITH_AS(build_model(tiny_model("transformer", {{"encoder", "scaled"}, {"pre-norm", false}}), 3, 2, 7),
                       doctest::Contains("have no norms"), ValueError);
  CHECK_THROWS_WITH_AS(build_model(tiny_model("transformer", {{"encoder", "scaled"}}), 3, 2, 7),
                       doctest::Contains("feed_forward: want none"), ValueError);
}
