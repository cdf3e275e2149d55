// Signed notes (C2SP signed-note): a text, a blank line, signatures. Checkpoints and dossiers are
// such notes; the first line of the text says which, so that neither can pass for the other.
// Threads: pure functions.
#ifndef REVENANT_JOURNAL_NOTE_H_
#define REVENANT_JOURNAL_NOTE_H_

#include <string>
#include <string_view>

#include "revenant/journal.h"

namespace revenant {

// `text` ends in a line feed and holds no blank line.
std::string SignNote(std::string_view text, const JournalKey& key);

// The text of a note that `key` signed. kInvalidArgument with the reason: no note, not signed with
// this key, or text or signature were altered.
Result<std::string> OpenNote(std::string_view note, const JournalPublicKey& key);

}  // namespace revenant

#endif  // REVENANT_JOURNAL_NOTE_H_
