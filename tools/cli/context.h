#ifndef REVENANT_TOOLS_CLI_CONTEXT_H_
#define REVENANT_TOOLS_CLI_CONTEXT_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "output.h"
#include "revenant/registry.h"
#include "revenant/result.h"
#include "revenant/time.h"

namespace CLI {
class App;
}

namespace revenant::cli {

// What scripts rely on.
enum ExitCode : int {
  kDone = 0,
  kNothing = 1,  // ran, and found nothing, or what it checked failed
  kFailed = 2,   // with one line on stderr
  kReview = 10,  // of `screen --exit-code`
  kBlock = 20,
  kInterrupted = 130,
};

// What every verb is given: the global options, stdout, and the registry they name.
struct Context {
  std::string store;  // options as given
  std::string key;
  std::string now;
  std::string actor;        // the actor, for the journal
  std::string journal_key;  // file of the key that signs
  bool json = false;
  bool quiet = false;

  Output out;

  // What to do once the command line is read; set by the verb that it names.
  std::function<Result<int>()> run;

  // A message on stderr, unless --quiet.
  void Note(std::string_view text) const;

  // The store named, and where its key lies unless --key says otherwise. kInvalidArgument: none.
  Result<std::filesystem::path> StorePath() const;
  Result<std::filesystem::path> KeyPath() const;
  // DIR.journal.key, unless --journal-key says otherwise. kInvalidArgument: no store named.
  Result<std::filesystem::path> JournalKeyPath() const;
  // The actor (--as, else the login name) and the time.
  Result<Actor> Acting() const;
  enum class Rows : std::uint8_t { kInStore, kInMemory };
  // Opened for writing it knows who acts. With rows in memory it is warmed up.
  Result<std::unique_ptr<Registry>> OpenRegistry(Access access, Rows rows = Rows::kInStore) const;

  // Whether `file` may be written over: not a key, nothing inside the store and none of `inputs`.
  // "-" is stdout. kInvalidArgument: it may not.
  Result<void> CheckOutput(const std::string& file, std::span<const std::string> inputs = {}) const;
  // The same, then writes it as a whole (atomic_file.h).
  Result<void> WriteOutput(const std::string& file, std::string_view bytes) const;

  // The present, or what --now puts in its place.
  Result<Time> Now() const;
  // An option's time ("--at"); the present where it is empty.
  Result<Time> TimeOr(std::string_view option, const std::string& text) const;
};

// "PLATFORM:EXTERNAL_ID" from the command line.
Result<SellerName> SellerArgument(std::string_view text);

// Whole text of a short file ("-": stdin). kNotFound, kIo; kInvalidArgument: longer than 1 MiB.
Result<std::string> ReadSmallFile(const std::string& file);

// What verbs with several files say when Ctrl-C or SIGTERM came: from then on Interrupted() is true
// and a second signal ends the process at once.
void CatchInterrupts();
bool Interrupted();

// How far a verb is, on stderr, unless --quiet: on a terminal one line that changes, as wide as
// COLUMNS says or the terminal is, with a bar and the time left where the whole is known; elsewhere
// a line every ten seconds.
//
//   revenant: [####      ] 38%, 12,345 records, 9,876 per second, 0:02 left; 3 block
class Progress {
 public:
  explicit Progress(const Context& context);
  ~Progress();  // clears the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  // `part`: of the whole, 0 to 1; less than 0: not known. `more`: what else to say.
  void Show(std::uint64_t records, double part = -1, std::string_view more = {});
  // An earlier run did so many: the rate does not count them.
  void Resume(std::uint64_t records);
  void Clear();

 private:
  struct State;
  std::unique_ptr<State> state_;  // null if quiet
};

}  // namespace revenant::cli

#endif  // REVENANT_TOOLS_CLI_CONTEXT_H_
