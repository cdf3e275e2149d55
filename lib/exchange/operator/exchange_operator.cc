// The public face of operator.h, with the roster that it goes by.
#include <algorithm>

#include "exchange/files/refusal.h"
#include "exchange/operator/operator.h"
#include "exchange/roster/possession.h"
#include "revenant/atomic_file.h"
#include "revenant/exchange_desk.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::size_t kMaxRosterBytes = std::size_t{8} << 20;

std::filesystem::path RosterPath(const std::filesystem::path& dir) { return dir / "roster"; }

// Read without the checks that it passed when it was taken in.
Result<std::optional<SignedRoster>> HeldRoster(const std::filesystem::path& dir) {
  const Result<SecretText> bytes = ReadWholeFile(RosterPath(dir), kMaxRosterBytes);
  if (!bytes) {
    if (bytes.error().code == Code::kNotFound) return std::optional<SignedRoster>();
    return bytes.error();
  }
  TRY_ASSIGN(SignedRoster held, ReadRosterUnchecked({bytes->data(), bytes->size()}));
  return std::optional<SignedRoster>(std::move(held));
}

}  // namespace

struct ExchangeOperator::Impl {
  std::filesystem::path dir;
  std::unique_ptr<OperatorDesk> desk;
  std::optional<SignedRoster> roster;

  Result<const SignedRoster*> NeedRoster() const {
    if (roster) return &*roster;
    return Error{Code::kConflict, "the operator has no roster yet; see `operator roster`"};
  }
};

ExchangeOperator::ExchangeOperator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ExchangeOperator::~ExchangeOperator() = default;

Result<std::unique_ptr<ExchangeOperator>> ExchangeOperator::Create(const std::filesystem::path& dir,
                                                                   std::string_view name,
                                                                   std::uint8_t place) {
  auto impl = std::make_unique<Impl>();
  impl->dir = dir;
  TRY_ASSIGN(impl->desk, OperatorDesk::Create(dir, name, place));
  return std::unique_ptr<ExchangeOperator>(new ExchangeOperator(std::move(impl)));
}

Result<std::unique_ptr<ExchangeOperator>> ExchangeOperator::Open(const std::filesystem::path& dir) {
  auto impl = std::make_unique<Impl>();
  impl->dir = dir;
  TRY_ASSIGN(impl->desk, OperatorDesk::Open(dir));
  TRY_ASSIGN(impl->roster, HeldRoster(dir));
  return std::unique_ptr<ExchangeOperator>(new ExchangeOperator(std::move(impl)));
}

Result<std::string> ExchangeOperator::Card() const { return impl_->desk->CardFile(); }

Result<std::uint64_t> ExchangeOperator::TakeRoster(std::string_view file) {
  Result<SignedRoster> next = impl_->roster ? ReadSuccessor(file, *impl_->roster, PossessionHolds)
                                            : ReadGenesis(file, PossessionHolds);
  if (!next) return std::move(next).error();
  // The one in force is kept as it lies there, whatever signatures a copy of it carries.
  const bool is_new = !impl_->roster || next->digest != impl_->roster->digest;
  if (is_new) {
    TRY(ReplaceFile(RosterPath(impl_->dir), next->file));
    impl_->roster = *std::move(next);
  }
  return impl_->roster->roster.version;
}

std::optional<std::uint64_t> ExchangeOperator::roster_version() const {
  if (!impl_->roster) return std::nullopt;
  return impl_->roster->roster.version;
}

Result<void> ExchangeOperator::MakeKeys(Epoch epoch) { return impl_->desk->MakeKeys(epoch); }

Result<std::vector<Epoch>> ExchangeOperator::DestroyEnded(Time now) {
  TRY_ASSIGN(const SignedRoster* roster, impl_->NeedRoster());
  return impl_->desk->DestroyEnded(*roster, now);
}

Result<std::string> ExchangeOperator::Evaluate(std::string_view request,
                                               std::optional<std::string_view> previous, Time now,
                                               unsigned threads) {
  TRY_ASSIGN(const SignedRoster* roster, impl_->NeedRoster());
  return impl_->desk->Evaluate(request, previous, *roster, now, threads);
}

Result<std::vector<TokenUsage>> ExchangeOperator::Usage(Time now) const {
  TRY_ASSIGN(const SignedRoster* roster, impl_->NeedRoster());
  const Ledger& ledger = impl_->desk->ledger();
  std::vector<TokenUsage> all;
  for (const Member& member : roster->roster.members) {
    for (const KeyClass key_class : kKeyClasses) {
      const Quota& quota = QuotaOf(member, key_class);
      const Allowance left = ledger.Left(member.id, key_class, quota, now);
      TokenUsage& usage = all.emplace_back();
      usage.member = member.name;
      usage.key_class = key_class;
      usage.daily = quota.daily;
      usage.left_today = left.today;
      usage.backlog = quota.backlog;
      usage.left_of_backlog = left.backlog;
      const UsedItems used = ledger.Used(member.id, key_class);
      usage.evaluated = used.evaluated;
      usage.rotated = used.rotated;
      for (const RefusedRequest& refused : ledger.refused()) {
        if (refused.member == member.id && refused.key_class == key_class) {
          usage.refused += refused.times;
        }
      }
    }
  }
  return all;
}

}  // namespace revenant
