#include "mercer/training/tensor_file.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "mercer/base/check.hpp"
#include "mercer/base/random.hpp"
#include "mercer/training/checkpoint.hpp"
#include "mercer/training/train_state.hpp"
#include "support/files.hpp"
#include "support/refused.hpp"

using namespace mercer;
using namespace mercer::test;

namespace {

/// A tensor file with this header and this data, unchecked.
std::string tensor_bytes(const std::string& header, std::size_t data_bytes = 0) {
  std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data_bytes, '\1');
}

std::string entry(const std::string& shape, const std::string& offsets, const std::string& dtype = "\"F32\"") {
  return R"({"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

Parameters small_model() {
  return {{"one.weight", Variable(Tensor::from({{1, 2, 3}, {4, 5, 6}}), true)},
          {"one.bias", Variable(Tensor::from({{Real(0.1), Real(-0.2), 0}}), true)},
          {"empty", Variable(Tensor(0, 4), true)}};
}

}  // namespace

TEST_CASE("the bytes of a file follow the format") {
  const TempFolder scratch;
  TensorFile file;
  file.metadata["model"] = "gat";
  file.tensors["b"] = {{2}, std::vector<float>{1, -2}};
  file.tensors["a"] = {{1, 1}, std::vector<double>{0.5}};
  save_tensors(scratch / "x.safetensors", file);
  const std::string bytes = bytes_of(scratch / "x.safetensors");
  std::string header =
      R"({"__metadata__":{"mercer.digest":"DIGEST","model":"gat"},"a":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]},)"
      R"("b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})";
  const std::size_t begin = bytes.find("digest") + 9;
  const std::string digest = bytes.substr(begin, bytes.find('"', begin) - begin);
  CHECK(digest.find_first_not_of("0123456789") == std::string::npos);
  header.replace(header.find("DIGEST"), 6, digest);
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  CHECK(length == header.size());
  CHECK(bytes.substr(8, header.size()) == header);
  REQUIRE(bytes.size() == 8 + header.size() + 16);
  CHECK(bytes.substr(8 + header.size()) == std::string("\0\0\0\0\0\0\xe0\x3f\0\0\x80\x3f\0\0\0\xc0", 16));
}

TEST_CASE("saved tensors load, in any shape and both precisions") {
  const TempFolder scratch;
  TensorFile file;
  file.metadata = {{"text", "quotes \" and \n lines, κ"}, {"", ""}};
  file.tensors["scalar"] = StoredTensor::from({}, {7});
  file.tensors["cube"] = {{2, 1, 2}, std::vector<float>{1, 2, 3, std::numeric_limits<float>::infinity()}};
  file.tensors["none"] = {{0, 5}, std::vector<float>{}};
  file.tensors["row"] = {{3}, std::vector<double>{1, 0.1, 1e-300}};
  save_tensors(scratch / "x", file);
  const TensorFile back = load_tensors(scratch / "x");
  CHECK(back.metadata == file.metadata);
  REQUIRE(back.tensors.size() == 4);
  for (const auto& [name, x] : file.tensors) {
    CHECK(back.tensors.at(name).shape == x.shape);
    CHECK(back.tensors.at(name).values == x.values);
  }
  const Tensor row = back.tensors.at("row").to_tensor();
  CHECK(row.rows() == 1);
  CHECK(row(0, 1) == static_cast<Real>(0.1));
  CHECK_THROWS_AS(back.tensors.at("cube").to_tensor(), ShapeError);

  save_tensors(scratch / "empty", {});
  CHECK(load_tensors(scratch / "empty").tensors.empty());
}

