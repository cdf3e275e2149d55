// How many proofs or go-betweens must fall before application and ban come apart (DESIGN.md section
// 5, rule 9): a table, and random worlds in which every set of them is taken away.

#include <doctest/doctest.h>

#include <bit>
#include <random>

#include "linkage/vector_graph.h"

namespace revenant {
namespace {

struct ProofCase {
  std::string_view name;
  std::vector<std::pair<const char*, const char*>> sellers;
  const char* asks;
  std::uint32_t redundancy;
  std::vector<LinkPolicy::Families> once = {};
  std::vector<std::pair<const char*, const char*>> apart = {};
};
const std::vector<LinkPolicy::Families> kOneForm = {
    {Family::kDevice, Family::kContact, Family::kNetwork}};
const ProofCase kProofCases[] = {
    {"one value", {{"a", "strong=1@1 ban@9"}}, "strong=1", 1},
    {"two values", {{"a", "strong=1@1 weak=2@1 ban@9"}}, "strong=1 weak=2", 2},
    {"what only supports is no proof", {{"a", "strong=1@1 side=2@1 ban@9"}}, "strong=1 side=2", 1},
    {"two values of one root", {{"a", "strong=1@1~r weak=2@1~r ban@9"}}, "strong=1 weak=2", 1},
    {"a third that is none of it",
     {{"a", "strong=1@1~r weak=2@1~r other=3@1 ban@9"}},
     "strong=1 weak=2 other=3",
     2},
    {"one go-between",
     {{"a", "weak=1@1 other=2@1 ban@9"}, {"m", "weak=1@2 other=2@2 weak=3@2 other=4@2"}},
     "weak=3 other=4",
     1},
    {"two go-betweens",
     {{"a", "weak=1@1 other=2@1 ban@9"}, {"m", "weak=1@2 weak=3@2"}, {"n", "other=2@2 other=4@2"}},
     "weak=3 other=4",
     2},
    {"a way straight and one around",
     {{"a", "weak=1@1 other=2@1 ban@9"}, {"m", "other=2@2 other=4@2"}},
     "weak=1 other=4",
     2},
    {"two go-betweens who meet in one value",
     {{"a", "weak=1@1 ban@9"}, {"m", "weak=1@2 weak=3@2"}, {"n", "weak=1@2 other=4@2"}},
     "weak=3 other=4",
     1},
    {"a leaf is no go-between",
     {{"a", "weak=1@1 other=2@1 ban@9"},
      {"m", "weak=1@2 weak=3@2"},
      {"n", "other=2@2 other=4@2 leaf"}},
     "weak=3 other=4",
     1},

    {"two names of one account", {{"a", "openid=1@1 unionid=2@1 ban@9"}}, "openid=1 unionid=2", 1},
    {"a card and the account behind it", {{"a", "pan=1@1 par=2@1 ban@9"}}, "pan=1 par=2", 1},
    {"a wallet with its tag and without", {{"a", "xrp=1@1 xrp=2@1 ban@9"}}, "xrp=1 xrp=2", 1},
    {"two accounts are two", {{"a", "pan=1@1 unionid=2@1 ban@9"}}, "pan=1 unionid=2", 2},
    {"and so are two kinds of one family", {{"a", "pan=1@1 iban=2@1 ban@9"}}, "pan=1 iban=2", 2},
    {"telephone and handset without a group",
     {{"a", "phone=1@1 imei=2@1 ban@9"}},
     "phone=1 imei=2",
     2},
    {"of one form are one", {{"a", "phone=1@1 imei=2@1 ban@9"}}, "phone=1 imei=2", 1, kOneForm},
    {"an account is of no form",
     {{"a", "phone=1@1 imei=2@1 iban=3@1 ban@9"}},
     "phone=1 imei=2 iban=3",
     2,
     kOneForm},
    {"once only if the same two share both",
     {{"a", "phone=1@1 imei=2@1 ban@9"}, {"m", "phone=1@2 phone=3@2"}, {"n", "imei=2@2 imei=4@2"}},
     "phone=3 imei=4",
     2,
     kOneForm},
    {"and then for everybody",
     {{"a", "phone=1@1 imei=2@1 ban@9"},
      {"m", "phone=1@2 imei=2@2 phone=3@2"},
      {"n", "imei=2@2 imei=4@2"}},
     "phone=3 imei=4",
     1,
     kOneForm},
    {"three of one form are one",
     {{"a", "phone=1@1 imei=2@1 mail=3@1 ban@9"}},
     "phone=1 imei=2 mail=3",
     1,
     kOneForm},
    {"two groups are two",
     {{"a", "phone=1@1 mail=2@1 iban=3@1 card=4@1 ban@9"}},
     "phone=1 mail=2 iban=3 card=4",
     2,
     {{Family::kContact}, {Family::kDocument, Family::kPayment}}},

    {"parts of one proof connect nobody",
     {{"goal", "other=second@1 weak=s@1 side=1@1 ban@9"},
      {"z", "other=second@2~second iban=holder@2~second"},
      {"y", "other=first@3~first iban=holder@3~first weak=r@4 weak=s@4 side=1@4"}},
     "other=first weak=r",
     1},

    {"different people make no way",
     {{"a", "weak=1@1 other=2@1 ban@9"}, {"m", "weak=1@2 weak=3@2"}, {"n", "other=2@2 other=4@2"}},
     "weak=3 other=4",
     1,
     {},
     {{"a", "n"}}},
};

TEST_CASE("TheSmallestCutIsWhatTheTableSays") {
  for (const ProofCase& row : kProofCases) {
    for (const std::uint64_t key : {1, 2, 3, 4}) {
      CAPTURE(row.name);
      CAPTURE(key);
      LinkPolicy policy = TestPolicy();
      policy.count_once = row.once;
      VectorGraph graph(policy, key);
      for (const auto& [name, words] : row.sellers) graph.Add(name, words);
      for (const auto& [a, b] : row.apart) graph.Apart(a, b);
      const GraphSeller applicant = graph.Applicant(row.asks);
      const std::vector<Link> links = graph.LinksOf(applicant);
      REQUIRE(links.size() == 1);
      CHECK(links.front().redundancy == row.redundancy);
    }
  }
}

TEST_CASE("UnderTheRulesOfBeforeNothingCountedOnce") {
  LinkPolicy policy = TestPolicy();
  policy.count_once = kOneForm;
  policy.rules = 1;
  VectorGraph graph(policy);
  graph.Add("a", "phone=1@1 imei=2@1 ban@9");
  const GraphSeller applicant = graph.Applicant("phone=1 imei=2");
  CHECK(graph.LinksOf(applicant).front().redundancy == 2);
}

// --- Random worlds. Each value is a root of its own, so sellers and values are what may fall.

class Cuts {
 public:
  Cuts(const GraphSeller& origin, const std::vector<const GraphSeller*>& sellers) {
    sellers_.push_back(&origin);
    sellers_.insert(sellers_.end(), sellers.begin(), sellers.end());
    for (const GraphSeller* seller : sellers_) {
      for (const Held& held : seller->held) {
        if (held.kind->policy.role != Role::kLinking) continue;
        if (std::find(values_.begin(), values_.end(), held.fingerprint) == values_.end()) {
          values_.push_back(held.fingerprint);
        }
      }
    }
  }

