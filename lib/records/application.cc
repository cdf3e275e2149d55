#include "revenant/application.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace revenant {
namespace {

std::size_t ValueBytes(const Record& record) {
  std::size_t bytes = 0;
  for (const RawAttribute& attribute : record.attributes) bytes += attribute.value.size();
  return bytes;
}

template <typename Item>
void MoveBehind(std::vector<Item>& to, std::vector<Item>& from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

}  // namespace

void Application::Begin(InputRecord& row) {
  std::swap(input, row);
  rows = 1;
  latest = input.record.seen;
  bytes = 0;
}

bool Application::Add(InputRecord& row) {
  Record& all = input.record;
  const Record& added = row.record;
  if (rows == 1) bytes = ValueBytes(all);
  const std::size_t more = ValueBytes(added);
  if (all.attributes.size() + added.attributes.size() > kMaxAttributes ||
      bytes + more > kMaxRecordBytes) {
    return false;
  }
  ++rows;
  bytes += more;
  if (added.seen.known()) {
    all.seen = all.seen.known() ? std::min(all.seen, added.seen) : added.seen;
    latest = latest.known() ? std::max(latest, added.seen) : added.seen;
  }
  all.status = std::max(all.status, added.status);
  MoveBehind(all.attributes, row.record.attributes);
  MoveBehind(input.places, row.places);
  MoveBehind(input.rejects, row.rejects);
  return true;
}

}  // namespace revenant
