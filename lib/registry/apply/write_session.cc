#include "registry/apply/write_session.h"

#include "registry/apply/applier.h"
#include "registry/apply/desk.h"
#include "registry/apply/recorder.h"
#include "registry/state/awaiting.h"
#include "registry/state/seller_names.h"
#include "util/try.h"

namespace revenant {

Result<WriterTurn> WriterTurn::Take(Serving& serving, WriterState& state) {
  if (state.access == Access::kReadOnly) {
    return Error{Code::kConflict, "the store was opened for reading only"};
  }
  return WriterTurn(serving, state);
}

Result<JournalLog> WriterTurn::TakeJournal() {
  state_->mutex.AssertHeld();
  if (!state_->journal) return JournalLog::Open(*serving_->store->Snapshot());
  JournalLog log = *std::move(state_->journal);
  state_->journal.reset();
  return log;
}

void WriterTurn::GiveBack(JournalLog log) {
  state_->mutex.AssertHeld();
  state_->journal = std::move(log);
}

Actor WriterTurn::ActorOr(const Actor& named) const {
  state_->mutex.AssertHeld();
  return {named.who.empty() ? state_->actor.who : named.who,
          named.at.known() ? named.at : state_->actor.at};
}

WriteSession::WriteSession(Serving& serving)
    : serving_(serving), batch_(serving.store->NewBatch()), policy_before_(serving.gate.policy()) {
  Follow(policy_before_);
}

WriteSession::~WriteSession() = default;

// What comes is judged by `policy`.
void WriteSession::Follow(std::shared_ptr<const LinkPolicy> policy) {
  policy_ = std::move(policy);
  junk_ = serving_.JunkOf(policy_);
  applier_ = std::make_unique<Applier>(*batch_, *policy_, serving_.keyed, *junk_);
}

Result<std::unique_ptr<WriteSession>> WriteSession::Begin(Serving& serving, WriterState& state,
                                                          const Options& options) {
  TRY_ASSIGN(WriterTurn turn, WriterTurn::Take(serving, state));
  std::unique_ptr<WriteSession> session(new WriteSession(serving));
  session->turn_ = std::move(turn);
  session->exchange_ = options.exchange;
  TRY_ASSIGN(JournalLog log, session->turn_->TakeJournal());
  session->recorder_ =
      std::make_unique<Recorder>(*session->batch_, std::move(log), serving.keyed,
                                 session->turn_->ActorOr(options.actor), options.import);
  TRY(session->recorder_->Begin());
  return session;
}

std::unique_ptr<WriteSession> WriteSession::Rehearse(Serving& serving) {
  return std::unique_ptr<WriteSession>(new WriteSession(serving));
}

Result<Applied> WriteSession::Apply(const Event& event, Desk* desk) {
  if (desk != nullptr) TRY(desk->Admit(*batch_, event));
  TRY_ASSIGN(const Applied applied, applier_->Apply(event));
  if (desk != nullptr) TRY(desk->Note(*batch_, event, applied));
  if (applied.changed && recorder_) TRY(recorder_->Note(event, applier_->subject()));
  if (const auto* change = std::get_if<SetPolicy>(&event)) {
    Follow(std::make_shared<LinkPolicy>(change->policy));
  }
  return applied;
}

Result<Applied> WriteSession::ApplyOrUndo(const Event& event, Desk* desk) {
  batch_->SetMark();
  Result<Applied> applied = Apply(event, desk);
  if (applied) {
    batch_->DropMark();
  } else {
    batch_->RollBackToMark();
  }
  return applied;
}

Result<void> WriteSession::Mirror(const ForeignLeaf& leaf, Time at) {
  TRY_ASSIGN(const Applied applied, applier_->Mirror(leaf, at));
  new_alerts_ += applied.new_alerts;
  if (!leaf.erase) return {};
  TRY_ASSIGN(const auto known, batch_->FindSeller(leaf.seller));
  TRY(applier_->EraseForeign(leaf.seller));
  TRY(JournalLog::Erase(*batch_, TombstoneOf(serving_.keyed, leaf.seller),
                        known.value_or(kNoSeller)));
  return {};
}

Result<std::uint64_t> WriteSession::Enter(std::string_view type, std::string_view body,
                                          const std::vector<SellerName>& about) {
  return recorder_->Enter(type, body, about);
}

Result<void> WriteSession::Commit(Durability durability) {
  TRY(recorder_->Finish());
  const auto commit = [&] { return serving_.store->Commit(*batch_, false); };
  if (policy_ == policy_before_) {
    serving_.gate.Enter(applier_->taint(), *batch_);
    TRY(commit());
  } else {
    TRY(serving_.gate.ChangePolicy(policy_, commit));
  }
  turn_->GiveBack(recorder_->TakeLog());
  if (exchange_ && !serving_.in_exchange) {
    TRY_ASSIGN(const bool joined, IsInExchange(*serving_.store->Snapshot()));
    serving_.in_exchange = joined;
  }
  const std::uint64_t last = serving_.store->LastCommit();
  turn_->End();
  return durability == Durability::kSynced ? serving_.store->SyncThrough(last) : Result<void>();
}

}  // namespace revenant
