#include "exchange/operator/epoch_keys.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <tuple>

#include "fingerprint/secret_file.h"
#include "revenant/atomic_file.h"
#include "util/try.h"

namespace revenant {
namespace {

// Lines are `key EPOCH CLASS HEX`, in order.
constexpr SecretFormat kFormat = {
    .header = "revenant-operator-keys 1\n",
    .sum = SecretSum::kBlake2b,
    .another = "this is no file of an operator's keys",
    .later = "the operator's keys were written by a later version",
    .damaged = "the operator's keys are damaged; restore them from their back-up",
};
constexpr std::string_view kKey = "key ";
constexpr std::size_t kMaxLineBytes = 100;

// What the old content lay in, so that it does not stay on the disk for longer than it must.
void Overwrite(const std::filesystem::path& file, std::size_t size) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  const std::string zeros(size, '0');
  if (::write(fd, zeros.data(), zeros.size()) >= 0) ::fsync(fd);
  ::close(fd);
}

}  // namespace

SecretText EpochKeys::Encode() const {
  SecretWriter out(kFormat, (entries_.size() + 2) * kMaxLineBytes);
  for (const Entry& entry : entries_) {
    out.Line(fmt::format("{}{} {} ", kKey, entry.epoch, KeyClassName(entry.key_class)),
             entry.secret.bytes);
  }
  return out.Finish();
}

Result<EpochKeys> EpochKeys::Decode(std::string_view text) {
  TRY_ASSIGN(SecretReader in, SecretReader::Open(kFormat, text));
  EpochKeys keys;
  while (in.Label(kKey)) {
    Entry& entry = keys.entries_.emplace_back();
    const std::string_view epoch = in.Word();
    std::from_chars(epoch.data(), epoch.data() + epoch.size(), entry.epoch);
    const auto key_class = KeyClassFromName(in.Word());
    if (!key_class || !in.Digits(entry.secret.bytes) || !DecodeScalar(entry.secret.bytes)) {
      return in.Damaged();
    }
    entry.key_class = *key_class;
  }
  TRY(in.Finish(keys.Encode()));
  return keys;
}

Result<EpochKeys> EpochKeys::Read(const std::filesystem::path& file) {
  TRY_ASSIGN(const SecretText text, ReadSecretFile(file));
  Result<EpochKeys> keys = Decode({text.data(), text.size()});
  if (!keys) return Error{keys.error().code, file.string() + ": " + keys.error().message};
  return keys;
}

Result<void> EpochKeys::Write(const std::filesystem::path& file) const {
  // A second name keeps the old bytes within reach until the new ones are in place.
  std::filesystem::path old = file;
  old += ".old";
  ::unlink(old.c_str());
  struct stat info;
  const bool had_old = ::stat(file.c_str(), &info) == 0 && ::link(file.c_str(), old.c_str()) == 0;
  const SecretText text = Encode();
  Result<void> written = ReplaceFile(file, {text.data(), text.size()});
  if (had_old) {
    if (written) Overwrite(old, static_cast<std::size_t>(info.st_size));
    ::unlink(old.c_str());
  }
  return written;
}

const Scalar* EpochKeys::Find(Epoch epoch, KeyClass key_class) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.epoch == epoch && entry.key_class == key_class;
  });
  return found == entries_.end() ? nullptr : &found->secret;
}

void EpochKeys::Make(Epoch epoch, KeyClass key_class) {
  if (Find(epoch, key_class) != nullptr) return;
  const auto order = [](const Entry& entry) { return std::tuple(entry.epoch, entry.key_class); };
  const auto place = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return order(entry) > std::tuple(epoch, key_class);
  });
  Entry& entry = *entries_.insert(place, Entry{epoch, key_class, {}});
  RandomScalar(entry.secret);
}

bool EpochKeys::Delta(Epoch from, Epoch to, KeyClass key_class, Scalar& delta) const {
  const Scalar* old_key = Find(from, key_class);
  const Scalar* new_key = Find(to, key_class);
  Wiped<Scalar> inverse;
  if (old_key == nullptr || new_key == nullptr || !Invert(*old_key, inverse.value)) return false;
  delta = Ristretto::Multiply(inverse.value, *new_key);
  return true;
}

std::size_t EpochKeys::Destroy(Epoch epoch) {
  // Not std::erase_if alone: what it moves out of must be wiped, though the block is kept.
  std::vector<Entry, WipingAllocator<Entry>> kept;
  std::copy_if(entries_.begin(), entries_.end(), std::back_inserter(kept),
               [&](const Entry& entry) { return entry.epoch != epoch; });
  const std::size_t count = entries_.size() - kept.size();
  entries_.swap(kept);
  return count;
}

std::vector<Epoch> EpochKeys::epochs() const {
  std::vector<Epoch> epochs;
  for (const Entry& entry : entries_) {
    if (epochs.empty() || epochs.back() != entry.epoch) epochs.push_back(entry.epoch);
  }
  return epochs;
}

}  // namespace revenant
