#ifndef ONBOARDING_SERVICE_LEDGER_H_
#define ONBOARDING_SERVICE_LEDGER_H_

// Files that only grow: what the service remembers beside the store.

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace service {

// Records of bytes, one after the other, each with its length and a checksum (CRC-32). A record
// that a crash cut off is dropped at the next opening. Threads: any.
class Ledger {
 public:
  ~Ledger();
  // Reads what is there, record by record, from the first. False: `why` says what is wrong.
  // Cost: reads the file.
  bool Open(const std::string& file,
            const std::function<void(std::uint64_t place, std::string_view record)>& visit,
            std::string& why);
  // The place of the new record; nullopt: it could not be written, and nothing of it is left.
  // `sync`: it survives a power cut.
  std::optional<std::uint64_t> Append(std::string_view record, bool sync);
  // nullopt: no such record, or damaged.
  std::optional<std::string> At(std::uint64_t place) const;
  std::uint64_t bytes() const { return end_; }
  void Close();

 private:
  int fd_ = -1;
  std::mutex mutex_;
  std::uint64_t end_ = 0;
};

// Answers to applications by reference number, for good.
class Applications {
 public:
  bool Open(const std::string& file, std::string& why);
  // Makes the next number, lets `answer` write the answer with it, and keeps that. 0: failed.
  std::uint64_t Keep(const std::function<std::string(std::uint64_t number)>& answer,
                     std::string& kept);
  std::optional<std::string> Find(std::uint64_t number) const;
  std::uint64_t count() const;

 private:
  mutable std::mutex mutex_;
  Ledger ledger_;
  std::vector<std::uint64_t> places_;
};

// The answers that writes with an Idempotency-Key received, so that one that is sent again does
// nothing again. It also remembers when the first one came: what was begun and never answered,
// because of a crash, is done again as of that moment, which changes nothing if it had been done.
// Keys last for `kept_hours` at least and for the newest `kMostKeys` writes at most. Holds keyed
// digests, never a body of a request. Threads: any.
class Idempotency {
 public:
  static constexpr std::size_t kMostKeys = 200'000;  // of one file of two
  using Digest = std::array<std::uint8_t, 32>;

  // `secret` keys the digests. Files: `stem`.0 and `stem`.1.
  bool Open(const std::string& stem, std::string secret, int kept_hours, std::string& why);

  struct Begun {
    enum class State { kNew, kAnswered, kOther, kBusy } state = State::kNew;
    std::int64_t received_micros = 0;  // of kNew: when the write counts from
    int status = 0;                    // of kAnswered
    std::string body;
    Digest key{}, request{};
  };
  Begun Begin(std::string_view caller, std::string_view key, std::string_view request,
              std::int64_t now_micros);
  // False: it could not be kept.
  bool Finish(const Begun& begun, int status, std::string_view body, bool sync);
  // The write failed for a reason that may pass: the key is free again.
  void Abandon(const Begun& begun);
  std::size_t size() const;

 private:
  struct Entry {
    Digest request{};
    std::int64_t received_micros = 0;
    std::uint64_t place = 0;
    std::uint8_t generation = 0;
    bool answered = false, running = false;
  };
  struct Hash {
    std::size_t operator()(const Digest& digest) const;
  };
  Digest DigestOf(std::string_view first, std::string_view second) const;
  bool OpenFile(std::uint8_t generation, std::string& why);
  void TurnOver(std::int64_t now_micros);

  mutable std::mutex mutex_;
  std::string stem_, secret_;
  std::int64_t kept_micros_ = 0;
  Ledger files_[2];
  std::size_t counts_[2] = {0, 0};
  std::int64_t begun_[2] = {0, 0};  // when the first entry came
  std::uint8_t current_ = 0;
  std::unordered_map<Digest, Entry, Hash> entries_;
};

}  // namespace service

#endif  // ONBOARDING_SERVICE_LEDGER_H_
