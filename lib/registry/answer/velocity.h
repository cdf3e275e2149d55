#ifndef REVENANT_REGISTRY_ANSWER_VELOCITY_H_
#define REVENANT_REGISTRY_ANSWER_VELOCITY_H_

// What comes too much at once: VelocityPolicy, from the sightings and bans that stand in the
// registry, whenever they were entered.

#include "linkage/link_graph.h"
#include "registry/answer/store_graph.h"
#include "store/view.h"

namespace revenant {

// Fills in `bursts` and `fresh_starts`. `origin` holds what the applicant shows; `without`, its own
// account, is left out. Threads, errors: those of the graph. Cost: nothing where the policy asks
// for nothing; else the observations of each carrier of the applicant's supporting identifiers, as
// far as fanout_limit before the hours in question and all within them, and for each ban found the
// carriers of its linking ones.
Result<void> NoteVelocity(const View& view, StoreGraph& graph, const LinkPolicy& policy,
                          const GraphSeller& origin, NodeId without, Verdict& verdict);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_ANSWER_VELOCITY_H_
