#include "registry/bulk/pack.h"

#include <sodium.h>

#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

// A block asks for the same few words again and again.
WordId WordOf(const std::string& text, BulkWords& words, BulkBlock& block) {
  const auto known = block.words.find(text);
  if (known != block.words.end()) return known->second;
  return block.words.emplace(text, words.Intern(text)).first->second;
}

}  // namespace

WordId BulkWords::Intern(std::string_view text) {
  if (const WordId known = view_.FindWord(text); known != WordId{0}) return known;
  const MutexLock lock(mutex_);
  const auto id = static_cast<std::uint32_t>(known_ + added_.size() + 1);
  const auto [place, is_new] = ids_.emplace(text, WordId{id});
  if (is_new) added_.emplace_back(text);
  return place->second;
}

std::string BulkWords::At(WordId id) const {
  const auto number = static_cast<std::size_t>(id);
  if (number <= known_) return view_.Word(id);
  const MutexLock lock(mutex_);
  return added_[number - known_ - 1];
}

void Pack(const Enrol& event, const Fingerprint& name, const JunkList& junk, BulkWords& words,
          BulkBlock& block) {
  std::string& told = block.told;
  const std::string& source = event.source.empty() ? event.seller.platform : event.source;
  PutLengthPrefixed(told, event.seller.platform);
  PutLengthPrefixed(told, event.seller.external_id);
  told.push_back(static_cast<char>(event.status));
  PutLengthPrefixed(told, source);
  PutSignedVarint64(told, event.seen.micros);
  PutVarint64(told, event.attributes.size());

  PackedRecord record;
  record.name = name;
  record.platform = WordOf(event.seller.platform, words, block);
  record.source = WordOf(source, words, block);
  record.first = record.last = event.seen.micros;
  record.through = ObservationRow::kNever;
  record.attributes = static_cast<std::uint32_t>(event.attributes.size());
  record.id_bytes = static_cast<std::uint16_t>(event.seller.external_id.size());
  record.status = event.status;
  const std::size_t begin = block.records.size();
  PutPacked(block.records, record);
  block.records.append(event.seller.external_id);
  for (const KeyedAttribute& attribute : event.attributes) {
    const bool root_first = attribute.identifiers.front().fingerprint == attribute.root;
    PutPacked(block.records,
              PackedAttribute{static_cast<std::uint32_t>(attribute.identifiers.size()),
                              root_first ? 1U : 0U});
    if (!root_first) PutPacked(block.records, attribute.root);
    told.append(AsView(attribute.root.bytes));
    PutVarint64(told, attribute.identifiers.size());
    const std::string& root_kind = KindOfRoot(attribute.identifiers, attribute.root);
    for (const KeyedIdentifier& identifier : attribute.identifiers) {
      const bool is_junk = junk.IsJunk(root_kind, attribute.root, identifier.junk);
      const std::uint32_t flags = (is_junk ? PackedItem::kJunk : 0) |
                                  (identifier.verified ? PackedItem::kVerified : 0) |
                                  (identifier.checked ? PackedItem::kChecked : 0) |
                                  (identifier.junk ? PackedItem::kReadsJunk : 0);
      PutPacked(block.records,
                PackedItem{identifier.fingerprint, WordOf(identifier.kind, words, block), flags});
      told.append(AsView(identifier.fingerprint.bytes));
      PutLengthPrefixed(told, identifier.kind);
      told.push_back(static_cast<char>(flags));
    }
  }
  record.bytes = static_cast<std::uint32_t>(block.records.size() - begin);
  std::memcpy(block.records.data() + begin, &record, sizeof record);
  ++block.count;
  block.attributes += event.attributes.size();
}

Result<void> PackKnown(const View& view, SellerId seller, const SellerRow& row,
                       const Fingerprint& name,
                       const std::function<Result<void>(std::string_view record)>& sink) {
  PackedRecord head;
  head.name = name;
  head.number = static_cast<std::uint64_t>(seller);
  head.platform = row.platform;
  head.id_bytes = static_cast<std::uint16_t>(row.external_id.size());
  std::string bytes;
  const auto begin = [&] {
    bytes.clear();
    PutPacked(bytes, head);
    bytes.append(row.external_id);
  };
  const auto give = [&] {
    head.bytes = static_cast<std::uint32_t>(bytes.size());
    std::memcpy(bytes.data(), &head, sizeof head);
    return sink(bytes);
  };
  head.status = row.status;
  head.first = row.since.micros;
  begin();
  TRY(give());
  head.status = SellerStatus::kMentioned;  // what is only observed says nothing of enrolment
  head.attributes = 1;
  return view.ForEachObservation(
      seller, [&](const ObservationKey& key, const ObservationRow& observation) -> Result<bool> {
        head.source = key.source;
        head.first = observation.first;
        head.last = observation.last;
        head.through = observation.through;
        begin();
        PutPacked(bytes, PackedAttribute{static_cast<std::uint32_t>(observation.items.size()), 0});
        PutPacked(bytes, key.root);
        for (const ObservationRow::Item& item : observation.items) {
          PutPacked(bytes, PackedItem{item.fingerprint, item.kind,
                                      (item.junk ? PackedItem::kJunk : 0) |
                                          (item.verified ? PackedItem::kVerified : 0) |
                                          (item.checked ? PackedItem::kChecked : 0) |
                                          (item.reads_junk ? PackedItem::kReadsJunk : 0)});
        }
        TRY(give());
        return true;
      });
}

void Seal(BulkBlock& block) {
  crypto_generichash(block.digest.data(), block.digest.size(), AsBytes(block.told).data(),
                     block.told.size(), nullptr, 0);
  block.told = {};
  block.words = {};
}

}  // namespace revenant
