#include "exchange/operator/operator.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "exchange/crypto/token.h"
#include "exchange/files/refusal.h"
#include "exchange/roster/operator_card.h"
#include "exchange/roster/possession.h"
#include "revenant/atomic_file.h"
#include "util/try.h"
#include "util/wire.h"

namespace revenant {
namespace {

constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 20;
constexpr std::int64_t kMaxSkewMicros = 3'600'000'000;  // between two parties' clocks

constexpr std::int64_t kMaxRequestAgeMicros = 6 * 86'400'000'000;
static_assert(kMaxRequestAgeMicros + 86'400'000'000 <= Ledger::kRememberedDays * 86'400'000'000);

constexpr std::string_view kProfileHeader = "revenant-operator 1\n";

struct OperatorFiles {
  explicit OperatorFiles(const std::filesystem::path& dir)
      : profile(dir / "profile"),
        keys(dir / "operator.key"),
        epochs(dir / "epochs.key"),
        ledger(dir / "ledger"),
        answers(dir / "answers") {}
  std::filesystem::path profile, keys, epochs, ledger, answers;
};

// One name for what an answer answers. Of a second operator it covers the first one's answer too:
// other elements under a request that was charged before would else be evaluated for nothing.
RequestDigest ChargeName(const TokenRequest& request, const TokenEvaluation* previous) {
  if (previous == nullptr) return request.digest;
  std::string both;
  WireWriter(both).Raw(request.digest).Raw(previous->digest);
  return DigestOf(both);
}

Result<TokenEvaluation> ReadPrevious(std::string_view file, const TokenRequest& request,
                                     std::uint8_t place, const Roster& roster) {
  TRY_ASSIGN(TokenEvaluation previous, ReadEvaluation(file, roster));
  if (previous.exchange != request.exchange) {
    return Refused(Refusal::kWrongExchange, "the evaluation is of another exchange");
  }
  if (previous.request != request.digest || previous.place + 1 != place ||
      previous.elements.size() != request.elements.size()) {
    return Refused(Refusal::kWrongRequest,
                   "the evaluation of the operator before answers something else");
  }
  return previous;
}

}  // namespace

OperatorDesk::OperatorDesk(std::filesystem::path dir, FolderLock lock, MemberKeys keys,
                           Ledger ledger)
    : dir_(std::move(dir)),
      lock_(std::move(lock)),
      keys_(std::move(keys)),
      ledger_(std::move(ledger)) {}

Result<std::unique_ptr<OperatorDesk>> OperatorDesk::Create(const std::filesystem::path& dir,
                                                           std::string_view name,
                                                           std::uint8_t place) {
  const bool is_name =
      !name.empty() && name.size() <= kMaxMemberName &&
      std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
      });
  if (!is_name || place > 1) {
    return Error{Code::kInvalidArgument,
                 "an operator has a name of a-z, 0-9, '-' and '.', and place 0 or 1"};
  }
  const OperatorFiles files(dir);
  std::error_code failed;
  std::filesystem::create_directories(files.answers, failed);
  if (failed) {
    return Error{Code::kIo, fmt::format("creating {}: {}", dir.string(), failed.message())};
  }
  if (std::filesystem::exists(files.profile)) {
    return Error{Code::kConflict, fmt::format("{} holds an operator already", dir.string())};
  }
  {
    TRY_ASSIGN(const FolderLock lock, FolderLock::Take(dir));
    TRY_ASSIGN(const MemberKeys keys, MemberKeys::Generate());
    TRY(keys.WriteNew(files.keys));
    EpochKeys epochs;
    for (const KeyClass key_class : kKeyClasses) epochs.Make(1, key_class);
    TRY(epochs.Write(files.epochs));
    TRY(ReplaceFile(files.profile, fmt::format("{}{} {}\n", kProfileHeader, place, name)));
  }
  return Open(dir);
}

Result<void> OperatorDesk::ReadProfile() {
  TRY_ASSIGN(const SecretText text, ReadWholeFile(OperatorFiles(dir_).profile, 1024));
  std::string_view rest(text.data(), text.size());
  if (!rest.starts_with(kProfileHeader)) {
    return Error{Code::kUnsupportedFormat, dir_.string() + " holds no operator of this version"};
  }
  rest.remove_prefix(kProfileHeader.size());
  if (rest.size() < 4 || (rest[0] != '0' && rest[0] != '1') || rest[1] != ' ' ||
      rest.back() != '\n') {
    return Error{Code::kCorruption, "the profile in " + dir_.string() + " is damaged"};
  }
  place_ = static_cast<std::uint8_t>(rest[0] - '0');
  name_ = rest.substr(2, rest.size() - 3);
  return {};
}

