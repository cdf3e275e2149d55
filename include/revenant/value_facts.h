#ifndef REVENANT_VALUE_FACTS_H_
#define REVENANT_VALUE_FACTS_H_

// What a registry holds about a value that sellers share: how many carry it, how many of them are
// banned, and what it alone holds together. Fingerprints, never a raw value.
//
//   ValueFactsReader values(*registry);
//   for (const ValueFacts& value : *values.Of(verdict->links)) std::cout << Describe(value) <<
//   '\n';

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/fingerprint.h"
#include "revenant/result.h"
#include "revenant/time.h"
#include "revenant/verdict.h"

namespace revenant {

class Registry;
struct ClusterGraph;
struct Explanation;

struct ValueFacts {
  std::string kind;
  Fingerprint fingerprint;
  std::uint64_t carriers = 0;  // sellers that carry it today, applicants among them
  std::uint64_t banned = 0;    // of these, with a ban in force
  bool hub = false;            // too many carry it to link anybody
  // If nobody had carried it, into so many clusters would the one that its carriers are in fall. 1:
  // other values hold it together as well. 0: it joins nobody (a hub, a kind that only adds weight,
  // or a value that no two enrolled sellers carry).
  std::uint64_t clusters = 0;
  bool at_least = false;  // the cluster is too large to say more than "at least"
  // Over the carriers looked at: first and last sighting that counts, and how many of them took
  // back a sighting of it that some source had reported.
  Time first, last;
  std::uint64_t withdrawn = 0;
  bool complete = true;  // all carriers were looked at
  friend bool operator==(const ValueFacts&, const ValueFacts&) = default;
};

// "carried by 3 sellers, 2 banned (67 %); joins 2 clusters; seen 2026-01-05 to 2026-03-20". One
// line.
std::string Describe(const ValueFacts& value);

struct ValueFactsOptions {
  std::size_t carriers = 200;  // looked at for each value
  std::size_t sellers = 500;   // of its cluster, beyond which `clusters` is "at least"
  std::size_t values = 64;     // that Of() reads
};

// Reads such facts of one state of a registry, and remembers them. Threads: one at a time.
// Lifetime: within the registry's. Errors: those of reading.
class ValueFactsReader {
 public:
  explicit ValueFactsReader(const Registry& registry, const ValueFactsOptions& options = {});
  ~ValueFactsReader();
  ValueFactsReader(ValueFactsReader&&) noexcept;

  // nullopt: nobody carries it. Cost: the rows of the carriers and sellers that the options allow,
  // each once as long as the state is the same.
  Result<std::optional<ValueFacts>> Read(const Fingerprint& fingerprint);
  // Of each value on the paths of `links` that links or would if it were no hub, in their order,
  // each once.
  Result<std::vector<ValueFacts>> Of(std::span<const Link> links);
  // Of each identifier of a graph of a kind that links, in its order; all of them.
  Result<std::vector<ValueFacts>> Of(const ClusterGraph& graph);
  // Drops what was read: the next call is about the state of its time.
  void Forget();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// As those of json.h and cluster_graph.h, with the member "values".
std::string ToJson(const Verdict& verdict, std::string_view certificate,
                   std::span<const ValueFacts> values);
std::string ToJson(const Explanation& explanation, std::span<const ValueFacts> values);
std::string ToJson(const ClusterGraph& graph, std::span<const ValueFacts> values);

}  // namespace revenant

#endif  // REVENANT_VALUE_FACTS_H_
