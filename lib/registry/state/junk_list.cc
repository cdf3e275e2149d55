#include "registry/state/junk_list.h"

#include <algorithm>
#include <utility>

#include "identifier/junk_forms.h"
#include "registry/state/meta_rows.h"
#include "store/observed_set.h"
#include "util/try.h"

namespace revenant {

const JunkList::OfKind& JunkList::Of(std::string_view root_kind) const {
  {
    const ReaderLock reading(mutex_);
    const auto known = kinds_.find(root_kind);
    if (known != kinds_.end()) return *known->second;
  }
  const JunkValues::OfKind& values = values_.Of(root_kind);
  auto worked_out = std::make_unique<OfKind>();
  worked_out->placeholders = values.placeholders;
  for (const Identifier& each : values.listed) worked_out->listed.insert(keyed_.Of(each));
  const WriterLock writing(mutex_);
  return *kinds_.emplace(root_kind, std::move(worked_out)).first->second;
}

bool JunkList::IsJunk(std::string_view root_kind, const Fingerprint& root, bool reads_junk) const {
  if (!values_.speaks()) return reads_junk;
  const OfKind& kind = Of(root_kind);
  return kind.listed.contains(root) || (reads_junk && !kind.placeholders);
}

Enrol JunkList::Judged(Enrol application) const {
  if (!values_.speaks()) return application;
  for (KeyedAttribute& attribute : application.attributes) {
    if (attribute.identifiers.empty()) continue;
    const std::string& kind = KindOfRoot(attribute.identifiers, attribute.root);
    for (KeyedIdentifier& identifier : attribute.identifiers) {
      identifier.junk = IsJunk(kind, attribute.root, identifier.junk);
    }
  }
  return application;
}

bool FormerValues::Has(std::string_view root_kind, const Fingerprint& root) {
  auto known = kinds_.find(root_kind);
  if (known == kinds_.end()) {
    known = kinds_.emplace(root_kind, std::unordered_set<Fingerprint>()).first;
    for (const Identifier& each :
         kinds::FormsOf(root_kind, kinds::PlaceholderSpellings(), kinds::Forms::kMeantNone)) {
      known->second.insert(keyed_.Of(each));
    }
  }
  return known->second.contains(root);
}

Result<bool> KnowsTodaysWords(const View& view) {
  TRY_ASSIGN(const std::optional<std::string> edition, view.Get(Table::kMeta, kJunkEditionName));
  return edition == kinds::PlaceholderEdition();
}

Result<Rejudged> Rejudge(Batch& batch, const JunkList& list, FormerValues* former) {
  Rejudged sums;
  std::vector<std::pair<ObservationKey, ObservationRow>> changed;
  TRY(batch.ForEachObservation(
      [&](const ObservationKey& key, const ObservationRow& row) -> Result<bool> {
        if (row.items.empty()) return true;
        const std::string kind = batch.Word(KindOfRoot(row.items, key.root));
        const bool was_word = former != nullptr && former->Has(kind, key.root);
        ObservationRow judged = row;
        bool now_junk = false, no_longer_junk = false;
        for (ObservationRow::Item& item : judged.items) {
          item.reads_junk = item.reads_junk || was_word;
          const bool junk = list.IsJunk(kind, key.root, item.reads_junk);
          now_junk = now_junk || (junk && !item.junk);
          no_longer_junk = no_longer_junk || (!junk && item.junk);
          item.junk = junk;
        }
        if (judged == row) return true;
        sums.now_junk += now_junk;
        sums.no_longer_junk += no_longer_junk;
        changed.emplace_back(key, std::move(judged));
        return true;
      }));
  for (std::size_t begin = 0, end = 0; begin < changed.size(); begin = end) {
    const SellerId seller = changed[begin].first.seller;
    TRY_ASSIGN(ObservedSet observed, ObservedSet::Of(batch, seller));
    for (; end < changed.size() && changed[end].first.seller == seller; ++end) {
      observed.Set(changed[end].first.root, changed[end].first.source,
                   std::move(changed[end].second));
    }
    TRY(observed.Write());
  }
  return sums;
}

Result<void> CheckJunk(const View& view, const JunkList& list,
                       const std::function<void(std::string problem)>& note) {
  return view.ForEachObservation(
      [&](const ObservationKey& key, const ObservationRow& row) -> Result<bool> {
        if (row.items.empty()) return true;
        const std::string kind = view.Word(KindOfRoot(row.items, key.root));
        const bool same =
            std::all_of(row.items.begin(), row.items.end(), [&](const ObservationRow::Item& item) {
              return item.junk == list.IsJunk(kind, key.root, item.reads_junk);
            });
        if (same) return true;
        TRY_ASSIGN(const std::optional<SellerRow> seller, view.Seller(key.seller));
        if (seller) {
          note("seller " + view.NameOf(*seller).ToString() + ": an observation of " + kind +
               " is not judged as the policy says of junk");
        }
        return true;
      });
}

}  // namespace revenant
