// The stories of fixtures/stories: what a fair investigator would want, played under the default
// policy and with real kinds. The format stands in their README.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "fixtures.h"
#include "registry/worlds.h"
#include "revenant/certificate.h"

namespace revenant {
namespace {

using nlohmann::json;

// --- Invented values that pass their checks.

std::string Account(int number) {  // a German IBAN of a bank that does not exist
  const std::string digits = fmt::format("12345678{:010}", number);
  int rest = 0;
  for (const char c : digits + "131400") rest = (rest * 10 + (c - '0')) % 97;
  return fmt::format("DE{:02}{}", 98 - rest, digits);
}

std::string Handset(int number) {
  const std::string digits = fmt::format("35209900{:06}", 880'000 + number);
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int digit = (digits[i] - '0') * (i % 2 == 1 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return digits + static_cast<char>('0' + (10 - sum % 10) % 10);
}

// "{n}", "{iban n/5}", "{imei 3}" and the like, for the n-th of a crowd.
std::string Filled(std::string text, int n) {
  static const std::regex kHole(R"(\{(?:(iban|imei) )?(?:(n)(?:([+/%])(\d+))?|(\d+))\})");
  for (std::smatch hole; std::regex_search(text, hole, kHole);) {
    int number = hole[5].matched ? std::stoi(hole[5]) : n;
    if (hole[3].matched) {
      const int operand = std::stoi(hole[4]);
      number = hole[3] == "+" ? n + operand : hole[3] == "/" ? n / operand : n % operand;
    }
    const std::string value = hole[1] == "iban"   ? Account(number)
                              : hole[1] == "imei" ? Handset(number)
                                                  : fmt::format("{:02}", number);
    text = hole.prefix().str() + value + hole.suffix().str();
  }
  return text;
}

// --- The player.

class Story {
 public:
  Story(const json& story, World& world) : story_(story), world_(world) {}

  void Play() {
    std::string last;
    for (const json& item : story_.at("timeline")) {
      const std::string day = item.at("on");
      CAPTURE(day);
      CHECK(last <= day);  // in order of time, as a reader expects
      last = day;
      const Result<Time> at = ParseTime(day);
      REQUIRE(at);
      for (int n = 0; n < item.value("crowd", 1); ++n) Act(item, *at, n);
    }
    CHECK(judged_ > 0);
  }

 private:
  void Act(const json& item, Time at, int n) {
    const auto named = [&](const char* member) {
      const Result<SellerName> name = ParseSellerName(Filled(item.at(member), n));
      REQUIRE(name);
      return *name;
    };
    const std::string case_ref = item.value("case", "");
    const Result<Time> dated = ParseTime(item.value("dated", item.at("on").get<std::string>()));
    REQUIRE(dated);
    if (item.contains("ban")) {
      Decide(item, Ban{named("ban"), case_ref, item.at("for"), *dated}, at);
    } else if (item.contains("reinstate")) {
      Decide(item, Reinstate{named("reinstate"), case_ref, false, *dated}, at);
    } else if (item.contains("infringe")) {
      Decide(item, Infringe{named("infringe"), case_ref, Right::kTrademark, *dated}, at);
    } else if (item.contains("retract")) {
      Decide(item, Retract{named("retract"), case_ref, *dated}, at);
    } else if (item.contains("forget")) {
      Decide(item, Forget{named("forget"), "", *dated}, at);
    } else if (item.contains("different_people")) {
      const json& pair = item.at("different_people");
      Decide(item,
             CannotLink{*ParseSellerName(pair[0].get<std::string>()),
                        *ParseSellerName(pair[1].get<std::string>()), *dated},
             at);
    } else if (item.contains("certificate")) {
      const Result<CertificateCheck> check = VerifyCertificate(*world_, certificate_);
      REQUIRE(check);
      CHECK(OutcomeName(check->outcome) == item.at("certificate").get<std::string>());
    } else if (item.contains("together")) {
      const Result<ClusterSummary> cluster = world_->Cluster(named("shop"));
      REQUIRE(cluster);
      CHECK(cluster->sellers.size() == item.at("together").get<std::size_t>());
    } else if (item.contains("apart")) {
      std::set<ClusterId> clusters;
      for (const json& shop : item.at("apart")) {
        const Result<ClusterSummary> cluster =
            world_->Cluster(*ParseSellerName(shop.get<std::string>()));
        REQUIRE(cluster);
        CHECK(clusters.insert(cluster->id).second);
      }
    } else if (item.contains("freed")) {
      const Result<std::vector<Alert>> alerts = world_->Alerts(0, 1000);
      REQUIRE(alerts);
      const SellerName shop = named("freed");
      const auto last = std::find_if(alerts->rbegin(), alerts->rend(),
                                     [&](const Alert& alert) { return alert.seller == shop; });
      REQUIRE(last != alerts->rend());
      CHECK(!last->linked);
    } else if (item.contains("applies")) {
      Judge(item, Prepared(item, named("applies"), SellerStatus::kApplicant, at, n), at);
    } else {
      const Result<Applied> applied =
          world_->Apply(Prepared(item, named("shop"), SellerStatus::kActive, at, n),
                        Durability::kBuffered, {"", at});
      REQUIRE(applied);
    }
  }

  // Somebody enters it on that day, whatever date it bears.
  void Decide(const json& item, const Event& event, Time at) {
    const Result<Entered> entered = world_->Enter(event, at, Durability::kBuffered, {"", at});
    if (item.contains("refused")) {
      REQUIRE_FALSE(entered);
      CHECK(NameOf(entered.error().code) == item.at("refused").get<std::string>());
      return;
    }
    if (!entered) FAIL(entered.error().message);
    std::string still;
    for (const InForce& one : entered->still) still += one.reference;
    CHECK(still == item.value("still", ""));
  }
  static std::string NameOf(Code code) {
    return code == Code::kInvalidArgument ? "invalid argument"
           : code == Code::kNotFound      ? "not found"
           : code == Code::kConflict      ? "conflict"
                                          : "another error";
  }

  Enrol Prepared(const json& item, const SellerName& seller, SellerStatus status, Time at, int n) {
    Record record{seller, status, "form", at, {}};
    const auto add = [&](const std::string& kind, const json& value) {
      const json verified = item.value("verified", json::array());
      const bool seen = std::find(verified.begin(), verified.end(), kind) != verified.end();
      record.attributes.push_back({kind, "", Filled(value, n), seen});
    };
    for (const auto& [kind, value] : item.at("shows").items()) {
      if (value.is_object()) {
        const int first = value.at("accounts")[0], count = value.at("accounts")[1];
        for (int i = 0; i < count; ++i) add(kind, Account(first + i));
      } else if (value.is_array()) {
        for (const json& each : value) add(kind, each);
      } else {
        add(kind, value);
      }
    }
    const Result<Intake> intake = world_->Prepare(record, at);
    REQUIRE(intake);
    for (const AttributeOutcome& outcome : intake->outcomes) {
      CAPTURE(outcome.kind);
      // A mistyped value would hollow out the story unseen.
      CHECK((outcome.status == Status::kValid || outcome.status == Status::kUnverifiable));
    }
    return intake->event;
  }

  void Judge(const json& item, const Enrol& application, Time at) {
    ++judged_;
    const Result<Verdict> verdict = world_->Screen(application, at);
    REQUIRE(verdict);
    if (item.value("certified", false)) {
      const Result<Certified> certified = world_->Certify(application, at);
      REQUIRE(certified);
      certificate_ = certified->certificate;
    }
    const std::string shop = application.seller.ToString(), fair = item.at("fair");
    const std::string why = item.at("why");
    CAPTURE(shop);
    CAPTURE(why);
    std::string reasons;
    bool named = !item.contains("because");
    for (const Reason& reason : verdict->reasons) {
      reasons += fmt::format("\n  {}: {}", BecauseName(reason.because), reason.text);
      named = named || BecauseName(reason.because) == item.at("because").get<std::string>();
    }
    CAPTURE(reasons);
    CHECK(DecisionName(verdict->decision) == fair);
    CHECK(named);
  }

  const json& story_;
  World& world_;
  int judged_ = 0;
  std::string certificate_;  // of the last verdict that asked for one
};

TEST_CASE("StoriesEndAsAFairInvestigatorWouldWant") {
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(test::Fixtures() + "/stories")) {
    if (file.path().extension() == ".json") files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  CHECK(files.size() >= 22);
  for (const std::filesystem::path& file : files) {
    std::ifstream in(file);
    const json story = json::parse(in);
    const std::string title = story.at("title");
    CAPTURE(title);
    World world{LinkPolicy{}};
    Story(story, world).Play();
    world.CheckSound();
  }
}

}  // namespace
}  // namespace revenant
