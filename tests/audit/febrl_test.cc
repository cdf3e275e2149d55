// Labelled persons: clusters by identity document, alone and with name and birth date, against
// the truth. The expected pair counts were computed independently (connected components in Python).

#include <doctest/doctest.h>

#include <cctype>
#include <filesystem>
#include <map>
#include <random>

#include "fixtures.h"
#include "revenant/evaluate.h"
#include "revenant/records.h"
#include "revenant/registry.h"

namespace revenant {
namespace {

std::string Fixture(std::string_view name, int set) {
  return test::Fixtures() + "/febrl/" + std::string(name) + std::to_string(set) + ".csv";
}

// Lower case, letters and digits only: how the published figures compare names.
std::string Plain(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c))) {
      plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return plain;
}

std::vector<Record> ReadPersons(int set, bool with_name) {
  const TableReader::Column columns[] = {
      {"rec_id"}, {"given_name"}, {"surname"}, {"date_of_birth"}, {"soc_sec_id"}};
  Result<std::unique_ptr<TableReader>> table = TableReader::Open(Fixture("dataset", set), columns);
  if (!table) FAIL(table.error().message);
  std::vector<Record> records;
  while (true) {
    const Result<bool> more = (*table)->Next();
    if (!more) FAIL(more.error().message);
    if (!*more) return records;
    Record record;
    std::string cells[5];
    for (std::size_t i = 0; i < 5; ++i) cells[i] = Plain((*table)->Get(i));
    const std::string_view id = (*table)->Get(0);
    record.seller = {"febrl", std::string(id)};
    if (!cells[4].empty()) record.attributes.push_back({"custom.ssn", "", cells[4]});
    if (with_name && !cells[1].empty() && !cells[2].empty() && !cells[3].empty()) {
      record.attributes.push_back(
          {"custom.person", "", cells[1] + "|" + cells[2] + "|" + cells[3]});
    }
    records.push_back(std::move(record));
  }
}

std::map<std::string, std::string> ReadTruth(int set) {
  const TableReader::Column columns[] = {{"rec_id"}, {"entity_id"}};
  Result<std::unique_ptr<TableReader>> table = TableReader::Open(Fixture("truth", set), columns);
  if (!table) FAIL(table.error().message);
  std::map<std::string, std::string> truth;
  while (true) {
    const Result<bool> more = (*table)->Next();
    if (!more) FAIL(more.error().message);
    if (!*more) return truth;
    truth.emplace((*table)->Get(0), (*table)->Get(1));
  }
}

ClusterScores Measure(int set, bool with_name) {
  std::string folder = (std::filesystem::temp_directory_path() / "revenant-febrl-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  LinkPolicy policy;  // no hubs: these figures are about the identifiers alone
  for (const char* kind : {"custom.ssn", "custom.person"}) {
    KindPolicy wide = policy.For(kind);
    wide.fanout_limit = wide.carry_limit = 1'000'000;
    policy.Set(kind, wide);
  }
  const Result<Key> key = Key::Generate();
  REQUIRE(key);
  ClusterScores metrics;
  {
    Result<std::unique_ptr<Registry>> registry = Registry::Create(folder + "/store", *key, policy);
    REQUIRE(registry);
    std::vector<Event> events;
    for (const Record& record : ReadPersons(set, with_name)) {
      const Result<Intake> intake = (*registry)->Prepare(record, Now());
      REQUIRE(intake);
      events.push_back(intake->event);
    }
    REQUIRE((*registry)->ApplyAll(events));
    const std::map<std::string, std::string> truth = ReadTruth(set);
    std::map<std::string, std::uint64_t> clusters, entities;
    std::vector<std::uint64_t> found, wanted;
    REQUIRE((*registry)->ForEachSeller([&](const SellerName& name, const ClusterId& cluster, bool) {
      found.push_back(clusters.emplace(cluster.ToHex(), clusters.size()).first->second);
      wanted.push_back(entities.emplace(truth.at(name.external_id), entities.size()).first->second);
    }));
    metrics = EvaluateClusters(found, wanted);
  }
  std::filesystem::remove_all(folder);
  return metrics;
}

struct Expected {
  int set;
  std::uint64_t true_pairs, by_document, by_both;
};
constexpr Expected kExpected[] = {{1, 500, 450, 472}, {2, 1934, 1686, 1815}, {3, 6538, 5601, 6069}};

TEST_CASE("FebrlPersonsAreFoundExactlyAsComputedIndependently") {
  for (const Expected& expected : kExpected) {
    CAPTURE(expected.set);
    const ClusterScores document = Measure(expected.set, false), both = Measure(expected.set, true);
    CHECK(document.true_pairs == expected.true_pairs);
    CHECK(document.pairwise.tp == expected.by_document);
    CHECK(document.pairwise.fp == 0);
    CHECK(both.pairwise.tp == expected.by_both);
    CHECK(both.pairwise.fp == 0);
  }
}

}  // namespace
}  // namespace revenant
