#include "journal/log.h"

#include <sodium.h>

#include <algorithm>
#include <set>

#include "journal/journal_file.h"
#include "store/journal_rows.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::string_view kSizeName = "journal";

Error Missing(Table table, std::uint64_t seq) {
  return {Code::kCorruption, std::string("store: table ") + TableName(table) +
                                 " lacks a row of journal entry " + std::to_string(seq) +
                                 ": run fsck"};
}

JournalEntry EntryOf(std::uint64_t seq, JournalRow row) {
  JournalEntry entry;
  entry.seq = seq;
  entry.at = row.at;
  entry.type = std::move(row.type);
  entry.commitment = row.commitment;
  return entry;
}

Result<void> AddOpening(const View& view, JournalEntry& entry) {
  TRY_ASSIGN(const auto bytes, view.Get(Table::kJournalBodies, JournalKeyOf(entry.seq)));
  if (!bytes) return {};  // erased
  TRY_ASSIGN(JournalBodyRow row, DecodeJournalBodyRow(*bytes));
  entry.opening = {row.salt, std::move(row.body)};
  return {};
}

// Entries about a seller, in order.
Result<std::vector<std::uint64_t>> EntriesAbout(const View& view, const Fingerprint& about,
                                                SellerId seller) {
  std::set<std::uint64_t> seqs;
  const auto add = [&](std::string_view prefix, const auto& wanted) {
    return view.Scan(Table::kJournalAbout, prefix,
                     [&](std::string_view key, std::string_view) -> Result<bool> {
                       TRY_ASSIGN(const JournalAboutIds ids, DecodeJournalAboutKey(key));
                       if (wanted(ids.about)) seqs.insert(ids.seq);
                       return true;
                     });
  };
  TRY(add(AsView(about.bytes), [](const Fingerprint&) { return true; }));
  if (seller != kNoSeller) {
    TRY(add(JournalBlockPrefix(seller),
            [&](const Fingerprint& each) { return IsAbout(each, seller); }));
  }
  return std::vector<std::uint64_t>(seqs.begin(), seqs.end());
}

}  // namespace

ReadNode NodesOf(const View& view) {
  return [&view](const NodePlace& place) -> Result<TreeHash> {
    if (place.level == 0) {
      TRY_ASSIGN(const auto bytes, view.Get(Table::kJournal, JournalKeyOf(place.index)));
      if (!bytes) return Missing(Table::kJournal, place.index);
      TRY_ASSIGN(JournalRow row, DecodeJournalRow(*bytes));
      return LeafHashOf(EntryOf(place.index, std::move(row)));
    }
    TRY_ASSIGN(const auto bytes,
               view.Get(Table::kJournalNodes, JournalNodeKey(place.level, place.index)));
    if (!bytes) return Missing(Table::kJournalNodes, place.index << place.level);
    return DecodeJournalHash(*bytes);
  };
}

Result<std::uint64_t> JournalSizeOf(const View& view) {
  TRY_ASSIGN(const auto bytes, view.Get(Table::kMeta, kSizeName));
  if (!bytes) return std::uint64_t{0};
  return DecodeNumber(*bytes);
}

Result<JournalEntry> ReadJournalEntry(const View& view, std::uint64_t seq) {
  TRY_ASSIGN(const auto bytes, view.Get(Table::kJournal, JournalKeyOf(seq)));
  if (!bytes) return Missing(Table::kJournal, seq);
  TRY_ASSIGN(JournalRow row, DecodeJournalRow(*bytes));
  JournalEntry entry = EntryOf(seq, std::move(row));
  TRY(AddOpening(view, entry));
  return entry;
}

// --- Writing

Result<JournalLog> JournalLog::Open(const View& view) {
  TRY_ASSIGN(const std::uint64_t size, JournalSizeOf(view));
  JournalLog log;
  TRY_ASSIGN(log.frontier_, FrontierOf(size, NodesOf(view)));
  return log;
}

