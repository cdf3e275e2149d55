#ifndef REVENANT_RECORDS_JSONL_RECORDS_H_
#define REVENANT_RECORDS_JSONL_RECORDS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "records/columns.h"
#include "records/input.h"
#include "records/record_parser.h"
#include "revenant/records.h"

namespace revenant {

// Fields that nothing says the meaning of, in the order met. Their names come from the file: so at
// most a hundred, cut short and safe to print. Remembering what another has remembered changes
// nothing.
class UnmappedNames {
 public:
  void Remember(std::string_view name);
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

// Reads the lines of `input`. Everything given outlives the parser.
std::unique_ptr<RecordParser> ParseJsonRecords(Input& input, const std::string& file,
                                               const ReadOptions& options,
                                               const ColumnNames& names);

}  // namespace revenant

#endif  // REVENANT_RECORDS_JSONL_RECORDS_H_
