#include "ledger.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace service {
namespace {

// Length, its checksum, and that of the record.
constexpr std::size_t kFrame = 12;
constexpr std::uint32_t kMaxRecord = 256u << 20;

template <typename T>
void Put(std::string& out, T value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}
template <typename T>
T Get(std::string_view bytes, std::size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::uint32_t ChecksumOf(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

bool ReadAt(int fd, std::uint64_t place, char* to, std::size_t size) {
  while (size > 0) {
    const ssize_t count = pread(fd, to, size, static_cast<off_t>(place));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    to += count;
    place += static_cast<std::uint64_t>(count);
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

// The record's length; nullopt: there is no whole frame, or it is damaged.
std::optional<std::uint32_t> LengthAt(int fd, std::uint64_t place) {
  std::string frame(kFrame, '\0');
  if (!ReadAt(fd, place, frame.data(), kFrame)) return std::nullopt;
  const auto length = std::string_view(frame).substr(0, 4);
  if (ChecksumOf(length) != Get<std::uint32_t>(frame, 4)) return std::nullopt;
  return Get<std::uint32_t>(frame, 0);
}

std::optional<std::string> RecordAt(int fd, std::uint64_t place) {
  const std::optional<std::uint32_t> length = LengthAt(fd, place);
  if (!length || *length > kMaxRecord) return std::nullopt;
  std::string record(*length, '\0');
  char checksum[4];
  const bool there = ReadAt(fd, place + 8, checksum, sizeof checksum) &&
                     ReadAt(fd, place + kFrame, record.data(), record.size());
  if (!there || ChecksumOf(record) != Get<std::uint32_t>({checksum, 4}, 0)) return std::nullopt;
  return record;
}

// A power cut may leave zeros where the last record should be.
bool OnlyZeros(int fd, std::uint64_t from, std::uint64_t to) {
  char buffer[4096];
  while (from < to) {
    const std::size_t count = std::min<std::uint64_t>(sizeof buffer, to - from);
    if (!ReadAt(fd, from, buffer, count)) return false;
    if (std::any_of(buffer, buffer + count, [](char c) { return c != 0; })) return false;
    from += count;
  }
  return true;
}

}  // namespace

Ledger::~Ledger() { Close(); }

void Ledger::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

bool Ledger::Open(const std::string& file,
                  const std::function<void(std::uint64_t, std::string_view)>& visit,
                  std::string& why) {
  fd_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0) {
    why = file + ": " + std::strerror(errno);
    return false;
  }
  struct stat info;
  fstat(fd_, &info);
  const auto size = static_cast<std::uint64_t>(info.st_size);
  end_ = 0;
  while (end_ < size) {
    const std::optional<std::string> record = RecordAt(fd_, end_);
    if (!record) break;
    visit(end_, *record);
    end_ += kFrame + record->size();
  }
  if (end_ < size) {
    // Only the last record can be torn. Anything else is damage that nobody should cut off unseen.
    const std::optional<std::uint32_t> length = LengthAt(fd_, end_);
    const bool torn = length ? end_ + kFrame + *length >= size
                             : size - end_ < kFrame || OnlyZeros(fd_, end_, size);
    if (!torn) {
      why = file + ": damaged at byte " + std::to_string(end_) + "; restore a copy";
      return false;
    }
    if (ftruncate(fd_, static_cast<off_t>(end_)) != 0) {
      why = file + ": " + std::strerror(errno);
      return false;
    }
  }
  return true;
}

std::optional<std::uint64_t> Ledger::Append(std::string_view record, bool sync) {
  std::string bytes;
  bytes.reserve(kFrame + record.size());
  Put(bytes, static_cast<std::uint32_t>(record.size()));
  Put(bytes, ChecksumOf(bytes));
  Put(bytes, ChecksumOf(record));
  bytes += record;
  const std::lock_guard lock(mutex_);
  const std::uint64_t place = end_;
  std::string_view left = bytes;
  std::uint64_t to = place;
  while (!left.empty()) {
    const ssize_t count = pwrite(fd_, left.data(), left.size(), static_cast<off_t>(to));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    left.remove_prefix(static_cast<std::size_t>(count));
    to += static_cast<std::uint64_t>(count);
  }
  if (!left.empty() || (sync && fdatasync(fd_) != 0)) {
    [[maybe_unused]] const int cut = ftruncate(fd_, static_cast<off_t>(place));
    return std::nullopt;
  }
  end_ = to;
  return place;
}

std::optional<std::string> Ledger::At(std::uint64_t place) const { return RecordAt(fd_, place); }

bool Applications::Open(const std::string& file, std::string& why) {
  return ledger_.Open(
      file, [this](std::uint64_t place, std::string_view) { places_.push_back(place); }, why);
}

std::uint64_t Applications::Keep(const std::function<std::string(std::uint64_t)>& answer,
                                 std::string& kept) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t number = places_.size() + 1;
  kept = answer(number);
  const auto place = ledger_.Append(kept, false);
  if (!place) return 0;
  places_.push_back(*place);
  return number;
}

std::optional<std::string> Applications::Find(std::uint64_t number) const {
  std::uint64_t place = 0;
  {
    const std::lock_guard lock(mutex_);
    if (number == 0 || number > places_.size()) return std::nullopt;
    place = places_[number - 1];
  }
  return ledger_.At(place);
}

std::uint64_t Applications::count() const {
  const std::lock_guard lock(mutex_);
  return places_.size();
}

// --- Idempotency
//
// Records: 'B' key request received (begun), or 'A' key request received status body (answered).

namespace {
constexpr std::size_t kFixed = 1 + 32 + 32 + 8;
}

std::size_t Idempotency::Hash::operator()(const Digest& digest) const {
  std::size_t head;
  std::memcpy(&head, digest.data(), sizeof head);
  return head;
}

Idempotency::Digest Idempotency::DigestOf(std::string_view first, std::string_view second) const {
  std::string text;
  Put(text, static_cast<std::uint64_t>(first.size()));
  text.append(first).append(second);
  Digest digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return digest;
}

bool Idempotency::OpenFile(std::uint8_t generation, std::string& why) {
  const std::string file = stem_ + "." + std::to_string(generation);
  counts_[generation] = 0;
  begun_[generation] = 0;
  return files_[generation].Open(
      file,
      [&](std::uint64_t place, std::string_view record) {
        if (record.size() < kFixed) return;
        Digest key;
        std::memcpy(key.data(), record.data() + 1, key.size());
        Entry entry;
        std::memcpy(entry.request.data(), record.data() + 33, entry.request.size());
        entry.received_micros = Get<std::int64_t>(record, 65);
        entry.place = place;
        entry.generation = generation;
        entry.answered = record[0] == 'A';
        if (begun_[generation] == 0) begun_[generation] = entry.received_micros;
        ++counts_[generation];
        entries_[key] = entry;
      },
      why);
}

bool Idempotency::Open(const std::string& stem, std::string secret, int kept_hours,
                       std::string& why) {
  stem_ = stem;
  secret_ = std::move(secret);
  kept_micros_ = std::int64_t{kept_hours} * 3600 * 1'000'000;
  // The older file first, so that the newer one's entries win.
  struct stat info[2]{};
  for (int i = 0; i < 2; ++i) stat((stem_ + "." + std::to_string(i)).c_str(), &info[i]);
  current_ = info[1].st_mtim.tv_sec > info[0].st_mtim.tv_sec ||
                     (info[1].st_mtim.tv_sec == info[0].st_mtim.tv_sec &&
                      info[1].st_mtim.tv_nsec > info[0].st_mtim.tv_nsec)
                 ? 1
                 : 0;
  return OpenFile(current_ ^ 1, why) && OpenFile(current_, why);
}

// The older file gives way to a new one.
void Idempotency::TurnOver(std::int64_t now_micros) {
  const bool full = counts_[current_] >= kMostKeys;
  const bool old = begun_[current_] != 0 && now_micros - begun_[current_] >= kept_micros_;
  if (!full && !old) return;
  const std::uint8_t next = current_ ^ 1;
  for (const auto& [key, entry] : entries_) {
    if (entry.generation == next && entry.running) return;  // soon
  }
  std::erase_if(entries_, [&](const auto& item) { return item.second.generation == next; });
  files_[next].Close();
  unlink((stem_ + "." + std::to_string(next)).c_str());
  std::string why;
  if (OpenFile(next, why)) current_ = next;
}

Idempotency::Begun Idempotency::Begin(std::string_view caller, std::string_view key,
                                      std::string_view request, std::int64_t now_micros) {
  Begun begun;
  begun.key = DigestOf(caller, key);
  begun.request = DigestOf("request", request);
  begun.received_micros = now_micros;
  const std::lock_guard lock(mutex_);
  TurnOver(now_micros);
  if (const auto found = entries_.find(begun.key); found != entries_.end()) {
    Entry& entry = found->second;
    using State = Begun::State;
    if (entry.request != begun.request) {
      begun.state = State::kOther;
    } else if (entry.running) {
      begun.state = State::kBusy;
    } else if (entry.answered) {
      const auto record = files_[entry.generation].At(entry.place);
      if (record && record->size() >= kFixed + 2) {
        begun.state = State::kAnswered;
        begun.status = Get<std::uint16_t>(*record, kFixed);
        begun.body = record->substr(kFixed + 2);
      }
    } else {
      begun.received_micros = entry.received_micros;
      entry.running = true;
    }
    return begun;
  }
  std::string record = "B";
  record.append(reinterpret_cast<const char*>(begun.key.data()), begun.key.size());
  record.append(reinterpret_cast<const char*>(begun.request.data()), begun.request.size());
  Put(record, now_micros);
  const auto place = files_[current_].Append(record, false);
  if (place) {
    if (begun_[current_] == 0) begun_[current_] = now_micros;
    ++counts_[current_];
    entries_[begun.key] = {begun.request, now_micros, *place, current_, false, true};
  }
  return begun;
}

bool Idempotency::Finish(const Begun& begun, int status, std::string_view body, bool sync) {
  std::string record = "A";
  record.append(reinterpret_cast<const char*>(begun.key.data()), begun.key.size());
  record.append(reinterpret_cast<const char*>(begun.request.data()), begun.request.size());
  Put(record, begun.received_micros);
  Put(record, static_cast<std::uint16_t>(status));
  record += body;
  const std::lock_guard lock(mutex_);
  const auto place = files_[current_].Append(record, sync);
  Entry entry{begun.request, begun.received_micros, place.value_or(0),
              current_,      place.has_value(),     false};
  ++counts_[current_];
  entries_[begun.key] = entry;
  return place.has_value();
}

void Idempotency::Abandon(const Begun& begun) {
  const std::lock_guard lock(mutex_);
  if (const auto found = entries_.find(begun.key); found != entries_.end()) {
    found->second.running = false;
  }
}

std::size_t Idempotency::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace service
