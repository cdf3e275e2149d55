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
  RejectSink(const Context& context, const InputArgs& args) : context_(context), args_(args) {}

  // Opens the file, if one was named; what stands in it is replaced with the first reject or at the
  // end. kIo.
  Result<void> Open();
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
};

// Names the columns that nothing gives a meaning to.
void NoteUnmapped(const Context& context, const std::string& file,
                  const std::vector<std::string>& names);

}  // namespace revenant::cli

#endif  // REVENANT_TOOLS_CLI_INPUT_H_