Result<std::unique_ptr<OperatorDesk>> OperatorDesk::Open(const std::filesystem::path& dir) {
  if (!InitSodium()) return Error{Code::kIo, "the system gives no randomness"};
  const OperatorFiles files(dir);
  if (!std::filesystem::exists(files.profile)) {
    return Error{Code::kNotFound, dir.string() + " holds no operator; see `operator init`"};
  }
  TRY_ASSIGN(FolderLock lock, FolderLock::Take(dir));
  TRY_ASSIGN(MemberKeys keys, MemberKeys::Read(files.keys));
  TRY_ASSIGN(Ledger ledger, Ledger::Open(files.ledger));
  std::unique_ptr<OperatorDesk> desk(
      new OperatorDesk(dir, std::move(lock), std::move(keys), std::move(ledger)));
  TRY(desk->ReadProfile());
  TRY_ASSIGN(desk->epoch_keys_, EpochKeys::Read(files.epochs));
  return desk;
}

Result<std::string> OperatorDesk::CardFile() const {
  OperatorCard card;
  card.who = {place_, name_, keys_.signing().key(), keys_.receiving_key()};
  for (const Epoch epoch : epoch_keys_.epochs()) {
    for (const KeyClass key_class : kKeyClasses) {
      const Scalar* secret = epoch_keys_.Find(epoch, key_class);
      if (secret == nullptr) continue;
      EpochKey& key = card.keys.emplace_back();
      key.epoch = epoch;
      key.key_class = key_class;
      key.place = place_;
      if (!ProvePossession(*secret, key)) {
        return Error{Code::kCorruption, "a key of the operator is zero"};
      }
    }
  }
  return OperatorCardFile(card, keys_.signing());
}

Result<void> OperatorDesk::MakeKeys(Epoch epoch) {
  if (epoch == 0) return Error{Code::kInvalidArgument, "epochs begin with 1"};
  const std::vector<Epoch> before = epoch_keys_.epochs();
  if (std::find(before.begin(), before.end(), epoch) != before.end()) return {};
  for (const KeyClass key_class : kKeyClasses) epoch_keys_.Make(epoch, key_class);
  Result<void> written = epoch_keys_.Write(OperatorFiles(dir_).epochs);
  if (!written) epoch_keys_.Destroy(epoch);  // a card must not name a key that is not kept
  return written;
}

Result<std::vector<Epoch>> OperatorDesk::DestroyEnded(const SignedRoster& roster, Time now) {
  std::vector<Epoch> ended;
  for (const EpochSpan& span : roster.roster.epochs) {
    if (span.until <= now && epoch_keys_.Destroy(span.epoch) > 0) ended.push_back(span.epoch);
  }
  if (ended.empty()) return ended;
  const OperatorFiles files(dir_);
  TRY(epoch_keys_.Write(files.epochs));
  std::error_code failed;
  for (const auto& answer : std::filesystem::directory_iterator(files.answers, failed)) {
    const std::string name = answer.path().filename().string();
    for (const Epoch epoch : ended) {
      if (name.starts_with(fmt::format("{}-", epoch))) {
        std::filesystem::remove(answer.path(), failed);
      }
    }
  }
  return ended;
}

Result<void> OperatorDesk::Admit(const Job& job, Time now) {
  if (ledger_.Find(job.name) != nullptr) return {};
  Result<void> checked = ledger_.Check(job.request, job.quota, now);
  if (!checked && IsRefusal(checked.error(), Refusal::kOverQuota)) {
    TRY(ledger_.NoteRefused(job.request, now));
  }
  return checked;
}

