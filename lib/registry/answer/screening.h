#ifndef REVENANT_REGISTRY_ANSWER_SCREENING_H_
#define REVENANT_REGISTRY_ANSWER_SCREENING_H_

#include <optional>

#include "linkage/link_search.h"
#include "registry/answer/store_graph.h"

namespace revenant {

// One screening of one application over one state: the verdict, and afterwards its evidence, for
// callers that have to show it.
// Threads: one at a time. Lifetime: within that of the view and the policy. Errors: the view's.
class Screening {
 public:
  Screening(const View& view, const LinkPolicy& policy)
      : view_(&view), policy_(policy), graph_(view, policy) {}

  // The next screening is over another state of the same store, under the same policy. The results
  // of the one before are forgotten; its memory is used again.
  void GoOn(const View& view);

  // The applicant and its attributes. It must live as long as the results of Run() are asked for.
  struct Application {
    const SellerName& seller;
    std::string_view source;
    Time seen;
    std::span<const Brought> brought;  // no junk
    // False where it is known that nothing on file about the account could change the verdict.
    bool may_be_known = true;
  };

  // Once for a state. `as_of` is known.
  Result<Verdict> Run(const Application& application, Time as_of);
  Result<Verdict> Run(const Enrol& application, Time as_of);

  // After Run().
  StoreGraph& graph() { return graph_; }
  const Neighbourhood& around() const { return *around_; }
  // The applicant's own account, where the registry knows one: it is left out of all counts.
  const GraphSeller* account() const { return account_; }
  NodeId without() const { return account_ ? account_->id : kNoNode; }
  // An enrolled account held what it holds since it was first seen with it (rule 11).
  bool account_enrolled() const { return account_enrolled_; }

 private:
  Result<Verdict> RunFrom(const SellerName& seller, bool may_be_known, Time as_of);
  Result<Neighbourhood::Options> ReadAccount(SellerId known);

  const View* view_;
  const LinkPolicy& policy_;
  StoreGraph graph_;
  GraphSeller origin_;
  const GraphSeller* account_ = nullptr;
  bool account_enrolled_ = false;
  std::optional<Neighbourhood> around_;
};

// Dates what an enrolled account holds from when the registry first saw it there; only what is new
// to it counts as later than everything (rule 11).
void DateFromRegistry(const GraphSeller& account, std::vector<Held>& held);

// The strongest link from `a` to `b`; nullopt: none. kNotFound: no such seller. kInvalidArgument:
// twice the same.
Result<std::optional<Link>> ExplainLink(const View& view, const LinkPolicy& policy,
                                        const SellerName& a, const SellerName& b);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_ANSWER_SCREENING_H_
