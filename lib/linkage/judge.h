#ifndef REVENANT_LINKAGE_JUDGE_H_
#define REVENANT_LINKAGE_JUDGE_H_

#include "linkage/link_search.h"
#include "revenant/verdict.h"

namespace revenant {

// Fills in decision, reasons and links of `verdict` from what was found around the applicant
// (DESIGN.md section 5, rules 5, 7, 9, 10, 11, 12) and from its bursts and fresh starts. `own_ban`:
// the applicant's own account is banned. Threads: pure but for reading the graph. Errors: those of
// the graph.
Result<void> Judge(const Neighbourhood& around, const LinkPolicy& policy,
                   const GraphSeller* own_ban, Verdict& verdict);

// What one link alone would lead to, and why.
struct LinkJudgement {
  Decision decision = Decision::kClear;
  Because because = Because::kNoLink;
};
// The first seller that its path names as kin (rule 11); empty: none.
SellerName FirstKin(const Link& link);
LinkJudgement JudgeLink(const Link& link, bool documents_differ, const LinkPolicy& policy);

}  // namespace revenant

#endif  // REVENANT_LINKAGE_JUDGE_H_