Result<std::string> OperatorDesk::MakeAnswer(const Job& job, const SignedRoster& roster, Time now,
                                             unsigned threads) const {
  const TokenRequest& request = job.request;
  const StageKeys& keys = job.keys;
  const TokenEvaluation* previous = job.before();
  Wiped<Scalar> secret;
  const bool is_rotation = request.purpose == ProofPurpose::kRotation;
  const Scalar* own = epoch_keys_.Find(request.epoch, request.key_class);
  bool has_key = own != nullptr;
  if (is_rotation) {
    has_key = epoch_keys_.Delta(request.from_epoch, request.epoch, request.key_class, secret.value);
  } else if (has_key) {
    secret.value = *own;
  }
  Element image;
  if (!has_key || !Ristretto::Multiply(secret.value, keys.base, image) || image != keys.image) {
    return Refused(
        Refusal::kWrongEpoch,
        fmt::format("our key of epoch {} is not the one that the roster names", request.epoch));
  }
  TokenEvaluation answer;
  answer.exchange = request.exchange;
  answer.request = request.digest;
  answer.place = place_;
  if (previous != nullptr) answer.previous = previous->digest;
  answer.roster_version = roster.roster.version;
  answer.created = now;
  const std::vector<Element>& in = previous == nullptr ? request.elements : previous->elements;
  answer.elements.resize(in.size());
  const DleqStatement statement{keys.base, keys.image, in, answer.elements};
  Wiped<Scalar> random;
  RandomScalar(random.value);
  if (!MultiplyAll(secret.value, in, threads, answer.elements) ||
      !MakeProof(ProofRules::BatchBound(request.purpose, request.digest, statement), statement,
                 secret.value, random.value, threads, answer.proof)) {
    return Refused(Refusal::kBadElement,
                   "the batch holds the identity or bytes that are no element");
  }
  return EvaluationFile(answer, keys_.signing());
}

Result<OperatorDesk::Job> OperatorDesk::Examine(std::string_view request_file,
                                                std::optional<std::string_view> previous_file,
                                                const SignedRoster& roster, Time now) const {
  Job job;
  TRY_ASSIGN(job.request, ReadRequest(request_file));
  TRY(CheckTerms(job.request, roster, now));
  TRY_ASSIGN(const Member* member, CheckRequestSignature(request_file, job.request, roster.roster));
  job.quota = QuotaOf(*member, job.request.key_class);
  if (job.request.created.micros > now.micros + kMaxSkewMicros) {
    return Refused(Refusal::kWrongTimes, "the request was made in the future");
  }
  // What the ledger no longer knows by name would be charged again.
  if (job.request.created.micros + kMaxRequestAgeMicros < now.micros) {
    return Refused(Refusal::kWrongTimes, "the request is more than 6 days old: make a new one");
  }
  TRY_ASSIGN(const std::vector<StageKeys> chain, ChainOf(job.request, roster.roster));
  if (place_ >= chain.size() || roster.roster.operators[place_].signing != keys_.signing().key()) {
    return Refused(Refusal::kWrongEpoch, "the roster has no key of ours for it");
  }
  job.keys = chain[place_];
  if (previous_file.has_value() != (place_ > 0)) {
    return Refused(Refusal::kWrongRequest,
                   place_ > 0 ? "the evaluation of the operator before us is missing"
                              : "we are the first operator: no evaluation comes before ours");
  }
  if (previous_file) {
    TRY_ASSIGN(job.previous, ReadPrevious(*previous_file, job.request, place_, roster.roster));
  }
  job.name = ChargeName(job.request, job.before());
  job.answer_file =
      OperatorFiles(dir_).answers / fmt::format("{}-{}", job.request.epoch, HexEncode(job.name));
  return job;
}

Result<std::optional<std::string>> OperatorDesk::StoredAnswer(const Job& job) const {
  if (ledger_.Find(job.name) == nullptr) return std::optional<std::string>();
  const Result<SecretText> stored = ReadWholeFile(job.answer_file, kMaxAnswerBytes);
  if (stored) return std::optional<std::string>(std::in_place, stored->data(), stored->size());
  // There is room again: it is made again, and was paid for.
  if (stored.error().code == Code::kNotFound) return std::optional<std::string>();
  return stored.error();
}

Result<std::string> OperatorDesk::Evaluate(std::string_view request,
                                           std::optional<std::string_view> previous,
                                           const SignedRoster& roster, Time now, unsigned threads) {
  TRY_ASSIGN(const Job job, Examine(request, previous, roster, now));
  {
    const MutexLock hold(ledger_mutex_);
    TRY_ASSIGN(std::optional<std::string> stored, StoredAnswer(job));
    if (stored) return *std::move(stored);
    TRY(Admit(job, now));
  }
  TRY_ASSIGN(std::string answer, MakeAnswer(job, roster, now, threads));
  // Stored, then charged, then given away: if we are stopped anywhere in between, no answer leaves
  // uncounted, and nothing is counted twice.
  const MutexLock hold(ledger_mutex_);
  TRY_ASSIGN(std::optional<std::string> stored, StoredAnswer(job));  // by another thread meanwhile
  if (stored) return *std::move(stored);
  TRY(ReplaceFile(job.answer_file, answer));
  TRY(ledger_.Add(job.name, job.request, job.quota, now));
  return answer;
}

}  // namespace revenant
