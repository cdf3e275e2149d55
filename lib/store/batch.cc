// A batch: what it wrote over what the store holds.

#include <rocksdb/write_batch.h>

#include "store/overlay.h"
#include "store/slices.h"
#include "store/status.h"
#include "store/store_impl.h"
#include "util/bytes.h"
#include "util/try.h"

namespace revenant {

struct Batch::Impl {
  Store::Impl* store = nullptr;
  Overlay written;
  std::vector<std::string> new_words;
  std::size_t words_at_mark = 0;
};

Batch::Batch(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Batch::~Batch() = default;

std::unique_ptr<Batch> Store::NewBatch() {
  auto impl = std::make_unique<Batch::Impl>();
  impl->store = impl_.get();
  return std::unique_ptr<Batch>(new Batch(std::move(impl)));
}

Result<void> Store::Commit(Batch& batch, bool sync) {
  const Overlay& written = batch.impl_->written;
  rocksdb::WriteBatch writes(written.bytes() + 64);
  for (std::size_t i = 0; i < kTableCount; ++i) {
    rocksdb::ColumnFamilyHandle* handle = impl_->Handle(Table(i));
    for (const auto& [key, value] : written.RowsOf(Table(i))) {
      const rocksdb::Status status =
          value ? writes.Put(handle, ToSlice(key), ToSlice(*value)) : writes.Delete(handle, key);
      if (!status.ok()) return FromRocks(status, impl_->Doing("write store"));
    }
  }
  // A reader of a row must find the words that it names, so they are there first.
  const std::vector<std::string>& new_words = batch.impl_->new_words;
  TRY(impl_->ComeBack());
  for (const std::string& word : new_words) impl_->words.Append(word);
  const rocksdb::Status status = impl_->db().Write(rocksdb::WriteOptions(), &writes);
  if (!status.ok()) {
    impl_->failed = true;
    impl_->words.DropLast(new_words.size());
    return FromRocks(status, impl_->Doing("write store"));
  }
  const std::uint64_t number = impl_->log.Wrote();
  for (std::size_t i = 0; i < kTableCount; ++i) {
    for (const auto& [key, value] : written.RowsOf(Table(i))) {
      impl_->cached.Replace(Table(i), key, value);
    }
  }
  return sync ? SyncThrough(number) : Result<void>();
}

void Batch::Put(Table table, std::string_view key, std::string_view value) {
  impl_->written.Set(table, key, std::string(value));
}

void Batch::Delete(Table table, std::string_view key) {
  impl_->written.Set(table, key, std::nullopt);
}

void Batch::PutSeller(SellerId seller, const SellerRow& row) {
  Put(Table::kSellers, SellerKey(seller), Encode(row));
}

void Batch::PutComponent(LabelId label, std::uint32_t part, const ComponentRow& row) {
  const std::string key = ComponentKey(label, part);
  if (row.size == 0) {
    Delete(Table::kComponents, key);
  } else {
    Put(Table::kComponents, key, Encode(row));
  }
}

WordId Batch::InternWord(std::string_view text) {
  if (const WordId known = FindWord(text); known != WordId{0}) return known;
  impl_->new_words.emplace_back(text);
  const auto id = static_cast<std::uint32_t>(impl_->store->words.size() + impl_->new_words.size());
  std::string key;
  PutBigEndian32(key, id);
  Put(Table::kWords, key, text);
  return WordId{id};
}

Result<std::uint64_t> Batch::NextNumber(std::string_view counter) {
  TRY_ASSIGN(const std::optional<std::string> bytes, Get(Table::kMeta, counter));
  std::uint64_t next = 1;
  if (bytes) {
    TRY_ASSIGN(const std::uint64_t last, DecodeNumber(*bytes));
    next = last + 1;
  }
  Put(Table::kMeta, counter, EncodeNumber(next));
  return next;
}

void Batch::ForEachWrite(const std::function<void(Table, std::string_view key)>& visit) const {
  for (std::size_t i = 0; i < kTableCount; ++i) {
    for (const auto& [key, value] : impl_->written.RowsOf(Table(i))) visit(Table(i), key);
  }
}

void Batch::SetMark() {
  impl_->written.SetMark();
  impl_->words_at_mark = impl_->new_words.size();
}

void Batch::RollBackToMark() {
  impl_->written.RollBackToMark();
  impl_->new_words.resize(impl_->words_at_mark);
}

void Batch::DropMark() { impl_->written.DropMark(); }

// Two sorted lists as one; where both have a row, the batch's is the newer.
Result<void> Batch::Scan(Table table, std::string_view prefix, const VisitRaw& visit) const {
  const Overlay::Rows& written = impl_->written.RowsOf(table);
  auto own = written.lower_bound(prefix);
  const auto owns = [&] { return own != written.end() && own->first.starts_with(prefix); };
  bool more = true;
  const std::unique_ptr<rocksdb::Iterator> stored(
      impl_->store->db().NewIterator(rocksdb::ReadOptions(), impl_->store->Handle(table)));
  TRY(Walk(*stored, prefix, [&](std::string_view key, std::string_view value) -> Result<bool> {
    for (; more && owns() && own->first < key; ++own) {
      if (own->second) {
        TRY_ASSIGN(more, visit(own->first, *own->second));
      }
    }
    if (!more) return false;
    if (!owns() || own->first != key) {
      TRY_ASSIGN(more, visit(key, value));
    } else if (own->second) {
      TRY_ASSIGN(more, visit(key, *own->second));
      ++own;
    } else {
      ++own;
    }
    return more;
  }));
  for (; more && owns(); ++own) {
    if (own->second) {
      TRY_ASSIGN(more, visit(own->first, *own->second));
    }
  }
  return {};
}

Result<std::optional<std::string>> Batch::Get(Table table, std::string_view key) const {
  if (const Overlay::Value* own = impl_->written.Find(table, key)) return *own;
  ReadCache& cached = impl_->store->cached;
  if (const ReadCache::Value* known = cached.Find(table, key)) return *known;
  rocksdb::PinnableSlice value;
  TRY_ASSIGN(std::optional<std::string> read,
             Found(impl_->store->db().Get(rocksdb::ReadOptions(), impl_->store->Handle(table),
                                          ToSlice(key), &value),
                   value));
  cached.Note(table, key, read);
  return read;
}

std::string Batch::Word(WordId id) const {
  const auto index = static_cast<std::size_t>(id);
  const std::size_t known = impl_->store->words.size();
  if (index <= known) return impl_->store->words.At(id);
  return index - known <= impl_->new_words.size() ? impl_->new_words[index - known - 1] : "";
}

WordId Batch::FindWord(std::string_view text) const {
  if (const WordId known = impl_->store->words.Find(text); known != WordId{0}) return known;
  for (std::size_t i = 0; i < impl_->new_words.size(); ++i) {
    if (impl_->new_words[i] == text) {
      return WordId{static_cast<std::uint32_t>(impl_->store->words.size() + i + 1)};
    }
  }
  return WordId{0};
}

}  // namespace revenant
