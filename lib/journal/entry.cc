#include <sodium.h>

#include "revenant/journal.h"
#include "util/bytes.h"

namespace revenant {

TreeHash LeafHashOf(const JournalEntry& entry) {
  std::string leaf;
  PutBigEndian64(leaf, entry.seq);
  PutBigEndian64(leaf, static_cast<std::uint64_t>(entry.at.micros));
  PutLengthPrefixed(leaf, entry.type);
  leaf.append(AsView(entry.commitment));
  return HashLeaf(leaf);
}

TreeHash CommitmentTo(const JournalEntry::Opening& opening) {
  TreeHash digest;
  crypto_generichash(digest.data(), digest.size(), AsBytes(opening.body).data(),
                     opening.body.size(), opening.salt.data(), opening.salt.size());
  return digest;
}

bool CommitmentHolds(const JournalEntry& entry) {
  return !entry.opening || CommitmentTo(*entry.opening) == entry.commitment;
}

}  // namespace revenant