TEST_CASE("a failed save leaves the old file, and no temporary one") {
  const TempFolder scratch;
  scratch.write("x", "before");
  TensorFile bad;
  bad.tensors["w"] = {{3}, std::vector<float>{1, 2}};
  CHECK_THROWS_AS(save_tensors(scratch / "x", bad), ShapeError);
  CHECK_THROWS_AS(save_tensors(scratch / "x", TensorFile{{{"__metadata__", StoredTensor::from({0}, {})}}, {}}),
                  ValueError);
  CHECK_THROWS_AS(save_tensors(scratch / "x", TensorFile{{}, {{"key", "\xff\xfe"}}}), ValueError);
  CHECK(bytes_of(scratch / "x") == "before");
  std::filesystem::create_directories(scratch / "folder" / "inside");
  CHECK_THROWS_AS(save_tensors(scratch / "folder", {}), FileError);
  CHECK_THROWS_AS(save_tensors(scratch / "no" / "such" / "folder", {}), FileError);
  CHECK(std::distance(std::filesystem::directory_iterator(scratch.path()), {}) == 2);
}

TEST_CASE("bad files are refused with file and place") {
  const TempFolder scratch;
  const std::string good = R"({"w":)" + entry("[2]", "[0,8]") + "}";
  const auto one = [](const std::string& shape, const std::string& offsets, const std::string& dtype = "\"F32\"") {
    return R"({"w":)" + entry(shape, offsets, dtype) + "}";
  };
  struct Bad {
    const char* what;
    std::string bytes;
    const char* says;
  };
  const std::vector<Bad> corpus{
      {"empty", "", "0 bytes"},
      {"short", "1234567", "7 bytes"},
      {"huge header length", std::string(8, '\xff') + "{}", "header length"},
      {"header longer than the file", tensor_bytes(good).substr(0, 20), "header length"},
      {"not JSON", tensor_bytes("hello"), "no valid JSON"},
      {"no header", tensor_bytes(""), "no valid JSON"},
      {"JSON goes on", tensor_bytes("{} {}"), "no valid JSON"},
      {"broken UTF-8", tensor_bytes("{\"\xc3\x28\":" + entry("[2]", "[0,8]") + "}", 8), "no valid JSON"},
      {"a list", tensor_bytes("[]"), "want an object"},
      {"a number", tensor_bytes("5"), "want an object"},
      {"deep lists", tensor_bytes(R"({"w":)" + std::string(100000, '[')), "want an object"},
      {"deep objects", tensor_bytes(R"({"w":{"shape":{)"), "want a list"},
      {"null tensor", tensor_bytes(R"({"w":null})"), "want an object"},
      {"no dtype", tensor_bytes(R"({"w":{"shape":[2],"data_offsets":[0,8]}})", 8), "want dtype"},
      {"unknown field", tensor_bytes(R"({"w":{"colour":1}})"), "want dtype"},
      {"a field twice", tensor_bytes(R"({"w":{"shape":[2],"shape":[2]}})"), "twice"},
      {"a name twice", tensor_bytes(R"({"w":)" + entry("[2]", "[0,8]") + R"(,"w":)" + entry("[2]", "[8,16]") + "}", 16),
       "twice"},
      {"metadata twice", tensor_bytes(R"({"__metadata__":{},"__metadata__":{}})"), "twice"},
      {"a key twice", tensor_bytes(R"({"__metadata__":{"a":"","a":""}})"), "twice"},
      {"metadata of numbers", tensor_bytes(R"({"__metadata__":{"a":1}})"), "want a text"},
      {"whole numbers", tensor_bytes(one("[2]", "[0,8]", "\"I64\""), 8), "want F32 or F64"},
      {"dtype is a number", tensor_bytes(one("[2]", "[0,8]", "4"), 8), "want a text"},
      {"negative size", tensor_bytes(one("[-2]", "[0,8]"), 8), "want a whole number"},
      {"size with a fraction", tensor_bytes(one("[2.0]", "[0,8]"), 8), "want a whole number"},
      {"size and bytes differ", tensor_bytes(one("[3]", "[0,8]"), 8), "wants another number"},
      {"size overflows to fit", tensor_bytes(one("[4294967296,4294967296,4]", "[0,0]")), "wants another number"},
      {"size beyond 64 bits", tensor_bytes(one("[99999999999999999999]", "[0,8]"), 8), "want a whole number"},
      {"size beyond a signed number", tensor_bytes(one("[18446744073709551615,0]", "[0,0]")), "too large"},
      {"too many sizes", tensor_bytes(one("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,4]"), 4), "more than 16"},
      {"three offsets", tensor_bytes(one("[2]", "[0,4,8]"), 8), "data_offsets"},
      {"falling offsets", tensor_bytes(one("[2]", "[8,0]"), 8), "data_offsets"},
      {"beyond the end", tensor_bytes(good, 4), "want from 0 to at most 4"},
      {"a terabyte", tensor_bytes(one("[274877906944]", "[0,1099511627776]"), 8), "want from 0 to at most 8"},
      {"a gap", tensor_bytes(one("[1]", "[4,8]"), 8), "want from 0"},
      {"an overlap", tensor_bytes(R"({"v":)" + entry("[2]", "[0,8]") + R"(,"w":)" + entry("[2]", "[4,12]") + "}", 12),
       "want from 8"},
      {"trailing bytes", tensor_bytes(good, 9), "the file has 9"},
  };
  for (const Bad& bad : corpus) {
    CAPTURE(bad.what);
    scratch.write("bad", bad.bytes);
    const std::string message = message_of<FileError>([&] { load_tensors(scratch / "bad"); });
    CAPTURE(message);
    CHECK(message.starts_with((scratch / "bad").string() + ": "));
    CHECK(message.find(bad.says) != std::string::npos);
    CHECK(message.size() < 400);
  }
  scratch.write("good", tensor_bytes(good, 8));
  CHECK(load_tensors(scratch / "good").tensors.size() == 1);
  CHECK_THROWS_AS(load_tensors(scratch / "missing"), FileError);
  CHECK_THROWS_AS(load_tensors(scratch.path()), FileError);
}

