// Whole tables that come in at once (bulk_writer.h).

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <filesystem>

#include "store/slices.h"
#include "store/status.h"
#include "store/store_impl.h"
#include "util/try.h"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBulkFolder = "bulk_load";

}  // namespace

rocksdb::DB& Store::database() const { return impl_->db(); }
rocksdb::ColumnFamilyHandle* Store::HandleOf(Table table) const { return impl_->Handle(table); }
std::string Store::BulkFolder() const { return (fs::path(impl_->dir) / kBulkFolder).string(); }

void Store::RemoveBulkFolder() {
  rocksdb::Env* env = impl_->db().GetEnv();
  std::vector<std::string> names;
  if (!env->GetChildren(BulkFolder(), &names).ok()) return;  // there is none
  for (const std::string& name : names) {
    if (name == "." || name == "..") continue;
    env->DeleteFile(BulkFolder() + "/" + name).PermitUncheckedError();
  }
  env->DeleteDir(BulkFolder()).PermitUncheckedError();
}

Result<void> Store::Ingest(const std::vector<rocksdb::IngestExternalFileArg>& files,
                           const std::vector<std::string>& new_words) {
  // Files may come in without moving the number of the last write, by which side files are known to
  // be of another state: so a write goes first, and it is synced, as the files will be.
  rocksdb::WriteOptions synced;
  synced.sync = true;
  // Another one follows: readers beside us may see the first before the files.
  TRY(impl_->ComeBack());
  const auto move_on = [&] {
    return impl_->db().Put(synced, impl_->Handle(Table::kMeta), ToSlice(kFormatName),
                           EncodeNumber(kFormatVersion));
  };
  rocksdb::Status status = move_on();
  if (status.ok()) status = impl_->db().IngestExternalFiles(files);
  if (!status.ok()) {
    impl_->failed = true;
    impl_->Mine().KeepFilesWhileInDoubt();
    return FromRocks(status, impl_->Doing("write store"));
  }
  if (!move_on().ok()) impl_->failed = true;  // the files are in all the same
  for (const std::string& word : new_words) impl_->words.Append(word);
  impl_->cached = {};
  return {};
}

}  // namespace revenant
