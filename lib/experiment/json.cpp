#include "experiment/json.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "mercer/base/printable.hpp"
#include "mercer/base/read_whole.hpp"

namespace mercer {
namespace {

constexpr int most_levels = 32;
constexpr std::size_t most_members = 256;  // of an object: each is looked up among those before it
constexpr std::size_t shown_value = 60;    // bytes of a value in a message

/// Follows the parser and throws ValueError beyond the limits.
class Limits {
 public:
  bool operator()(int level, Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start)
      require(level < most_levels, "JSON", "is nested deeper than " + std::to_string(most_levels) + " levels");
    if (event == Event::object_start) names_.emplace_back();
    if (event == Event::object_end) names_.pop_back();
    if (event == Event::key) take(parsed.get_ref<const std::string&>());
    return true;
  }

 private:
  void take(const std::string& name) {
    require(names_.back().insert(name).second, "JSON", "member " + in_quotes(name) + " stands there twice");
    require(
        names_.back().size() <= most_members, "JSON",
        "has an object of more than " + std::to_string(most_members) + " members, the last of them " + in_quotes(name));
  }

  std::vector<std::set<std::string>> names_;  // of the objects that are open
};

std::string text_in(const Json& json, const Json::json_pointer& place) {
  if (!json.contains(place)) return "not set";
  return shortened(printable(json.at(place).dump(-1, ' ', false, Json::error_handler_t::replace)), shown_value);
}

}  // namespace

void require_known(const Json& object, const std::vector<std::string_view>& known) {
  require(object.is_object(), "JSON", "want an object");
  for (auto member = object.begin(); member != object.end(); ++member)
    require(std::ranges::find(known, member.key()) != known.end(), "JSON",
            "has the member " + in_quotes(member.key()) + ", which is not known here");
}

Json parsed_json(const std::string& text) {
  Limits limits;
  try {
    return Json::parse(
        text, [&](int level, Json::parse_event_t event, Json& parsed) { return limits(level, event, parsed); });
  } catch (const Json::parse_error& error) {
    const std::size_t byte = std::min(error.byte == 0 ? 0 : error.byte - 1, text.size());
    throw ValueError("byte " + std::to_string(error.byte) + ": got " + in_quotes(text.substr(byte, 20)) +
                     ", want JSON");
  } catch (const Json::exception&) {
    throw ValueError("[JSON] a number is too large");
  }
}

const Json& part(const Json& object, const std::string& name) {
  require(object.is_object() && object.contains(name) && object.at(name).is_structured(), name.c_str(), "is missing");
  return object.at(name);
}

std::vector<std::string> texts(const Json& object, const std::string& name) {
  std::vector<std::string> list;
  for (const Json& item : part(object, name))
    list.push_back(value_from<std::string>(item, name));
  return list;
}

std::string difference(const Json& before, const Json& now) {
  std::string text;
  int shown = 0;
  for (const Json& change : Json::diff(before, now)) {
    const auto path = change.at("path").get<std::string>();
    if (++shown > 3) return text + "; and more";
    const Json::json_pointer place(path);
    text += (text.empty() ? "" : "; ") + shortened(printable(path.substr(path.empty() ? 0 : 1)), shown_value) +
            ": was " + text_in(before, place) + ", is " + text_in(now, place);
  }
  return text;
}

Json read_json(const std::filesystem::path& file, std::uintmax_t limit) {
  const std::string text = read_whole(file, limit);
  return understood(file.string(), [&] { return parsed_json(text); });
}

void refuse_json(const std::string& source, const std::string& what) {
  constexpr std::size_t longest = 300;
  throw FileError(source + ": " + shortened(printable(what), longest));
}

std::string text_of(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace mercer