TEST_CASE("control characters of a hostile name don't reach the terminal") {
  const TempFolder scratch;
  scratch.write("bad", tensor_bytes("{\"\\u001b[2J" + std::string(1000, 'x') + "\":1}"));
  const std::string message = message_of<FileError>([&] { load_tensors(scratch / "bad"); });
  CHECK(message.find('\x1b') == std::string::npos);
  CHECK(message.find("\\x1b[2J") != std::string::npos);
  CHECK(message.size() < 300);

  std::string name =
      "\xc2\x9b"
      "a";  // a single character that starts a sequence
  for (int n = 0; n < 60; ++n)
    name += "κ";
  scratch.write("bad", tensor_bytes("{\"" + name + "\":1}"));
  const std::string other = message_of<FileError>([&] { load_tensors(scratch / "bad"); });
  CHECK(other.find("'\\xc2\\x9baκ") != std::string::npos);
  CHECK(other.find("κ…'") != std::string::npos);  // cut between two characters
}

TEST_CASE("mutated files load or are refused, never anything else") {
  const TempFolder scratch;
  save_parameters(scratch / "x", small_model(), {}, {{"model", "gat"}});
  const std::string good = bytes_of(scratch / "x");
  Random random(11);
  int refused = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = good;
    for (std::uint32_t change = random.below(4) + 1; change > 0; --change) {
      const std::size_t at = random.below(static_cast<std::uint32_t>(bytes.size()));
      switch (random.below(4)) {
        case 0:
          bytes[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
          break;
        case 2:
          bytes.insert(at, bytes.substr(at / 2, random.below(20)));
          break;
        default:
          bytes.erase(at, random.below(20));
          break;
      }
      if (bytes.empty()) bytes = "x";
    }
    // a new name each time: some file systems flush what is overwritten
    const auto bad = scratch.write(std::to_string(round), bytes);
    const Parameters model = small_model();
    try {
      load_parameters(bad, model, {});
    } catch (const FileError&) {
      ++refused;
      CHECK(model[0].variable.value()(1, 2) == 6);
    }
    std::filesystem::remove(bad);
  }
  CHECK(refused > 1000);
}

