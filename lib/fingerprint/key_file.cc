#include "fingerprint/key_file.h"

#include "util/try.h"

namespace revenant {
namespace {

constexpr SecretFormat kFormat = {
    .header = "revenant-key 1\n",
    .sum = SecretSum::kSha256,
    .another = "this is not a Revenant key",
    .later = "the key was made by a later version of Revenant; use that version",
    .damaged = "the key is damaged; put back a copy of it",
};
constexpr std::string_view kLink = "link ";
constexpr std::size_t kLineBytes = 70;  // of a link; the header and the sum are shorter

}  // namespace

SecretText EncodeKeyFile(std::span<const MasterKey> chain) {
  SecretWriter out(kFormat, (chain.size() + 2) * kLineBytes);
  for (const MasterKey& master : chain) out.Line(kLink, master);
  return out.Finish();
}

Result<KeyChain> DecodeKeyFile(std::string_view text) {
  TRY_ASSIGN(SecretReader in, SecretReader::Open(kFormat, text));
  KeyChain chain;
  Wiped<MasterKey> master;
  while (chain.size() < kMaxChainLinks && in.Line(kLink, master.value)) {
    chain.push_back(master.value);
  }
  if (chain.empty()) return in.Damaged();
  TRY(in.Finish(EncodeKeyFile(chain)));
  return chain;
}

}  // namespace revenant
