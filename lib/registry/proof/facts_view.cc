#include "registry/proof/facts_view.h"

#include "registry/derive/rebuild.h"
#include "util/try.h"

namespace revenant {

Result<std::unique_ptr<FactsView>> FactsView::Make(const Facts& facts, const LinkPolicy& policy) {
  std::unique_ptr<FactsView> view(new FactsView);
  std::map<SellerName, SellerId> ids;
  for (const auto& [name, seller] : facts.sellers) {
    const SellerId id{ids.size() + 1};
    ids.emplace(name, id);
    view->AddSeller(id, name, seller);
  }
  view->AddPairs(facts, ids);
  TRY(view->Derive(policy));
  return view;
}

void FactsView::AddSeller(SellerId id, const SellerName& name, const Facts::Seller& seller) {
  SellerRow row;
  row.platform = Intern(name.platform);
  row.external_id = name.external_id;
  row.status = seller.status;
  row.since = Time{seller.since};
  Put(Table::kSellers, SellerKey(id), Encode(row));
  Put(Table::kNames, NameKey(row.platform, name.external_id),
      EncodeNumber(static_cast<std::uint64_t>(id)));
  std::vector<Observed> observed;
  for (const auto& [key, observation] : seller.observations) {
    const auto& [root, source] = key;
    ObservationRow out{observation.first, observation.last, observation.through, {}};
    for (const Facts::Item& item : observation.items) {
      out.items.push_back(
          {item.fingerprint, Intern(item.kind), item.junk, item.verified, item.checked, item.junk});
    }
    std::sort(out.items.begin(), out.items.end());
    observed.push_back({root, source.empty() ? kEverySource : Intern(source), std::move(out)});
  }
  std::sort(observed.begin(), observed.end(), InOrder);
  EmitObserved(id, observed, [&](std::string_view key, std::string_view value) {
    Put(Table::kObservations, std::string(key), std::string(value));
  });
  const auto put_case = [&](CaseType type, bool every_case, const std::string& case_ref,
                            const Facts::Case& registers) {
    Put(Table::kCases, Encode(CaseKey{id, type, every_case, case_ref}),
        Encode(CaseRow{registers.set, registers.lifted, registers.reason}));
  };
  for (const auto& [ref, ban] : seller.bans) put_case(CaseType::kBan, false, ref, ban);
  if (seller.every_ban_lifted != Facts::kNever) {
    put_case(CaseType::kBan, true, "", {Facts::kNever, seller.every_ban_lifted, ""});
  }
  for (const auto& [key, fact] : seller.file) {
    put_case(CaseTypeOf(key.first), false, key.second, fact);
  }
  for (const auto& [ref, infringement] : seller.infringements) {
    put_case(CaseType::kInfringement, false, ref, infringement);
  }
}

void FactsView::AddPairs(const Facts& facts, const std::map<SellerName, SellerId>& ids) {
  for (const auto& [name, seller] : facts.sellers) {
    for (const auto& [other, pair] : seller.pairs) {
      const auto found = ids.find(other);
      if (found == ids.end()) continue;
      Put(Table::kPairs, PairKey(ids.at(name), found->second),
          Encode(PairRow{pair.forbidden, pair.allowed}));
    }
  }
}

Result<void> FactsView::Derive(const LinkPolicy& policy) {
  TRY_ASSIGN(const Derived derived, revenant::Derive(*this, policy));
  for (const Derived::Seller& seller : derived.sellers) {
    Put(Table::kSellers, SellerKey(seller.id), Encode(seller.row));
  }
  for (const auto& [fingerprint, entry] : derived.fingerprints) {
    Put(Table::kFingerprints, FingerprintKey(fingerprint), Encode(entry.row));
    EmitCarriers(fingerprint, entry, derived.dated,
                 [this](Table table, std::string key, std::string value) {
                   Put(table, std::move(key), std::move(value));
                 });
  }
  for (const auto& [place, row] : derived.components) {
    Put(Table::kComponents, ComponentKey(place.first, place.second), Encode(row));
  }
  return {};
}

WordId FactsView::Intern(const std::string& text) {
  const auto [place, fresh] =
      word_ids_.emplace(text, WordId{static_cast<std::uint32_t>(words_.size() + 1)});
  if (fresh) words_.push_back(text);
  return place->second;
}

Result<void> FactsView::Scan(Table table, std::string_view prefix, const VisitRaw& visit) const {
  const auto& rows = tables_[static_cast<std::size_t>(table)];
  for (auto row = rows.lower_bound(prefix); row != rows.end(); ++row) {
    if (!row->first.starts_with(prefix)) break;
    TRY_ASSIGN(const bool more, visit(row->first, row->second));
    if (!more) break;
  }
  return {};
}

Result<std::optional<std::string>> FactsView::Get(Table table, std::string_view key) const {
  const auto& rows = tables_[static_cast<std::size_t>(table)];
  const auto row = rows.find(key);
  if (row == rows.end()) return std::optional<std::string>();
  return std::optional<std::string>(row->second);
}

std::string FactsView::Word(WordId id) const {
  const auto index = static_cast<std::size_t>(id);
  return index == 0 || index > words_.size() ? std::string() : words_[index - 1];
}

WordId FactsView::FindWord(std::string_view text) const {
  const auto found = word_ids_.find(std::string(text));
  return found == word_ids_.end() ? WordId{0} : found->second;
}

}  // namespace revenant