TEST_CASE("a file of which one bit changed is refused, wherever it is; one without a digest is read") {
  const TempFolder scratch;
  save_parameters(scratch / "x", small_model(), {}, {{"model", "gat"}});
  const std::string good = bytes_of(scratch / "x");
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    if (bytes[bit / 8] == ' ' || good[bit / 8] == ' ') continue;  // behind the header
    const auto bad = scratch.write("bad", bytes);
    if (bytes.find("\"mercer.digest\":") != std::string::npos) CHECK_THROWS_AS(load_tensors(bad), FileError);
    if (bit / 8 == good.size() - 1)
      CHECK_THROWS_WITH_AS(load_tensors(bad), doctest::Contains("bad: is damaged"), FileError);
  }
  TensorFile file = load_tensors(scratch / "x");
  CHECK(file.metadata == std::map<std::string, std::string>{{"model", "gat"}});
  file.metadata["mercer.digest"] = "1";
  save_tensors(scratch / "again", file);
  CHECK(bytes_of(scratch / "again") == good);
  std::string undigested = good;
  undigested.replace(undigested.find("digest"), 6, "digits");
  CHECK(load_tensors(scratch.write("undigested", undigested)).tensors.size() == 3);
}

TEST_CASE("parameters go to a file and back, bit for bit") {
  const TempFolder scratch;
  const Parameters model = small_model();
  save_parameters(scratch / "model.safetensors", model, {}, {{"model", "gat"}, {"hidden", "8"}});
  Parameters other = small_model();
  for (Parameter& p : other)
    p.variable.mutable_value().set_zero();
  const auto metadata = load_parameters(scratch / "model.safetensors", other, {});
  CHECK(metadata == std::map<std::string, std::string>{{"model", "gat"}, {"hidden", "8"}});
  for (std::size_t p = 0; p < model.size(); ++p)
    CHECK(max_abs_difference(model[p].variable.value(), other[p].variable.value()) == 0);
}

TEST_CASE("buffers go to the file with the parameters, and a file without them is refused") {
  const TempFolder scratch;
  const Parameters model = small_model();
  Parameters buffers{{"norm.running_mean", Variable(Tensor::from({{1, 2}}))}};
  save_parameters(scratch / "both", model, buffers);
  buffers[0].variable.mutable_value().set_zero();
  load_parameters(scratch / "both", model, buffers);
  CHECK(buffers[0].variable.value()(0, 1) == 2);
  CHECK_THROWS_WITH_AS(load_parameters(scratch / "both", model, {}),
                       doctest::Contains("not expected 'norm.running_mean'"), FileError);
  save_parameters(scratch / "alone", model, {});
  CHECK_THROWS_WITH_AS(load_parameters(scratch / "alone", model, buffers),
                       doctest::Contains("missing 'norm.running_mean'"), FileError);
  CHECK_THROWS_AS(save_parameters(scratch / "twice", model, {model[0]}), ValueError);
}

TEST_CASE("the checkpoint of another model is refused with the difference, and changes nothing") {
  const TempFolder scratch;
  save_parameters(scratch / "x", small_model(), {});
  const Parameters other{{"one.weight", Variable(Tensor(2, 3), true)},
                         {"one.bias", Variable(Tensor(3, 1), true)},
                         {"two.weight", Variable(Tensor(1, 1), true)}};
  const std::string message = message_of<FileError>([&] { load_parameters(scratch / "x", other, {}); });
  CAPTURE(message);
  CHECK(message.find("missing 'two.weight'") != std::string::npos);
  CHECK(message.find("not expected 'empty'") != std::string::npos);
  CHECK(message.find("'one.bias' [1, 3], want [3, 1]") != std::string::npos);
  CHECK(other[0].variable.value()(1, 2) == 0);
  CHECK_THROWS_AS(save_parameters(scratch / "y", {other[0], other[0]}, {}), ValueError);
  CHECK_FALSE(std::filesystem::exists(scratch / "y"));
}

