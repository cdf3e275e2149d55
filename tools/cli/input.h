#ifndef REVENANT_TOOLS_CLI_INPUT_H_
#define REVENANT_TOOLS_CLI_INPUT_H_

#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "context.h"
#include "revenant/records.h"

namespace revenant::cli {

// How a file is written and what its columns mean: of tables (`ban --from`) and of records.
struct TableArgs {
  std::string platform;
  std::vector<std::string> map;  // "COLUMN=KIND"
  std::string delimiter, encoding = "auto", date_format;

  Result<ReadOptions> ReadingOptions() const;
};
enum class DatesOption : std::uint8_t { kGiven, kNone };
void AddTableOptions(CLI::App& verb, TableArgs& args, std::string_view meanings, DatesOption dates);

// The options of all verbs that read records.
struct InputArgs : TableArgs {
  std::string format = "auto";
  std::vector<std::string> nulls;
  std::string rejects;  // file; empty: count them and show the first ten
  bool show_values = false;

  Result<ReadOptions> ReadingOptions() const;
};

enum class RejectsOption : std::uint8_t { kFile, kNone };
void AddInputOptions(CLI::App& verb, InputArgs& args, RejectsOption rejects);

// Where rejects go: a CSV file, or the first ten to stderr.
class RejectSink {
 public:
  RejectSink(const Context& context, const InputArgs& args) : context_(context), args_(args) {}

  // Opens the file, if one was named; what stands in it is replaced with the first reject or at the
  // end. kIo.
  // kInvalidArgument: it is a key, in the store or one of `inputs`.
  Result<void> Open(std::span<const std::string> inputs);
  // Appends to the rows of an earlier run instead.
  void KeepEarlier() { keep_ = true; }

  void Take(const Reject& reject);
  // Says how many rejects were not shown. kIo: some could not be written.
  Result<void> Finish();

  std::uint64_t count() const { return count_; }

 private:
  static constexpr std::uint64_t kShown = 10;
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  void Begin();
  void Show(const Reject& reject) const;
  void CountReason(const Reject& reject);
  void SumUp() const;
  RejectValues values() const {
    return args_.show_values ? RejectValues::kShown : RejectValues::kHidden;
  }

  const Context& context_;
  const InputArgs& args_;
  std::unique_ptr<std::FILE, Close> file_;
  bool keep_ = false;
  bool begun_ = false;
  int error_ = 0;
  std::uint64_t count_ = 0;
  std::map<std::string, std::uint64_t> reasons_;  // how often each was met, of the first few
};

// Says what was found out about a file (RecordReader::found()).
void NoteFound(const Context& context, const std::string& file,
               const std::vector<std::string>& found);

// Names the columns that nothing gives a meaning to.
void NoteUnmapped(const Context& context, const std::string& file,
                  const std::vector<std::string>& names);

}  // namespace revenant::cli

#endif  // REVENANT_TOOLS_CLI_INPUT_H_
