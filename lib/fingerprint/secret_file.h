// Text files of secrets: a header line, lines of a label and hexadecimal digits, and a line with a
// sum over all before it. Keys of registries, journals, members and operators are kept so.
// Threads: one at a time each. Secrets: what is let go of is wiped; the time to read and write
// digits does not depend on them. Errors name the file and what to do, never a byte of the secret.
#ifndef REVENANT_FINGERPRINT_SECRET_FILE_H_
#define REVENANT_FINGERPRINT_SECRET_FILE_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "revenant/result.h"
#include "util/wiping.h"

namespace revenant {

enum class SecretSum : std::uint8_t {
  kSha256,   // its first 16 bytes
  kBlake2b,  // 32 bytes
};

// One kind of secret file, and what is said of a text that is none.
struct SecretFormat {
  std::string_view header;  // "revenant-key 1\n": its name, a blank and its version
  SecretSum sum;
  std::string_view another;  // kInvalidArgument: does not begin with the name
  std::string_view later;    // kUnsupportedFormat: of another version
  std::string_view damaged;  // kCorruption
};

class SecretWriter {
 public:
  // `max_bytes`: what the text may grow to without moving.
  SecretWriter(const SecretFormat& format, std::size_t max_bytes);
  // `label` ends with its own blank.
  void Line(std::string_view label, std::span<const std::uint8_t> bytes);
  // The whole text, sum and all. To be called once.
  SecretText Finish();

 private:
  const SecretSum sum_;
  SecretText text_;
};

// Takes a text apart. The order of lines is the caller's; that nothing else was there is checked at
// the end, by writing the secrets again: they have one text only.
class SecretReader {
 public:
  // `text` must outlive it.
  static Result<SecretReader> Open(const SecretFormat& format, std::string_view text);

  // The next line, if it has this label and digits that fill `out`.
  bool Line(std::string_view label, std::span<std::uint8_t> out);
  // In pieces: a label, a word up to the next blank, digits to the end of the line.
  bool Label(std::string_view label);
  std::string_view Word();
  bool Digits(std::span<std::uint8_t> out);

  Error Damaged() const;
  // kCorruption unless `only`, the text that SecretWriter made of what was read, is the text: sum,
  // labels, the case of digits and the end in one comparison.
  Result<void> Finish(const SecretText& only) const;

 private:
  SecretReader(const SecretFormat& format, std::string_view text);

  const SecretFormat* format_;
  std::string_view whole_, rest_;
};

// kInvalidArgument: no regular file, or others than its owner have access. kNotFound, kIo. More
// bytes than any secret file has are cut off.
Result<SecretText> ReadSecretFile(const std::filesystem::path& file);
// Mode 0600, under any umask. kConflict: there is one; it is left alone. kNotFound, kIo.
Result<void> WriteNewSecretFile(const std::filesystem::path& file, std::string_view text);

}  // namespace revenant

#endif  // REVENANT_FINGERPRINT_SECRET_FILE_H_