TEST_CASE("a training state goes to a file and back") {
  const TempFolder scratch;
  TrainState state;
  state.seed = 0xFFFFFFFFFFFFFFF1u;  // more digits than a double has
  state.epochs = 2;
  state.parameters["w"] = Tensor::from({{Real(0.1), 2}});
  state.kept["w"] = Tensor::from({{3, 4}});
  state.buffers["mean"] = Tensor::from({{9}});
  state.batch = 3;
  state.under_way = {.epoch = 2, .train_loss = 0.7, .gradient_norm = 11};
  state.optimizer = {"adam", 2, {{"w", Tensor::from({{5, 6}})}}, {{"w", Tensor::from({{7, 8}})}}};
  state.stopping = {0.25, 0.1, 0, 1};
  state.history = {{.epoch = 0, .train_loss = 1.0 / 3, .validation = Scores{1, 3}, .kept = true, .epoch_ms = 4},
                   {.epoch = 1, .train_loss = 0.1, .gradient_norm = 2, .learning_rate = 0.5, .evaluation_ms = 9}};
  save_state(scratch / "s", state);
  const TrainState back = load_state(scratch / "s");
  CHECK(back.seed == state.seed);
  CHECK(back.epochs == 2);
  CHECK(back.parameters.at("w")(0, 0) == Real(0.1));
  CHECK(back.kept.at("w")(0, 1) == 4);
  CHECK(back.buffers.at("mean")(0, 0) == 9);
  CHECK(back.batch == 3);
  CHECK(back.under_way.epoch == 2);
  CHECK(back.under_way.train_loss == 0.7);
  CHECK(back.under_way.gradient_norm == 11);
  CHECK(back.optimizer.rule == "adam");
  CHECK(back.optimizer.steps == 2);
  CHECK(back.optimizer.first.at("w")(0, 0) == 5);
  CHECK(back.optimizer.second.at("w")(0, 1) == 8);
  CHECK(back.stopping == state.stopping);
  REQUIRE(back.history.size() == 2);
  CHECK(back.history[0].train_loss == 1.0 / 3);
  CHECK(back.history[0].validation->score == 3);
  CHECK(back.history[0].kept);
  CHECK_FALSE(back.history[1].validation);
  CHECK(back.history[1].evaluation_ms == 9);

  save_state(scratch / "fresh", {});  // before the first epoch: the best loss so far is infinite
  CHECK(load_state(scratch / "fresh").stopping == StopState{});
}

TEST_CASE("files that are not training states are refused") {
  const TempFolder scratch;
  TrainState state;
  state.optimizer.rule = "adam";
  save_state(scratch / "s", state);
  const auto refused = [&](auto&& change) {
    TensorFile file = load_tensors(scratch / "s");
    change(file);
    save_tensors(scratch / "bad", file);
    return message_of<FileError>([&] { load_state(scratch / "bad"); });
  };
  CHECK(refused([](TensorFile&) {}).empty());
  CHECK(refused([](TensorFile& f) { f.metadata.erase("format"); }).find("format: got '', want '2'") !=
        std::string::npos);
  CHECK(refused([](TensorFile& f) { f.tensors.erase("under_way"); }).find("under_way") != std::string::npos);
  CHECK(refused([](TensorFile& f) { f.metadata.erase("seed"); }).find("no seed") != std::string::npos);
  CHECK(refused([](TensorFile& f) { f.metadata["seed"] = "-1"; }).find("'-1'") != std::string::npos);
  CHECK(refused([](TensorFile& f) { f.metadata["epochs"] = "9999999999"; }).find("too large") != std::string::npos);
  CHECK(refused([](TensorFile& f) { f.metadata["epochs"] = "4000000000"; }).find("history") != std::string::npos);
  CHECK(refused([](TensorFile& f) { f.tensors.erase("stopping"); }).find("stopping") != std::string::npos);
  CHECK(refused([](TensorFile& f) {
          f.tensors["stopping"] = StoredTensor::from({1, 4}, {0, 0, 1e300, 0});
        }).find("range") != std::string::npos);
  CHECK(refused([](TensorFile& f) { f.tensors["w"] = StoredTensor::from({1}, {0}); }).find("not expected") !=
        std::string::npos);
  CHECK(refused([](TensorFile& f) { f.tensors["kept/w"] = StoredTensor::from({1}, {0}); }).find("two dimensions") !=
        std::string::npos);
  save_parameters(scratch / "model", small_model(), {});
  CHECK_THROWS_AS(load_state(scratch / "model"), FileError);
}