Result<std::uint64_t> JournalLog::Append(RowSink& rows, Time at, std::string_view type,
                                         std::string body, std::span<const Fingerprint> about) {
  if (!IsEntryType(type) || !IsEntryBody(body) || !at.known()) {
    return Error{Code::kInvalidArgument,
                 "journal: an entry of a type, time or body that no line "
                 "of its file can hold"};
  }
  JournalEntry entry;
  entry.seq = size();
  entry.at = at;
  entry.type = type;
  JournalBodyRow kept;
  randombytes_buf(kept.salt.data(), kept.salt.size());
  kept.about.assign(about.begin(), about.end());
  std::sort(kept.about.begin(), kept.about.end());
  kept.about.erase(std::unique(kept.about.begin(), kept.about.end()), kept.about.end());
  entry.opening = {kept.salt, std::move(body)};
  entry.commitment = CommitmentTo(*entry.opening);
  kept.body = std::move(entry.opening->body);
  const std::string key = JournalKeyOf(entry.seq);
  rows.Put(Table::kJournal, key, Encode(JournalRow{at, entry.commitment, entry.type}));
  rows.Put(Table::kJournalBodies, key, Encode(kept));
  for (const Fingerprint& digest : kept.about) {
    rows.Put(Table::kJournalAbout, JournalAboutKey(digest, entry.seq), "");
  }
  frontier_.Append(LeafHashOf(entry), [&](const NodePlace& place, const TreeHash& hash) {
    rows.Put(Table::kJournalNodes, JournalNodeKey(place.level, place.index), AsView(hash));
  });
  rows.Put(Table::kMeta, kSizeName, EncodeNumber(size()));
  return entry.seq;
}

Result<std::vector<std::uint64_t>> JournalLog::Erase(Batch& batch, const Fingerprint& about,
                                                     SellerId seller) {
  TRY_ASSIGN(std::vector<std::uint64_t> erased, EntriesAbout(batch, about, seller));
  for (const std::uint64_t seq : erased) {
    const std::string key = JournalKeyOf(seq);
    TRY_ASSIGN(const auto bytes, batch.Get(Table::kJournalBodies, key));
    if (!bytes) return Missing(Table::kJournalBodies, seq);
    TRY_ASSIGN(const JournalBodyRow row, DecodeJournalBodyRow(*bytes));
    for (const Fingerprint& each : row.about) {
      batch.Delete(Table::kJournalAbout, JournalAboutKey(each, seq));
    }
    batch.Delete(Table::kJournalBodies, key);
  }
  return erased;
}

// --- Checking

Result<std::uint64_t> CheckJournalRows(const View& view,
                                       const std::function<void(std::string)>& problem) {
  TRY_ASSIGN(const std::uint64_t size, JournalSizeOf(view));
  std::uint64_t rows = 0, nodes = 0, abouts = 0;
  Frontier frontier;
  std::vector<std::pair<NodePlace, TreeHash>> completed;
  std::uint64_t expected_abouts = 0;
  TRY(view.Scan(
      Table::kJournal, "", [&](std::string_view key, std::string_view value) -> Result<bool> {
        TRY_ASSIGN(const std::uint64_t seq, DecodeJournalKey(key));
        if (seq != frontier.size()) {
          problem("journal: entry " + std::to_string(frontier.size()) + " is missing");
          return false;
        }
        TRY_ASSIGN(JournalRow row, DecodeJournalRow(value));
        JournalEntry entry = EntryOf(seq, std::move(row));
        completed.clear();
        frontier.Append(LeafHashOf(entry), [&](const NodePlace& place, const TreeHash& hash) {
          completed.emplace_back(place, hash);
        });
        for (const auto& [place, hash] : completed) {
          TRY_ASSIGN(const auto node,
                     view.Get(Table::kJournalNodes, JournalNodeKey(place.level, place.index)));
          ++nodes;
          if (!node || *node != AsView(hash)) {
            problem("journal: a node of the tree over entry " + std::to_string(seq) + " is wrong");
          }
        }
        TRY_ASSIGN(const auto bytes, view.Get(Table::kJournalBodies, key));
        rows += 1 + completed.size() + bytes.has_value();
        if (!bytes) return true;
        TRY_ASSIGN(JournalBodyRow body, DecodeJournalBodyRow(*bytes));
        for (const Fingerprint& digest : body.about) {
          TRY_ASSIGN(const auto found,
                     view.Get(Table::kJournalAbout, JournalAboutKey(digest, seq)));
          expected_abouts += found.has_value();
          if (!found) {
            problem("journal: entry " + std::to_string(seq) + " cannot be found by its seller");
          }
        }
        entry.opening = {body.salt, std::move(body.body)};
        if (!CommitmentHolds(entry)) {
          problem("journal: entry " + std::to_string(seq) +
                  " has a body that it does not commit to");
        }
        return true;
      }));
  TRY(view.Scan(Table::kJournalAbout, "", [&](std::string_view, std::string_view) -> Result<bool> {
    ++abouts;
    return true;
  }));
  std::uint64_t all_nodes = 0;
  TRY(view.Scan(Table::kJournalNodes, "", [&](std::string_view, std::string_view) -> Result<bool> {
    ++all_nodes;
    return true;
  }));
  if (frontier.size() != size) problem("journal: it has not as many entries as it counts");
  if (abouts != expected_abouts) problem("journal: sellers are noted for entries without a body");
  if (all_nodes != nodes) problem("journal: the tree has nodes over no entries");
  return rows + abouts;
}

