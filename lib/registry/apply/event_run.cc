#include "registry/apply/event_run.h"

#include <string>
#include <vector>

#include "util/try.h"

namespace revenant {

Result<void> DeletePrefix(Batch& batch, Table table, const std::string& prefix) {
  std::vector<std::string> keys;
  TRY(batch.Scan(table, prefix, [&](std::string_view key, std::string_view) -> Result<bool> {
    keys.emplace_back(key);
    return true;
  }));
  for (const std::string& key : keys) batch.Delete(table, key);
  return {};
}

}  // namespace revenant
