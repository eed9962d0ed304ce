#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>

#include "apps/program.hpp"

using namespace mercer::test;

namespace {

void program_refuses(const std::vector<std::string>& words, const std::string& wanted) {
  const Outcome outcome = run(words);
  CAPTURE(wanted);
  CAPTURE(outcome.err);
  CHECK(outcome.code == 2);
  CHECK(has(outcome.err, wanted));
  CHECK(outcome.err.size() < 800);
  CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
  for (const char c : outcome.err)
    CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
}

/// The model's file with another text as its description.
void set_description(const fs::path& file, const std::string& text) {
  set_model(file, "@");
  std::string bytes = contents(file);
  const std::string mark = "\\\"@\\\"",
                    escaped = nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const std::size_t at = bytes.find(mark);
  REQUIRE(at != std::string::npos);
  bytes.replace(at, mark.size(), escaped.substr(1, escaped.size() - 2));
  std::uint64_t length = 0;
  std::copy_n(bytes.data(), 8, reinterpret_cast<char*>(&length));
  length += escaped.size() - 2 - mark.size();
  bytes.replace(0, 8, std::string(reinterpret_cast<const char*>(&length), 8));
  write(file, bytes);
}

std::string times_over(const std::string& text, int count) {
  std::string all;
  for (int n = 0; n < count; ++n)
    all += text;
  return all;
}

std::string sixty_thousand_members() {
  std::string text;
  for (int n = 0; n < 60'000; ++n)
    text += ",\"k" + std::to_string(n) + "\":0";
  return text;
}

}  // namespace

TEST_CASE("descriptions of models that no mercer wrote are refused with the file's name") {
  const TemporaryFolder folder;
  REQUIRE(run({"train", "--data", "karate", "--epochs", "2", "--quiet", "--threads", "1", "--hidden", "4", "--out",
               folder.at("m")})
              .code == 0);
  const fs::path file = folder / "m/model.safetensors";
  const nlohmann::json sound = model_in(file);
  const std::string text = sound.dump();
  const auto with_text = [&](const std::string& description, const std::string& wanted) {
    set_description(file, description);
    program_refuses({"evaluate", "--model", folder.at("m")}, file.string() + ": __metadata__: model: " + wanted);
    set_model(file, sound);
  };
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    const std::size_t at = changed.find(from);
    REQUIRE(at != std::string::npos);
    return changed.replace(at, from.size(), to);
  };
  with_text(replaced("\"hidden\":4", "\"hidden\":" + times_over("[", 100'000) + times_over("]", 100'000)),
            "[JSON] is nested");
  with_text(replaced("\"seed\":0", "\"seed\":1e999"), "[JSON] a number is too large");
  with_text(replaced("\"seed\":0", "\"seed\":-1"), "[seed] want no negative number");
  with_text(text.substr(0, text.size() - 1) + sixty_thousand_members() + "}",
            "[JSON] has an object of more than 256 members");
  with_text(text.substr(0, text.size() - 1) + ",\"spy\":0}", "[JSON] has the member 'spy', which is not known");
  with_text("{\"a\x1b[31m", "byte");
  with_text("\"" + std::string(1'000'000, 'a'), "byte");
  nlohmann::json changed = sound;
  changed["training"] = {1};
  with_text(changed.dump(), "");
  changed = sound;
  changed["options"]["layers"] = 1000;
  changed["options"]["hidden"] = 1'000'000;
  with_text(changed.dump(), "[hidden × heads] are more");
  CHECK(run({"evaluate", "--model", folder.at("m")}).code == 0);
}

