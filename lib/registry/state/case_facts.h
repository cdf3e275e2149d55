#ifndef REVENANT_REGISTRY_STATE_CASE_FACTS_H_
#define REVENANT_REGISTRY_STATE_CASE_FACTS_H_

// What is on file about one seller, as the plain facts that the pure functions of policy.h take.
// Threads: pure but for reading the view. Errors: kCorruption (a detail that does not read), kIo.

#include <map>
#include <string>
#include <vector>

#include "revenant/clocks.h"
#include "revenant/knowledge.h"
#include "revenant/policy.h"
#include "revenant/sanctions.h"
#include "store/view.h"

namespace revenant {

// Has a seller objected, without a review of the objection yet? Cost: two short scans.
Result<bool> IsContested(const View& view, SellerId seller);

// Infringements, bans and everything on file of one seller.
struct SellerFile {
  SellerName seller;
  std::map<std::string, CaseRow> infringements;
  std::map<std::pair<FactKind, std::string>, CaseRow> facts;
  std::vector<ReinstatementFact> reinstatements;

  static Result<SellerFile> Read(const View& view, SellerId id, const SellerName& name);

  // Of every case that was ever confirmed, noticed or taken back.
  Result<std::vector<CaseFact>> Cases() const;
  Result<std::vector<ClockFacts>> Clocks() const;
  // Figures that hold; nullopt: none of this kind on file.
  Result<std::optional<FigureFact>> FigureOf(FigureKind kind) const;

  const CaseRow* Find(FactKind kind, const std::string& reference) const;

 private:
  Time AtOf(FactKind kind, const std::string& reference) const;  // unknown: not in force
};

// What the policy in force says beside links; the defaults where none was set.
Result<EnforcementPolicy> EnforcementOf(const View& view);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_STATE_CASE_FACTS_H_