  // The fewest that must fall; sellers_.size() + values_.size(): they are joined by nothing else.
  std::uint32_t Fewest(const GraphSeller& target) const {
    const auto gates = static_cast<std::uint32_t>(sellers_.size() + values_.size());
    std::uint32_t fewest = gates;
    for (std::uint32_t gone = 0; gone < 1U << gates; ++gone) {
      const auto size = static_cast<std::uint32_t>(std::popcount(gone));
      if (size < fewest && !Reaches(target, gone)) fewest = size;
    }
    return fewest;
  }
  bool Joined(const GraphSeller& target) const { return Reaches(target, 0); }

 private:
  bool Reaches(const GraphSeller& target, std::uint32_t gone) const {
    if ((gone & 1) != 0) return true;  // the two ends stay
    for (std::size_t i = 0; i < sellers_.size(); ++i) {
      if (sellers_[i] == &target && (gone >> i & 1) != 0) return true;
    }
    std::vector<bool> met(sellers_.size(), false);
    std::vector<std::size_t> todo = {0};
    met[0] = true;
    while (!todo.empty()) {
      const GraphSeller& here = *sellers_[todo.back()];
      const bool goes_on = todo.back() == 0 || here.passable;
      todo.pop_back();
      if (&here == &target) return true;
      if (!goes_on) continue;
      for (std::size_t v = 0; v < values_.size(); ++v) {
        if ((gone >> (sellers_.size() + v) & 1) != 0 || FindHeld(here, values_[v]) == nullptr) {
          continue;
        }
        for (std::size_t next = 1; next < sellers_.size(); ++next) {
          if (met[next] || (gone >> next & 1) != 0) continue;
          if (FindHeld(*sellers_[next], values_[v]) == nullptr) continue;
          met[next] = true;
          todo.push_back(next);
        }
      }
    }
    return false;
  }
  std::vector<const GraphSeller*> sellers_;  // the origin first
  std::vector<Fingerprint> values_;
};

TEST_CASE("NoSmallerSetPartsApplicationAndBan") {
  std::mt19937 random(17);
  std::map<std::uint32_t, int> seen;
  for (int round = 0; round < 400; ++round) {
    CAPTURE(round);
    LinkPolicy policy = TestPolicy();
    policy.max_hops = 16;
    VectorGraph graph(policy, static_cast<std::uint64_t>(round) + 1);
    const auto words = [&](bool dated) {
      std::string all;
      for (int n = 0; n < 6; ++n) {
        if (random() % 3 == 0) continue;
        if (random() % 2 == 0)
          all += (n % 2 ? "weak=" : "strong=") + std::to_string(n) + (dated ? "@1 " : " ");
      }
      return all;
    };
    const char* const kNames[] = {"a", "b", "c", "d", "e"};
    for (const char* name : kNames) {
      graph.Add(name, words(true) + (random() % 5 == 0 ? "leaf " : "") +
                          (random() % 3 == 0 ? "ban@9" : ""));
    }
    const GraphSeller applicant = graph.Applicant(words(false));
    std::vector<const GraphSeller*> sellers;
    for (const char* name : kNames) sellers.push_back(&graph[name]);
    const Cuts cuts(applicant, sellers);
    const std::vector<Link> links = graph.LinksOf(applicant);
    for (const GraphSeller* seller : sellers) {
      if (!seller->banned) continue;
      const auto link = std::find_if(links.begin(), links.end(),
                                     [&](const Link& one) { return one.seller == seller->name; });
      REQUIRE((link != links.end()) == cuts.Joined(*seller));
      if (link == links.end()) continue;
      CHECK(link->redundancy == cuts.Fewest(*seller));
      ++seen[link->redundancy];
    }
  }
  for (std::uint32_t ways = 1; ways < 4; ++ways) CHECK(seen[ways] > 0);
}

}  // namespace
}  // namespace revenant
