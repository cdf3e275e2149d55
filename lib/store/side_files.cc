// Files beside the tables: what a store is no poorer without.

#include <rocksdb/env.h>

#include <filesystem>

#include "store/slices.h"
#include "store/status.h"
#include "store/store_impl.h"
#include "util/try.h"

namespace revenant {

namespace fs = std::filesystem;

Result<std::optional<std::string>> Store::ReadSideFile(std::string_view name) const {
  rocksdb::Env* env = impl_->Now()->db->GetEnv();
  const std::string path = (fs::path(impl_->dir) / name).string();
  std::string bytes;
  const rocksdb::Status status = env->FileExists(path).IsNotFound()
                                     ? rocksdb::Status::NotFound()
                                     : rocksdb::ReadFileToString(env, path, &bytes);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return FromRocks(status, impl_->Doing("read store"));
  return std::optional<std::string>(std::move(bytes));
}

Result<void> Store::WriteSideFile(std::string_view name, std::string_view bytes) {
  rocksdb::Env* env = impl_->Now()->db->GetEnv();
  const std::string path = (fs::path(impl_->dir) / name).string();
  const std::string draft = path + ".new";
  rocksdb::Status status = rocksdb::WriteStringToFile(env, ToSlice(bytes), draft, false);
  if (status.ok()) status = env->RenameFile(draft, path);
  if (!status.ok()) {
    env->DeleteFile(draft).PermitUncheckedError();
    return FromRocks(status, impl_->Doing("write beside store"));
  }
  return {};
}

}  // namespace revenant
