#include "experiment/json.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/files.hpp"

using namespace mercer;

namespace {

std::string refusal_of(const std::string& text) {
  const test::TempFolder folder;
  const auto file = folder.write("x.json", text);
  try {
    read_json(file, 1u << 30);
  } catch (const FileError& error) {
    const std::string message = error.what();
    CHECK(message.starts_with(file.string() + ": "));
    CHECK(message.size() < file.string().size() + 400);
    for (const char c : message)
      CHECK(static_cast<unsigned char>(c) >= 0x20);
    return message;
  }
  return "";
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

std::string many_members(int count) {
  std::string text = "{";
  for (int n = 0; n < count; ++n)
    text += (n == 0 ? "\"" : ",\"") + std::string("k") + std::to_string(n) + "\":0";
  return text + "}";
}

}  // namespace

TEST_CASE("JSON of a file is read within limits") {
  CHECK(refusal_of(R"({"a": [1, {"b": null}], "c": "κ"})").empty());
  CHECK(refusal_of(many_members(256)).empty());
  CHECK(refusal_of(std::string(32, '[') + std::string(32, ']')).empty());
  CHECK(has(refusal_of(std::string(100'000, '[')), "nested deeper than 32"));
  std::string deep;
  for (int n = 0; n < 100'000; ++n)
    deep += "{\"a\":";
  CHECK(has(refusal_of(deep), "nested deeper than 32"));
  CHECK(has(refusal_of(many_members(60'000)), "more than 256 members"));
  CHECK(has(refusal_of(R"({"a": 1, "b": {"a": 1}, "a": 2})"), "'a' stands there twice"));
}

TEST_CASE("what is no JSON is refused in a short message without the file's control characters") {
  CHECK(has(refusal_of(R"({"seed": 1e999})"), "a number is too large"));
  CHECK(has(refusal_of("{\"a\xff\x1b[31m"), "want JSON"));
  CHECK(has(refusal_of("\"" + std::string(1'000'000, 'a')), "want JSON"));
  CHECK(has(refusal_of("{\"a\": \x1b}"), "byte 7: got '\\x1b}', want JSON"));
  CHECK(has(refusal_of(""), "want JSON"));
  CHECK(has(refusal_of("{\"" + std::string(1'000'000, 'k') + "\": 0, \"" + std::string(1'000'000, 'k') + "\": 1}"),
            "twice"));
}

TEST_CASE("members are checked: their types, their ranges, and that they are known") {
  const Json json = parsed_json(
      R"({"list": [1], "large": 18446744073709551615, "half": 0.5, "small": -1, "text": "a", "object": {}})");
  CHECK(member<std::uint64_t>(json, "large") == 18446744073709551615u);
  CHECK_THROWS_AS(member<int>(json, "large"), ValueError);
  CHECK_THROWS_AS(member<std::int64_t>(json, "large"), ValueError);
  CHECK_THROWS_AS(member<std::uint64_t>(json, "small"), ValueError);
  CHECK_THROWS_AS(member<int>(json, "half"), ValueError);
  CHECK_THROWS_AS(member<int>(json, "text"), ValueError);
  CHECK_THROWS_AS(member<std::string>(json, "list"), ValueError);
  CHECK_THROWS_AS(member<int>(json, "none"), ValueError);
  require_known(json, {"list", "large", "half", "small", "text", "object"});
  CHECK_THROWS_WITH_AS(require_known(json, {"list", "large", "half", "small", "text"}),
                       doctest::Contains("the member 'object', which is not known"), ValueError);
  CHECK_THROWS_AS(require_known(json.at("list"), {}), ValueError);
}

TEST_CASE("what a reader refuses names the source, also where the library of JSON refuses") {
  const auto refused = [](const char* wanted, const auto& read) {
    CHECK_THROWS_WITH_AS(understood("here.json", read), doctest::Contains(wanted), FileError);
  };
  refused("here.json: [a] is missing", [] { return member<int>(Json::object(), "a"); });
  refused("here.json: want JSON as mercer writes it", [] { return Json::array().begin().key(); });
  refused("\\x1b", []() -> int { throw ValueError("\x1b"); });
  CHECK(understood("here.json", [] { return 3; }) == 3);
}

TEST_CASE("a difference of two texts is short") {
  CHECK(difference({{"a", 1}}, {{"a", 2}}) == "a: was 1, is 2");
  CHECK(difference({{"a", std::string(1'000'000, 'x')}}, {{"a", "\x1b"}}).size() < 200);
}
