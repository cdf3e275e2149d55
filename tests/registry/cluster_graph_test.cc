// A cluster read as a graph (Registry::GraphOf), and what holds it together.

#include "revenant/cluster_graph.h"

#include <doctest/doctest.h>

#include <random>
#include <set>

#include "registry/stage.h"

namespace revenant {
namespace {

ClusterGraph GraphOf(Stage& stage, const char* id, std::size_t max_sellers = 100) {
  Result<ClusterGraph> graph = stage->GraphOf(Shop(id), max_sellers);
  REQUIRE(graph);
  return std::move(*graph);
}
// "ab c": members, then the others.
std::string Letters(const ClusterGraph& graph) {
  std::string members, others;
  for (const ClusterGraph::Seller& seller : graph.sellers) {
    (seller.leaf || seller.beyond ? others : members) += seller.name.external_id;
  }
  return others.empty() ? members : members + ' ' + others;
}

TEST_CASE("AGraphHoldsTheClusterAndWhatItShares") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1", "custom.weak=own"});
  stage.Shows("b", 2, {"custom.strong=1", "custom.strong=2", "custom.side=3"});
  stage.Shows("c", 5, {"custom.strong=2", "custom.side=3"});
  stage.Shows("far", 5, {"custom.side=3"});
  stage.IsBanned("a", 9);
  const ClusterGraph graph = GraphOf(stage, "c");
  CHECK(Letters(graph) == "abc");
  CHECK_FALSE(graph.cut_short);
  CHECK(graph.sellers[0].banned);
  CHECK_FALSE(graph.sellers[1].banned);
  CHECK(graph.sellers[1].since == Day(2));
  CHECK(graph.sellers[2].status == SellerStatus::kActive);
  REQUIRE(graph.identifiers.size() == 3);  // what one seller alone carries is not shown
  CHECK(graph.identifiers[0].kind == "custom.side");
  CHECK(graph.identifiers[0].carriers == 3);  // in the whole registry
  CHECK_FALSE(graph.identifiers[0].joins);
  CHECK(graph.identifiers[1].kind == "custom.strong");
  CHECK(graph.identifiers[1].joins);
  REQUIRE(graph.carries.size() == 6);
  CHECK(graph.carries[0].seller == 0);
  CHECK(graph.carries[0].identifier == 1);  // a and b come before b and c
  CHECK(graph.carries[0].since == Day(1));
  CHECK(graph.carries[5].since == Day(5));
  const ClusterShape shape = ShapeOf(graph);
  CHECK(shape.members == 3);
  REQUIRE(shape.sellers.size() == 1);
  CHECK(shape.sellers[0] == ClusterShape::CutPoint{1, 2, 1});
  CHECK(shape.identifiers.size() == 2);
  CHECK(GraphOf(stage, "far").identifiers.empty());
  CHECK(stage->GraphOf(Shop("nobody"), 9).error().code == Code::kNotFound);
}

TEST_CASE("AGraphIsTheSameUnderWhicheverMemberItIsAsked") {
  Stage stage;
  Chain(stage);
  const std::string json = ToJson(GraphOf(stage, "a"));
  for (const char* id : {"b", "c", "d"}) CHECK(ToJson(GraphOf(stage, id)) == json);
}

TEST_CASE("AGraphStopsAtSoManySellersNearestFirst") {
  Stage stage;
  Chain(stage);
  const ClusterGraph graph = GraphOf(stage, "c", 3);
  CHECK(Letters(graph) == "bcd");
  CHECK(graph.cut_short);
  CHECK(Letters(GraphOf(stage, "c", 2)) == "bc");  // of those equally near the first by name
  CHECK(Letters(GraphOf(stage, "c", 0)) == "c");
  CHECK_FALSE(GraphOf(stage, "c", 4).cut_short);
}

TEST_CASE("HubsAndLeavesLeadNoFurther") {
  Stage stage(HubPolicy());
  stage.Shows("a", 1, {"custom.strong=1", "custom.weak=2"});
  stage.Shows("b", 2, {"custom.strong=1", "custom.weak=2"});
  stage.Shows("c", 3, {"custom.strong=1"});
  stage.Shows("d", 4, {"custom.strong=1"});
  stage.AppliesFor("e", 5, {"custom.weak=2", "custom.weak=9"});
  stage.Shows("f", 6, {"custom.weak=9"});
  stage.IsBanned("e", 9);
  const ClusterGraph graph = GraphOf(stage, "a");
  CHECK(Letters(graph) == "ab e");  // a banned leaf is shown, and is as far as it goes
  for (const ClusterGraph::Identifier& identifier : graph.identifiers) {
    CHECK(identifier.joins == (identifier.kind == "custom.weak"));
  }
  CHECK(Letters(GraphOf(stage, "e")) == "abf e");  // from a leaf, the clusters that it touches
}

TEST_CASE("ARefusedCarryLeadsBeyondTheCluster") {
  Stage stage;
  stage.Shows("a", 1, {"custom.strong=1"});
  stage.Shows("c", 2, {"custom.strong=1", "custom.strong=2"});
  stage.Shows("b", 3, {"custom.strong=2", "custom.strong=3"});
  stage.Shows("d", 4, {"custom.strong=3"});
  CHECK(Letters(GraphOf(stage, "a")) == "abcd");
  stage.AreDifferent("a", "b");
  REQUIRE(stage.ClusterOf("a") == "ac");
  const ClusterGraph graph = GraphOf(stage, "a");
  CHECK(Letters(graph) == "ac b");
  std::size_t refused = 0;
  for (const ClusterGraph::Carry& carry : graph.carries) {
    refused += carry.refused;
    CHECK(carry.refused == (graph.sellers[carry.seller].name == Shop("b")));
  }
  CHECK(refused == 1);
  CHECK(ShapeOf(graph).members == 2);
  CHECK(Letters(GraphOf(stage, "b")) == "bd c");
}

// What the shape says, against withdrawing it: a seller that is a cut point parts the cluster when
// it is taken out of the store.
TEST_CASE("WithdrawingABridgePartsTheClusterAndNothingElseDoes") {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    Stage stage;
    std::vector<std::pair<std::string, std::string>> shown;
    std::set<std::pair<unsigned, unsigned>> taken;
    for (unsigned i = 0; i < 14; ++i) {
      const unsigned seller = i < 7 ? i : static_cast<unsigned>(random() % 7);
      const unsigned value = static_cast<unsigned>(random() % 6);
      if (!taken.emplace(seller, value).second) continue;
      shown.emplace_back(std::string(1, static_cast<char>('a' + seller)),
                         "custom.strong=" + std::to_string(value));
      stage.Shows(shown.back().first.c_str(), 1, {shown.back().second.c_str()});
    }
    const std::string whole = stage.ClusterOf("a");
    const ClusterGraph graph = GraphOf(stage, "a");
    REQUIRE(Letters(graph) == whole);
    const ClusterShape shape = ShapeOf(graph);
    int day = 2;
    for (const auto& [id, value] : shown) {
      if (whole.find(id) == whole.npos) continue;
      const Enrol print = stage.Prepared(id.c_str(), 0, {value.c_str()}, SellerStatus::kActive);
      const auto bridge =
          std::any_of(shape.bridges.begin(), shape.bridges.end(), [&](std::uint32_t carry) {
            const ClusterGraph::Carry& one = graph.carries[carry];
            return graph.sellers[one.seller].name == Shop(id.c_str()) &&
                   graph.identifiers[one.identifier].fingerprint == print.attributes[0].root;
          });
      stage.Withdraws(id.c_str(), value.c_str(), day);
      std::set<ClusterId> clusters;
      for (const char member : whole) clusters.insert(stage.IdOf(std::string(1, member).c_str()));
      CHECK((clusters.size() > 1) == bridge);
      stage.Shows(id.c_str(), ++day, {value.c_str()});
      REQUIRE(stage.ClusterOf("a") == whole);
    }
  }
}

}  // namespace
}  // namespace revenant
