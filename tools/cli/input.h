#ifndef REVENANT_TOOLS_CLI_INPUT_H_
#define REVENANT_TOOLS_CLI_INPUT_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "context.h"
#include "revenant/audit.h"

namespace revenant::cli {

// The options of all verbs that read records.
struct InputArgs {
  std::string format = "auto";
  std::string platform;
  std::vector<std::string> map;  // "COLUMN=KIND"
  std::string rejects;           // file; empty: count them and show the first ten
  bool show_values = false;

  Result<ReadOptions> ReadingOptions() const;
};

enum class RejectsOption : std::uint8_t { kFile, kNone };
void AddInputOptions(CLI::App& verb, InputArgs& args, RejectsOption rejects);

// Where rejects go: a CSV file, or the first ten to stderr.
class RejectSink {
 public:
  enum class Mode : std::uint8_t { kNew, kAppend };  // kAppend: after the rows of an earlier run

  RejectSink(const Context& context, const InputArgs& args) : context_(context), args_(args) {}

  // Opens the file, if one was named. kIo.
  Result<void> Open(Mode mode);
  void Take(const Reject& reject);
  // Writes out what there is, and says how many rejects were not shown. kIo.
  Result<void> Finish();

  std::uint64_t count() const { return count_; }

 private:
  static constexpr std::uint64_t kShown = 10;
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  Error Failed(int error) const;

  const Context& context_;
  const InputArgs& args_;
  std::unique_ptr<std::FILE, Close> file_;
  std::uint64_t count_ = 0;
};

// Names the columns that nothing gives a meaning to.
void NoteUnmapped(const Context& context, const std::string& file,
                  const std::vector<std::string>& names);

}  // namespace revenant::cli

#endif  // REVENANT_TOOLS_CLI_INPUT_H_
