#ifndef REVENANT_JOURNAL_KEYS_H_
#define REVENANT_JOURNAL_KEYS_H_

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/journal.h"
#include "revenant/registry.h"
#include "revenant/result.h"

namespace revenant {

// Which key signs a store's journal, and how another one takes its place. A store names one key:
// that of another store must not sign its checkpoints, which would look like a fork of the other's
// journal. Threads: as of Registry. lib/journal/FORMAT.md has the bytes.

// The key that signs this journal; nullopt: none is named yet (a store of an earlier version, or
// one made of an export).
Result<std::optional<JournalPublicKey>> SignerOf(const Registry& registry);

// kConflict: another key signs the journal of this store. Right where none is named.
Result<void> CheckSigner(const Registry& registry, const JournalPublicKey& key);

// As CheckSigner; where none is named, from now on this one is. Cost: one write, synced.
Result<void> NameSigner(Registry& registry, const JournalPublicKey& key);

// From now on `next` signs: an entry of the journal says so, with a succession that the key of
// before signs. kConflict: `now` does not sign this journal. Cost: one write, synced.
Result<void> RotateSigner(Registry& registry, const JournalKey& now, const JournalPublicKey& next,
                          const Actor& actor = {});

// The key that signed is lost: from now on `next` signs, and no succession leads to it, so
// verifiers must be given it anew. An entry of the journal says so. Cost: one write, synced.
Result<void> ReplaceLostSigner(Registry& registry, const JournalPublicKey& next,
                               const Actor& actor = {});

// What third parties need: the newest public key, and all successions that lead to it. Cost: reads
// the journal. kNotFound: no key is named.
Result<std::string> SignersOf(const Registry& registry);

// The keys in order from `trusted` to the newest, along the successions that `signers` (the text of
// SignersOf) holds. kInvalidArgument: it is no such text, or no succession leads from `trusted`.
Result<std::vector<JournalPublicKey>> FollowSigners(const JournalPublicKey& trusted,
                                                    std::string_view signers);

// VerifyJournal() under the last of `keys`; checkpoints of a witness may be signed by any of them.
Result<JournalCheck> VerifyJournalUnder(const std::function<Result<std::string>()>& read,
                                        std::span<const JournalPublicKey> keys,
                                        std::span<const std::string> witnesses = {});

}  // namespace revenant

#endif  // REVENANT_JOURNAL_KEYS_H_
