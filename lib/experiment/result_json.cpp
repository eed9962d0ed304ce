#include "experiment/result_json.hpp"

#include "mercer/base/check.hpp"

namespace mercer {

bool has_diverged(const SeedResult& result) { return result.ended == "diverged"; }

namespace {

EpochRow row_from(const Json& json) {
  require(json.is_array() && json.size() == 5, "history", "want 5 numbers an epoch");
  const auto number = [&](std::size_t at) { return value_from<double>(json[at], "history"); };
  return {value_from<int>(json[0], "history"), number(1), number(2), number(3), number(4)};
}

Json scores_json(const SeedResult& result) {
  Json scores = Json::object();
  for (const auto& [name, value] : result.scores)
    scores[name] = value;
  return scores;
}

}  // namespace

Json json_of(const SeedResult& result) {
  Json json, history = Json::array();
  for_each_score(result, [&](const char* name, const auto& field) { json[name] = field; });
  for (const EpochRow& row : result.history)
    history.push_back({row.epoch, row.train_loss, row.validation_loss, row.validation_metric, row.milliseconds});
  json["history"] = std::move(history);
  json["confusion"] = result.confusion;
  if (result.refit_epochs > 0) json["refit_epochs"] = result.refit_epochs;
  if (!result.scores.empty()) json["scores"] = scores_json(result);
  return json;
}

SeedResult result_from(const Json& json) {
  SeedResult result;
  std::vector<std::string_view> known{"history", "confusion", "scores", "refit_epochs"};
  for_each_score(result, [&]<class T>(const char* name, T& field) {
    field = member<T>(json, name);
    known.emplace_back(name);
  });
  require_known(json, known);
  for (const Json& row : part(json, "history"))
    result.history.push_back(row_from(row));
  for (const Json& count : part(json, "confusion"))
    result.confusion.push_back(value_from<Index>(count, "confusion"));
  if (json.contains("refit_epochs")) result.refit_epochs = member<int>(json, "refit_epochs");
  if (json.contains("scores")) {
    const Json& scores = part(json, "scores");
    require(scores.is_object(), "scores", "want an object");
    for (auto item = scores.begin(); item != scores.end(); ++item)
      result.scores.emplace_back(item.key(), value_from<double>(item.value(), "scores"));
  }
  return result;
}

}  // namespace mercer