// --- Reading

struct JournalReader::Impl {
  std::shared_ptr<const View> view;
  DigestName about;
  TreeHead head;
};

JournalReader::JournalReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JournalReader::~JournalReader() = default;

Result<std::unique_ptr<JournalReader>> ReadJournal(std::shared_ptr<const View> view,
                                                   DigestName about) {
  auto impl = std::make_unique<JournalReader::Impl>();
  TRY_ASSIGN(impl->head.size, JournalSizeOf(*view));
  TRY_ASSIGN(impl->head.root, RootOf(impl->head.size, NodesOf(*view)));
  impl->view = std::move(view);
  impl->about = std::move(about);
  return std::make_unique<JournalReader>(std::move(impl));
}

const TreeHead& JournalReader::head() const { return impl_->head; }

Result<JournalEntry> JournalReader::At(std::uint64_t seq) const {
  if (seq >= head().size) {
    return Error{Code::kNotFound, "journal: there is no entry " + std::to_string(seq) +
                                      "; it has " + std::to_string(head().size)};
  }
  return ReadJournalEntry(*impl_->view, seq);
}

Result<void> JournalReader::ForEach(std::uint64_t from, const Visit& visit) const {
  for (std::uint64_t seq = from; seq < head().size; ++seq) {
    TRY_ASSIGN(const JournalEntry entry, ReadJournalEntry(*impl_->view, seq));
    TRY_ASSIGN(const bool more, visit(entry));
    if (!more) break;
  }
  return {};
}

Result<std::vector<std::uint64_t>> JournalReader::About(const SellerName& seller) const {
  TRY_ASSIGN(const std::optional<SellerId> known, impl_->view->FindSeller(seller));
  return EntriesAbout(*impl_->view, impl_->about(seller), known.value_or(kNoSeller));
}

Result<TreeHead> JournalReader::HeadAt(std::uint64_t size) const {
  if (size > head().size) {
    return Error{Code::kInvalidArgument, "journal: it has " + std::to_string(head().size) +
                                             " entries, not " + std::to_string(size)};
  }
  TRY_ASSIGN(const TreeHash root, RootOf(size, NodesOf(*impl_->view)));
  return TreeHead{size, root};
}

Result<std::vector<TreeHash>> JournalReader::ProveInclusion(std::uint64_t seq) const {
  return InclusionProof(seq, head().size, NodesOf(*impl_->view));
}

Result<std::vector<TreeHash>> JournalReader::ProveConsistency(std::uint64_t old_size) const {
  return ConsistencyProof(old_size, head().size, NodesOf(*impl_->view));
}

Result<void> JournalReader::Export(const JournalKey& key, Time at,
                                   const std::function<void(std::string_view)>& sink) const {
  JournalFileWriter writer(key, at, sink);
  writer.Begin(head());
  TRY(ForEach(0, [&](const JournalEntry& entry) -> Result<bool> {
    writer.Add(entry);
    return true;
  }));
  writer.End();
  return {};
}

}  // namespace revenant
