#include "mercer/experiment/encoding.hpp"

#include <doctest/doctest.h>

#include <variant>

#include "mercer/base/check.hpp"
#include "mercer/data/synthetic.hpp"
#include "mercer/data/transform.hpp"
#include "mercer/experiment/trained_model.hpp"
#include "mercer/graph/laplacian.hpp"
#include "mercer/graph/return_probabilities.hpp"
#include "support/files.hpp"

using namespace mercer;

TEST_CASE("an encoding stands beside the features, which stay sparse") {
  const Dataset data = karate();
  Dataset dense = data;
  dense.features = Tensor::filled(data.nodes(), 2, 5);
  dense.feature_names = {"a", "b"};
  const std::vector<double> want = return_probabilities(data.graph.view(), 3);
  const Dataset encoded = with_encoding(dense, "random-walk:3");
  REQUIRE(encoded.feature_count() == 5);
  CHECK(encoded.feature_names == std::vector<std::string>{"a", "b", "return-1", "return-2", "return-3"});
  const Tensor& x = std::get<Tensor>(encoded.features);
  for (Index i = 0; i < data.nodes(); ++i) {
    CHECK(x(i, 1) == 5);
    for (Index k = 0; k < 3; ++k)
      CHECK(x(i, 2 + k) == static_cast<Real>(want[static_cast<std::size_t>(i * 3 + k)]));
  }
  dense.features = SparseMatrix::from_dense(std::get<Tensor>(dense.features));
  const Dataset sparse = with_encoding(dense, "random-walk:3");
  CHECK(max_abs_difference(std::get<SparseMatrix>(sparse.features).to_dense(), x) == 0);
}

TEST_CASE("Laplacian eigenvectors stand beside the features, by name") {
  Dataset data = karate();
  data.features = Tensor::filled(data.nodes(), 1, 5);
  data.feature_names = {"a"};
  const Dataset encoded = with_encoding(data, "laplacian:2");
  CHECK(encoded.feature_names == std::vector<std::string>{"a", "laplacian-1", "laplacian-2"});
  const LaplacianEigenvectors want = laplacian_eigenvectors(data.graph.view(), 2);
  for (Index i = 0; i < data.nodes(); ++i)
    for (Index k = 0; k < 2; ++k)
      CHECK(std::get<Tensor>(encoded.features)(i, 1 + k) ==
            static_cast<Real>(want.vectors[static_cast<std::size_t>(i * 2 + k)]));
  CHECK_THROWS_WITH_AS(with_encoding(data, "laplacian:34"),
                       doctest::Contains("at most 33: 34 nodes in 1 component have no more"), ValueError);
}

TEST_CASE("a trained model computes its encoding again, whether features have names or not") {
  const test::TempFolder folder;
  for (const bool named : {false, true}) {
    const std::string encoding = named ? "laplacian:4" : "random-walk:4";
    CAPTURE(encoding);
    Dataset data = karate();
    data.features = Tensor::filled(data.nodes(), 2, 1);
    if (named) data.feature_names = {"a", "b"};
    Settings settings = resolve({.model = "gat",
                                 .training = {.epochs = 3, .stopping = StopRule::fixed_epochs},
                                 .data = {.data = "karate", .encoding = encoding}});
    const Problem problem(prepare(data, settings.data), settings.model);
    CHECK(problem.features() == 6);
    complete(settings, problem);
    const SeedRun run = train_seed(problem, settings, 3, 0, {});
    save_model(folder / "model", trained_model(problem, settings, run));
    const TrainedModel loaded = load_model(folder / "model");
    CHECK(loaded.data.encoding == encoding);
    const Problem again = problem_for(loaded, data);
    CHECK(max_abs_difference(logits_of(run.model, problem), logits_of(loaded.model, again)) == 0);
    data.features = Tensor::filled(data.nodes(), 3, 1);
    data.feature_names.clear();
    CHECK_THROWS_WITH_AS(problem_for(loaded, data), doctest::Contains("have 3 features, the model wants 2"),
                         ValueError);
  }
}

TEST_CASE("an encoding that is none is refused with what it can be") {
  for (const char* text : {"", "random-walk", "random-walk:", "random-walk:0", "random-walk:2x", "random-walk:1001",
                           "walk:3", "laplacian", "laplacian:0", "laplacian:1001", "laplacian3"})
    CHECK_THROWS_WITH_AS(encoding_columns(text), doctest::Contains("want random-walk:K or laplacian:K"), ValueError);
  CHECK(encoding_columns("random-walk:12") == 12);
  CHECK(encoding_columns("laplacian:12") == 12);
}