TEST_CASE("files of a comparison that no mercer wrote are refused with the file's name") {
  const TemporaryFolder folder;
  const std::vector<std::string> words{"compare", "--attention", "gat",     "--data",      "karate",
                                       "--grid",  "none",        "--seeds", "1",           "--epochs",
                                       "2",       "--quiet",     "--out",   folder.at("c")};
  REQUIRE(run(words).code == 0);
  const fs::path protocol = folder / "c/compare.json", result = folder / "c/runs/karate/gat/as,given/final-0.json";
  for (const fs::path& file : {protocol, result}) {
    const std::string sound = contents(file);
    const std::vector<std::string> broken{times_over("[", 100'000),
                                          "{\"format\": 1e999}",
                                          "{\"a\xff\x1b[31m",
                                          "{" + sixty_thousand_members().substr(1) + "}",
                                          "[1]",
                                          "{\"format\": 7}",
                                          "{\"format\": \"" + std::string(10'000, 'x') + "\"}",
                                          sound.substr(0, sound.size() - 2) + ",\"spy\":0}",
                                          ""};
    for (const std::string& text : broken) {
      write(file, text);
      program_refuses(words, file.string() + ": ");
    }
    write(file, sound);
  }
  CHECK(run(words).code == 0);
}

TEST_CASE("numbers are taken as they are typed or refused with the option's name") {
  const auto train = [](std::vector<std::string> more, const std::string& wanted) {
    more.insert(more.begin(), {"train", "--data", "karate", "--epochs", "2", "--quiet"});
    program_refuses(more, wanted);
  };
  train({"--seed=-1"}, "--seed: got '-1', want a whole number, 0 to 18446744073709551615");
  train({"--seed=99999999999999999999"}, "--seed: got '99999999999999999999', want");
  train({"--seed=0x10"}, "--seed: got '0x10', want");
  train({"--seeds=010"}, "--seeds: got '010', want a whole number, 1 to 100000");
  train({"--seeds=1e1"}, "--seeds: got '1e1', want");
  train({"--threads=1.5"}, "--threads: got '1.5', want");
  train({"--device-memory=-4GB"}, "--device-memory: got '-4GB', want");
  train({"--device-memory=99999999999999999999"}, "--device-memory: got");
  train({"--hidden=010"}, "--hidden: got \"010\", want a whole number");
  train({"--hidden=1000000000"}, "--hidden: got 1000000000, want 1 to 1048576");
  train({"--hidden=99999999999999999999"}, "--hidden: got");
  train({"--learning-rate=1e999"}, "--learning-rate: got \"1e999\", want a number");
  train({"--dropout=-01.5"}, "--dropout: got");
  program_refuses({"data", "make", "planted", "--out", "x", "--words=99999999999999999999"}, "--words: got");
  program_refuses({"data", "make", "planted", "--out", "x", "--homophily=1e999"},
                  "--homophily: got '1e999', want a number, 0 to 1");
  program_refuses({"partition", "karate", "--parts=-2"}, "--parts: got '-2', want");
  program_refuses({"compare", "--attention", "gat", "--data", "karate", "--out", "x", "--jobs=08"},
                  "--jobs: got '08', want");
}

TEST_CASE("counts of a split that overflow are refused with the class and its size") {
  const std::string most = "9223372036854775807";
  for (const std::string& split : {"per-class:" + most + ",1", "per-class:1," + most, "per-class:1," + most + ",1",
                                   std::string("per-class:4611686018427387907,4611686018427387906")})
    program_refuses({"train", "--data", "karate", "--quiet", "--epochs", "2", "--split-random", split},
                    " nodes, want ");
  const TemporaryFolder folder;
  program_refuses({"data", "make", "planted", "--out", folder.at("x"), "--validation=" + most}, " nodes, want ");
  program_refuses({"data", "make", "planted", "--out", folder.at("x"), "--train=" + most}, " nodes, want ");
}

TEST_CASE("layers that can't fit into memory are refused before it is asked for") {
  program_refuses(
      {"train", "--data", "karate", "--hidden", "1048576", "--heads", "1048576", "--epochs", "2", "--quiet"},
      "smaller --hidden, --heads or --layers");
}

TEST_CASE("data sets of a comparison have folders of their own, however long their paths are") {
  const TemporaryFolder folder;
  const std::string part(60, 'd');
  const fs::path far = folder / part / part / part / part / "k";
  std::string first = "1";  // each set has data of its own
  for (const fs::path& set : {folder / "kar/ate", folder / "kar_ate", far}) {
    fs::create_directories(set);
    write(set / "features.csv", first + ",0\n1,0\n0,1\n0,1\n1,0\n0,1\n");
    first += "1";
    write(set / "edges.txt", "0 1\n2 3\n4 5\n");
    write(set / "labels.txt", "a\na\nb\nb\na\nb\n");
    write(set / "split.txt", "train\nval\ntrain\nval\ntest\ntest\n");
  }
  const Outcome outcome = run({"compare", "--attention", "gat", "--data",
                               folder.at("kar/ate") + "," + folder.at("kar_ate") + "," + far.string(), "--grid", "none",
                               "--epochs", "2", "--seeds", "1", "--quiet", "--out", folder.at("c")});
  CAPTURE(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(std::distance(fs::directory_iterator(folder / "c/runs"), {}) == 3);
}
