#ifndef REVENANT_REGISTRY_APPLY_RECORDER_H_
#define REVENANT_REGISTRY_APPLY_RECORDER_H_

// What a batch of events leaves in the journal: an entry for each event that changed something,
// or, for the records of an import, one for all of them. Entries lie in the events' own batch.
// Threads: belongs to one batch. Errors: kCorruption, kIo.

#include <array>
#include <string>
#include <vector>

#include "journal/log.h"
#include "revenant/event.h"
#include "revenant/fingerprint.h"
#include "revenant/registry.h"
#include "store/store.h"

namespace revenant {

class Recorder {
 public:
  // `import`, if given, names the input whose records the events are.
  Recorder(Batch& batch, JournalLog log, const Fingerprinter& keyed, const Actor& actor,
           const std::string* import);

  // The first entry of a journal.
  Result<void> NoteBirth(const std::string& key_check, const LinkPolicy& policy);

  // Before the first of them.
  Result<void> Begin();
  // After `event` was applied and changed something; `subject` is the seller that it is about. A
  // forgetting takes the bodies of all entries about the seller with it.
  Result<void> Note(const Event& event, SellerId subject);
  // After the last of them.
  Result<void> Finish();

  // Anything else that must be remembered: `body` is a JSON object without its opening brace and
  // "by", as `,"what":...}`.
  Result<std::uint64_t> Enter(std::string_view type, std::string_view body,
                              const std::vector<SellerName>& about);

  // Once the batch is committed: where the next one continues.
  JournalLog TakeLog() { return std::move(log_); }

 private:
  Result<std::uint64_t> EnterAbout(std::string_view type, std::string_view body,
                                   const std::vector<Fingerprint>& about);
  Result<void> NoteForgetting(const Forget& event, SellerId subject);

  Batch& batch_;
  JournalLog log_;
  const Fingerprinter& keyed_;
  const Actor actor_;
  const Time now_;
  const std::string* import_;
  // Of the import at hand. Its sellers are known by number: numbers are assigned in order.
  SellerId last_known_ = kNoSeller, last_new_ = kNoSeller;
  std::vector<Fingerprint> known_;  // digests of the names of the others
  std::uint64_t enrolled_ = 0, attributes_ = 0;
  std::string records_;  // what each event says, length-prefixed: what the digest is taken of
};

// The whole body of an entry: who, then `body` as Recorder::Enter takes it.
std::string BodyOf(const Actor& actor, std::string_view body);

// What the entry of an import says about the records that it stands for.
struct ImportNote {
  std::string input;
  std::uint64_t records = 0, attributes = 0;
  std::array<std::uint8_t, 32> nonce{};
  std::array<std::uint8_t, 32> digest{};  // of the records, keyed by the nonce
  bool packed = false;                    // the digest is of packed records (bulk_pack.h)
};
std::string TellImport(const ImportNote& note);

// What an event says, as the rest of a JSON object: `,"seller":...}`.
std::string TellEvent(const Event& event);

}  // namespace revenant

#endif  // REVENANT_REGISTRY_APPLY_RECORDER_H_
