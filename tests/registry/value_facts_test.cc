// What the registry holds about a shared value (ValueFactsReader).

#include "revenant/value_facts.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "registry/stage.h"
#include "revenant/cluster_graph.h"

namespace revenant {
namespace {

Fingerprint PrintOf(Stage& stage, const char* value) {
  return stage.Prepared("x", 1, {value}, SellerStatus::kActive).attributes[0].root;
}
ValueFacts FactsOf(Stage& stage, const char* value, const ValueFactsOptions& options = {}) {
  Result<std::optional<ValueFacts>> facts =
      ValueFactsReader(*stage, options).Read(PrintOf(stage, value));
  REQUIRE(facts);
  REQUIRE(facts->has_value());
  return std::move(**facts);
}

TEST_CASE("AValueSaysWhoCarriesItAndWhatItJoins") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1", "custom.weak=own"});
  stage.Shows("b", 2, {"custom.strong=1", "custom.weak=two"});
  stage.Shows("c", 5, {"custom.weak=two", "custom.strong=1"});
  stage.Shows("d", 7, {"custom.strong=1"});
  stage.AppliesFor("e", 9, {"custom.strong=1"});
  stage.IsBanned("a", 20);
  const ValueFacts facts = FactsOf(stage, "custom.strong=1");
  CHECK(facts.kind == "custom.strong");
  CHECK(facts.carriers == 5);
  CHECK(facts.banned == 1);
  CHECK_FALSE(facts.hub);
  CHECK(facts.clusters == 3);  // a, bc and d; an applicant is of no cluster
  CHECK_FALSE(facts.at_least);
  CHECK(facts.first == Day(1));
  CHECK(facts.last == Day(9));
  CHECK(facts.withdrawn == 0);
  CHECK(facts.complete);
  CHECK(FactsOf(stage, "custom.weak=two").clusters == 1);
  CHECK(FactsOf(stage, "custom.weak=own").clusters == 0);
  const auto nobody = ValueFactsReader(*stage).Read(PrintOf(stage, "custom.weak=nobody"));
  REQUIRE(nobody);
  CHECK_FALSE(nobody->has_value());
}

TEST_CASE("AHubJoinsNobody") {
  Stage stage(HubPolicy());
  for (const char* id : {"a", "b", "c", "d"}) stage.Shows(id, 1, {"custom.strong=1"});
  const ValueFacts facts = FactsOf(stage, "custom.strong=1");
  CHECK(facts.hub);
  CHECK(facts.clusters == 0);
  CHECK(facts.carriers == 4);
}

TEST_CASE("WhatWasTakenBackIsCounted") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Shows("b", 2, {"custom.strong=1"});
  stage.Withdraws("a", "custom.strong=1", 5);
  CHECK(FactsOf(stage, "custom.strong=1").carriers == 1);
  stage.Shows("a", 9, {"custom.strong=1"});
  const ValueFacts facts = FactsOf(stage, "custom.strong=1");
  CHECK(facts.carriers == 2);
  CHECK(facts.withdrawn == 1);
}

// In a long ring each value is one of two that hold every pair of sellers together.
TEST_CASE("ALargeClusterIsSearchedOnlySoFar") {
  Stage stage;
  const int size = 60;
  for (int i = 0; i < size; ++i) {
    const std::string own = fmt::format("custom.strong=r{}", i);
    const std::string next = fmt::format("custom.strong=r{}", (i + 1) % size);
    stage.Shows(fmt::format("s{}", i).c_str(), 1, {own.c_str(), next.c_str()});
  }
  const ValueFacts whole = FactsOf(stage, "custom.strong=r7");
  CHECK(whole.clusters == 1);
  CHECK_FALSE(whole.at_least);
  const ValueFacts part = FactsOf(stage, "custom.strong=r7", {.carriers = 10, .sellers = 20});
  CHECK(part.clusters == 1);
  CHECK(part.at_least);
  stage.Shows("end", 1, {"custom.strong=r7"});
  const ValueFacts more = FactsOf(stage, "custom.strong=r7", {.carriers = 10, .sellers = 20});
  CHECK(more.clusters == 2);  // `end` alone, and at least one more
  CHECK(more.at_least);
  const ValueFacts first = FactsOf(stage, "custom.strong=r7", {.carriers = 1, .sellers = 20});
  CHECK_FALSE(first.complete);
  CHECK(first.carriers == 3);
}

TEST_CASE("ValuesAgreeWithTheShapeOfTheirCluster") {
  Stage stage;
  Chain(stage);
  stage.Shows("e", 4, {"custom.weak=1", "custom.strong=2"});
  stage.Shows("f", 4, {"custom.weak=1"});
  const Result<ClusterGraph> graph = stage->GraphOf(Shop("a"), 100);
  REQUIRE(graph);
  const ClusterShape shape = ShapeOf(*graph);
  ValueFactsReader reader(*stage);
  const Result<std::vector<ValueFacts>> values = reader.Of(*graph);
  REQUIRE(values);
  REQUIRE(values->size() == graph->identifiers.size());
  for (std::size_t i = 0; i < values->size(); ++i) {
    std::uint64_t parts = 1;
    for (const ClusterShape::CutPoint& cut : shape.identifiers) {
      if (cut.place == i) parts = cut.parts;
    }
    CAPTURE(Describe((*values)[i]));
    CHECK((*values)[i].clusters == parts);
  }
}

TEST_CASE("TheValuesOfALinkAreReadOnceEach") {
  Stage stage;
  Chain(stage);
  const Verdict verdict = stage.Asks("new", {"custom.strong=2", "custom.side=3"});
  REQUIRE_FALSE(verdict.links.empty());
  ValueFactsReader reader(*stage);
  const Result<std::vector<ValueFacts>> values = reader.Of(verdict.links);
  REQUIRE(values);
  REQUIRE(values->size() == 2);  // strong 2, and strong 1 behind b
  CHECK((*values)[0].fingerprint == PrintOf(stage, "custom.strong=2"));
  CHECK(Describe((*values)[1]).starts_with("custom.strong "));
  // Another state is read only when it is asked for.
  stage.Shows("late", 5, {"custom.strong=2"});
  CHECK((*reader.Of(verdict.links))[0].carriers == 2);
  reader.Forget();
  CHECK((*reader.Of(verdict.links))[0].carriers == 3);
}

}  // namespace
}  // namespace revenant
