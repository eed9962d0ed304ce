#include "simt/machine/traffic.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "simt/machine/lane.hpp"
#include "simt/machine/symbol.hpp"

namespace simt {
namespace {

struct Record {
  const char* file;
  std::uint32_t line, column;
  bool is_store;
  unsigned lane;
  std::uint32_t turn;  // how often the lane had been here before
  std::uint64_t sector;
  std::uint64_t bytes;

  auto place() const { return std::tuple(file, line, column, is_store); }
  auto instruction() const { return std::tuple_cat(place(), std::tuple(turn)); }
};

std::map<std::string, Traffic> counted;  // by plain name
Traffic* current = nullptr;
std::vector<Record> records;  // of the warp that runs, since it last came to rest

void number_turns() {
  std::stable_sort(records.begin(), records.end(), [](const Record& a, const Record& b) {
    return std::tuple_cat(a.place(), std::tuple(a.lane)) < std::tuple_cat(b.place(), std::tuple(b.lane));
  });
  for (std::size_t n = 1; n < records.size(); ++n) {
    const Record& before = records[n - 1];
    const bool again = before.place() == records[n].place() && before.lane == records[n].lane;
    records[n].turn = again ? before.turn + 1 : 0;
  }
}

void count_instructions() {
  std::sort(records.begin(), records.end(), [](const Record& a, const Record& b) {
    return std::tuple_cat(a.instruction(), std::tuple(a.sector)) <
           std::tuple_cat(b.instruction(), std::tuple(b.sector));
  });
  const Record* before = nullptr;
  for (const Record& record : records) {
    Access& access = record.is_store ? current->stores : current->loads;
    const bool same = before != nullptr && before->instruction() == record.instruction();
    access.count += !same;
    access.sectors += !(same && before->sector == record.sector);
    access.bytes += record.bytes;
    before = &record;
  }
}

}  // namespace

Traffic traffic(const std::string& kernel) {
  const auto found = counted.find(kernel);
  return found == counted.end() ? Traffic{} : found->second;
}

void reset_traffic() {
  counted.clear();
  records.clear();
  current = nullptr;
}

void count_for(const std::string& symbol, bool counting) {
  records.clear();
  current = counting ? &counted[plain_name(symbol)] : nullptr;
}

// An access is aligned to its size, 16 bytes at most, so it lies in one sector.
void note_access(const void* address, std::size_t bytes, bool is_store, const Site& site) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  if (at % bytes != 0) fault_here("misaligned access of " + std::to_string(bytes) + " bytes", site);
  if (current == nullptr) return;
  records.push_back({site.file_name(), site.line(), site.column(), is_store, lane_id(), 0, at / sector_bytes, bytes});
}

void close_interval() {
  if (records.empty()) return;
  number_turns();
  count_instructions();
  records.clear();
}

}  // namespace simt
