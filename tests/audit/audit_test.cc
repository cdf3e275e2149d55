// An audit by blocks and in many threads writes what its slow twin writes: one record after another
// read, prepared, screened and spelled out by the public functions.
#include "revenant/audit.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "audit/audit_batch.h"
#include "audit/audit_market.h"
#include "revenant/json.h"
#include "revenant/value_facts.h"

namespace revenant {
namespace {

using namespace test;

// What an audit is to write and to report.
struct Written {
  std::string results, rejects;
  AuditReport report;
  std::vector<std::string> unmapped;
};

// Rows of one seller that follow each other, with what was refused among them.
struct Group {
  std::vector<InputRecord> rows, refused;
};

std::vector<Group> Groups(RecordReader& reader) {
  std::vector<InputRecord> all;
  for (InputRecord input; *reader.Next(input);) all.push_back(std::exchange(input, {}));
  std::vector<Group> groups;
  for (std::size_t i = 0; i < all.size();) {
    Group& group = groups.emplace_back();
    if (!all[i].usable) {
      group.refused.push_back(all[i++]);
      continue;
    }
    group.rows.push_back(all[i++]);
    const SellerName seller = group.rows[0].record.seller;
    std::size_t attributes = group.rows[0].record.attributes.size();
    while (true) {
      std::size_t next = i;
      while (next < all.size() && !all[next].usable && next - i <= 64) ++next;
      if (next == all.size() || next - i > 64 || all[next].record.seller != seller) break;
      attributes += all[next].record.attributes.size();
      if (attributes > kMaxAttributes) break;
      group.refused.insert(group.refused.end(), all.begin() + static_cast<std::ptrdiff_t>(i),
                           all.begin() + static_cast<std::ptrdiff_t>(next));
      group.rows.push_back(all[next]);
      i = next + 1;
    }
  }
  return groups;
}

// All of its attributes; seen when the first dated row was.
InputRecord Joined(const Group& group) {
  InputRecord joined = group.rows[0];
  for (std::size_t i = 1; i < group.rows.size(); ++i) {
    const InputRecord& row = group.rows[i];
    Record& record = joined.record;
    const Time seen = row.record.seen;
    if (seen.known() && (!record.seen.known() || seen < record.seen)) record.seen = seen;
    if (row.record.status == SellerStatus::kActive) record.status = SellerStatus::kActive;
    for (const RawAttribute& raw : row.record.attributes) record.attributes.push_back(raw);
    for (const FieldPlace& place : row.places) joined.places.push_back(place);
  }
  return joined;
}

Written Twin(const Registry& registry, const std::vector<std::string>& files) {
  Written written;
  AuditReport& report = written.report;
  std::set<SellerName> judged;
  AppendRejectHeader(written.rejects, RejectValues::kHidden);
  for (const std::string& file : files) {
    const auto reader = *RecordReader::Open(file, {});
    for (const Group& group : Groups(*reader)) {
      report.records += group.rows.size() + group.refused.size();
      report.refused += group.refused.size();
      std::vector<Reject> rejects;
      for (const auto* rows : {&group.rows, &group.refused}) {
        for (const InputRecord& row : *rows) {
          rejects.insert(rejects.end(), row.rejects.begin(), row.rejects.end());
        }
      }
      const auto write_rejects = [&] {
        if (group.rows.size() + group.refused.size() > 1) {
          std::stable_sort(rejects.begin(), rejects.end(),
                           [](const Reject& a, const Reject& b) { return a.line < b.line; });
        }
        for (const Reject& what : rejects) {
          ++report.rejected;
          AppendReject(written.rejects, what, RejectValues::kHidden);
        }
      };
      if (group.rows.empty()) {
        write_rejects();
        continue;
      }
      const InputRecord input = Joined(group);
      report.merged += group.rows.size() - 1;
      report.apart += !judged.insert(input.record.seller).second;
      const Intake intake = *registry.Prepare(input.record, kAsOf);
      report.attributes += intake.outcomes.size();
      for (std::size_t i = 0; i < intake.outcomes.size(); ++i) {
        const AttributeOutcome& outcome = intake.outcomes[i];
        report.junk += outcome.status == Status::kJunk;
        if (outcome.status != Status::kInvalid) continue;
        ++report.invalid;
        rejects.push_back(RejectAttribute(
            file, input, i,
            outcome.where < 0
                ? std::string(outcome.reason)
                : fmt::format("{} (byte {} of the value)", outcome.reason, outcome.where + 1)));
      }
      write_rejects();
      for (const KeyedAttribute& attribute : intake.event.attributes) {
        for (const auto& identifier : attribute.identifiers) {
          report.identifiers += !identifier.junk;
        }
      }
      Certified certified{*registry.Screen(intake.event, kAsOf), ""};
      if (certified.verdict.decision != Decision::kClear) {
        certified = *registry.Certify(intake.event, kAsOf);
      }
      certified.verdict.attributes = intake.NotPlainlyValid();
      if (certified.verdict.decision == Decision::kClear) {
        written.results += ToJson(certified.verdict) + "\n";
      } else {
        written.results +=
            ToJson(certified.verdict, certified.certificate,
                   *ValueFactsReader(registry, kAuditValues).Of(certified.verdict.links)) +
            "\n";
      }
      ++report.screened;
      ++report.written;
      report.clear += certified.verdict.decision == Decision::kClear;
      report.review += certified.verdict.decision == Decision::kReview;
      report.block += certified.verdict.decision == Decision::kBlock;
      std::set<Because> named;
      for (const Reason& reason : certified.verdict.reasons) named.insert(reason.because);
      for (const Because because : named) ++report.reasons[because];
      if (certified.verdict.links.empty()) continue;
      if (certified.verdict.decision == Decision::kClear) continue;
      const Link& link = certified.verdict.links.front();
      ++report.leads_to[link.seller];
      ++report.kinds[link.path.front().shared.front().kind];
    }
    report.inputs.push_back({file, reader->position()});
    const auto& names = reader->unmapped();
    written.unmapped.insert(written.unmapped.end(), names.begin(), names.end());
  }
  return written;
}

TEST_SUITE("audit") {
  TEST_CASE("AnAuditWritesWhatItsSlowTwinWrites") {
    std::mt19937_64 random(Seed());
    CAPTURE(Seed());
    const Folder folder;
    const auto registry = Market(folder / "store");
    const std::vector<std::string> files = {folder / "a.csv", folder / "b.jsonl", folder / "c.csv"};
    // Several blocks, some, and a row.
    WriteFile(files[0], Csv(20'000, random));
    WriteFile(files[1], Lines(6'000, random));
    WriteFile(files[2], Csv(1, random));
    const Written twin = Twin(*registry, files);
    REQUIRE(twin.report.clear > 10'000);
    REQUIRE(twin.report.block + twin.report.review > 100);
    REQUIRE(twin.report.junk > 100);
    REQUIRE(twin.report.invalid > 100);
    REQUIRE(twin.report.merged > 1'000);
    REQUIRE(twin.report.apart > 1'000);
    for (const unsigned threads : {1u, 3u}) {
      CAPTURE(threads);
      AuditOptions options;
      options.threads = threads;
      options.as_of = kAsOf;
      std::vector<std::string> unmapped;
      options.hooks.on_unmapped = [&](const std::string&, const std::vector<std::string>& names) {
        unmapped.insert(unmapped.end(), names.begin(), names.end());
      };
      const auto report = Audit(*registry, files, folder / "out", options);
      REQUIRE(report);
      CHECK((ReadFile(folder / "out/results.jsonl") == twin.results));
      CHECK((ReadFile(folder / "out/rejects.csv") == twin.rejects));
      CHECK(unmapped == twin.unmapped);
      AuditReport wanted = twin.report;
      wanted.as_of = kAsOf;
      wanted.stats = report->stats;
      wanted.key_check_value = report->key_check_value;
      wanted.policy_digest = report->policy_digest;
      wanted.seconds = report->seconds;
      CHECK(ToJson(*report) == ToJson(wanted));
      CHECK(ReadFile(folder / "out/summary.json") == ToJson(*report) + "\n");
    }
  }

  TEST_CASE("AnAuditThatFailsWritesNothing") {
    const Folder folder;
    const auto registry = Market(folder / "store");
    struct Case {
      const char *text, *message;
    };
    const Case cases[] = {
        {"platform,seller\n", ":2:1: no rows follow the header"},
        {"platform,seller\n\n\n", ":4:1: no rows follow the header"},
        {"{}", nullptr},
        {"platform,seller\nm,a\nm,\"b\n", ":3:3: the quoted field that begins here never ends"},
        {"platform,seller\nm,a\nexchange/x,b\n", "kept for the exchange"},
    };
    WriteFile(folder / "good.csv", "platform,seller\nm,a\n");
    for (const Case& one : cases) {
      CAPTURE(one.text);
      WriteFile(folder / "bad.csv", one.text);
      const std::vector<std::string> files = {folder / "good.csv", folder / "bad.csv"};
      const auto report = Audit(*registry, files, folder / "out", {});
      REQUIRE(report.has_value() == (one.message == nullptr));
      if (one.message == nullptr) {
        CHECK(report->rejected == 1);
        fs::remove_all(folder / "out");
        continue;
      }
      CHECK_MESSAGE(report.error().message.find(one.message) != std::string::npos,
                    report.error().message);
      CHECK(fs::is_empty(folder / "out"));
    }
  }

  TEST_CASE("AnAuditThatIsStoppedAndMayNotGoOnWritesNothing") {
    const Folder folder;
    const auto registry = Market(folder / "store");
    std::mt19937_64 random(Seed());
    WriteFile(folder / "a.csv", Csv(20'000, random));
    AuditOptions options;
    options.resume = false;
    int asked = 0;
    options.hooks.on_progress = [&](std::uint64_t) { return ++asked < 3; };
    const std::vector<std::string> files = {folder / "a.csv"};
    const auto report = Audit(*registry, files, folder / "out", options);
    REQUIRE(report);
    CHECK(report->interrupted);
    CHECK(asked == 3);
    CHECK(fs::is_empty(folder / "out"));
  }
}

}  // namespace
}  // namespace revenant
