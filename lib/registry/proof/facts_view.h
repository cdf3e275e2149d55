#ifndef REVENANT_REGISTRY_PROOF_FACTS_VIEW_H_
#define REVENANT_REGISTRY_PROOF_FACTS_VIEW_H_

#include <array>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "registry/proof/facts.h"
#include "revenant/link_policy.h"
#include "store/view.h"

namespace revenant {

// A store that lives in memory and cannot be written to: facts with all that derives from them
// under a policy, in the rows that every reader of a store knows. A pair is left out if the facts
// lack one of its sellers; so are the members of components, which no search asks for.
// Threads: one at a time. Cost: reads the facts once; about a kilobyte per seller.
class FactsView final : public View {
 public:
  static Result<std::unique_ptr<FactsView>> Make(const Facts& facts, const LinkPolicy& policy);

  Result<void> Scan(Table table, std::string_view prefix, const VisitRaw& visit) const override;
  Result<std::optional<std::string>> Get(Table table, std::string_view key) const override;
  std::string Word(WordId id) const override;
  WordId FindWord(std::string_view text) const override;

 private:
  FactsView() = default;
  void AddSeller(SellerId id, const SellerName& name, const Facts::Seller& seller);
  void AddPairs(const Facts& facts, const std::map<SellerName, SellerId>& ids);
  Result<void> Derive(const LinkPolicy& policy);

  WordId Intern(const std::string& text);
  void Put(Table table, std::string key, std::string value) {
    tables_[static_cast<std::size_t>(table)].insert_or_assign(std::move(key), std::move(value));
  }

  std::array<std::map<std::string, std::string, std::less<>>, kTableCount> tables_;
  std::vector<std::string> words_;
  std::unordered_map<std::string, WordId> word_ids_;
};

}  // namespace revenant

#endif  // REVENANT_REGISTRY_PROOF_FACTS_VIEW_H_
