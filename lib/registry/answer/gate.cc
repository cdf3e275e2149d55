#include "registry/answer/gate.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <system_error>
#include <utility>

#include "registry/answer/row_view.h"
#include "registry/answer/taint_fill.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::string_view kFileName = "taint_filter";

std::shared_ptr<TaintFilter> AskingFilter() {
  std::shared_ptr<TaintFilter> filter = TaintFilter::Empty();
  filter->AskStore();
  return filter;
}

}  // namespace

Gate::Gate(Store& store, std::shared_ptr<const LinkPolicy> policy, Born born,
           std::uint64_t rows_bytes, Mutex& writer)
    : store_(store),
      rows_bytes_(rows_bytes),
      writer_(writer),
      watch_(std::make_unique<const Watch>(
          Watch{std::move(policy), born == Born::kNow ? TaintFilter::Empty() : AskingFilter()})) {}

Gate::~Gate() {
  {
    const MutexLock lock(work_);
    stop_ = true;
    changed_.NotifyAll();
  }
  if (worker_.joinable()) worker_.join();
  LeaveFile();
}

void Gate::Publish(std::shared_ptr<const LinkPolicy> policy, std::shared_ptr<TaintFilter> filter,
                   std::shared_ptr<RowTable> rows, std::shared_ptr<const View> pinned) {
  watch_.Publish(std::make_unique<const Watch>(
      Watch{std::move(policy), std::move(filter), std::move(pinned), std::move(rows)}));
}

Gate::State Gate::Now() const {
  for (;;) {
    const auto watch = watch_.Read();
    if (watch->pinned) return {watch->pinned, watch->policy, watch->filter};
    // Before a policy changes, the state before it is pinned and published. So while this is still
    // what is published, the snapshot belongs to this policy.
    std::unique_ptr<const View> view = store_.Snapshot();
    if (!watch_.IsCurrent(watch)) continue;
    if (watch->rows) view = std::make_unique<RowView>(std::move(view), watch->rows);
    return {std::move(view), watch->policy, watch->filter};
  }
}

// --- The writer's side ---

void Gate::Enter(const TaintAdditions& additions, const Batch& batch) {
  AssertWriting();
  const auto [filter, rows] = [this] {
    const auto watch = Read();
    return std::pair(watch->filter, watch->rows);
  }();
  if (rows || (filling_ && rows_bytes_ > 0)) {
    touches_.Clear();
    batch.ForEachWrite([this](Table table, std::string_view key) {
      AssertWriting();
      touches_.Add(table, key);
    });
    if (filling_) touched_meanwhile_.Append(touches_);
    if (rows) {
      const bool was_worn = rows->worn();
      rows->Mark(touches_);
      if (rows->worn() && !was_worn) Demand();
    }
  }
  if (filling_) {
    meanwhile_.too_many |= additions.too_many;
    auto& fingerprints = meanwhile_.fingerprints;
    auto& names = meanwhile_.names;
    fingerprints.insert(fingerprints.end(), additions.fingerprints.begin(),
                        additions.fingerprints.end());
    names.insert(names.end(), additions.names.begin(), additions.names.end());
  }
  if (filter->ask_store()) return;  // it will be filled from the store
  const bool was_overfull = filter->overfull();
  filter->Add(additions);
  if (additions.too_many || (filter->overfull() && !was_overfull)) Demand();
}

Result<void> Gate::ChangePolicy(std::shared_ptr<const LinkPolicy> policy,
                                const std::function<Result<void>()>& commit) {
  AssertWriting();
  const auto before = [this] {
    const auto watch = Read();
    return Watch{watch->policy, watch->filter, nullptr, watch->rows};
  }();
  const std::shared_ptr<TaintFilter> asking = AskingFilter();
  Publish(before.policy, asking, nullptr, store_.Snapshot());
  Result<void> done = commit();
  if (!done) {
    Publish(before.policy, before.filter, before.rows);
    return done;
  }
  meanwhile_.too_many = true;  // what is being filled is of the old policy
  asked_ = 0;
  Publish(std::move(policy), asking);
  return {};
}

// As a change of policy: until the new state is there with all that belongs to it, the old one is
// pinned.
Result<void> Gate::Follow(const std::function<Result<std::shared_ptr<const LinkPolicy>>()>& go_on) {
  AssertWriting();
  const auto before = [this] {
    const auto watch = Read();
    return Watch{watch->policy, watch->filter, nullptr, watch->rows};
  }();
  // The filter is of the old state, and what is looked up in the new one is not in it. So readers
  // of the pinned state are sent to the store.
  const std::shared_ptr<TaintFilter> asking = AskingFilter();
  Publish(before.policy, asking, nullptr, store_.Snapshot());
  Result<std::shared_ptr<const LinkPolicy>> policy = go_on();
  if (!policy || *policy == nullptr) {
    Publish(before.policy, before.filter, before.rows);
    return policy ? Result<void>() : std::move(policy).error();
  }
  meanwhile_.too_many = true;  // what is being filled is of the old state
  asked_ = 0;
  // Equal policies stay one object: readers that have sorted kinds by it need not do so again.
  if (FormatLinkPolicy(**policy) == FormatLinkPolicy(*before.policy)) *policy = before.policy;
  Publish(*std::move(policy), asking);
  return {};
}

// --- Filling ---

namespace {

std::int64_t SteadyMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void Gate::NoteAsked() {
  if (asked_.fetch_add(1) + 1 != kPatience) return;
  if (SteadyMicros() < quiet_until_) {
    asked_ = 0;
  } else {
    Demand();
  }
}

void Gate::Demand() {
  const MutexLock lock(work_);
  ++demands_;
  if (!worker_.joinable()) {
    try {
      worker_ = std::thread([this] { Work(); });
    } catch (const std::system_error&) {  // screenings ask the store instead
      served_ = demands_;
      last_fill_ = Error{Code::kIo, "fill filter: the system gives no thread; raise `ulimit -u`"};
    }
  }
  changed_.NotifyAll();
}

Result<void> Gate::WaitUntilFilled() {
  {
    const auto watch = Read();
    if (!watch->filter->ask_store() && (rows_bytes_ == 0 || watch->rows)) return {};
  }
  Demand();
  return WaitUntilIdle();
}

Result<void> Gate::WaitUntilIdle() {
  const MutexLock lock(work_);
  while (served_ < demands_) changed_.Wait(work_);
  return last_fill_;
}

void Gate::Work() {
  MutexLock lock(work_);
  for (;;) {
    while (!stop_ && served_ >= demands_) changed_.Wait(work_);
    if (stop_) return;
    const std::uint64_t demand = demands_;
    lock.Unlock();
    const std::int64_t begun = SteadyMicros();
    Result<void> filled;
    try {
      filled = Fill();
    } catch (const std::bad_alloc&) {  // would end the process
      filled = Error{Code::kIo, "fill filter: not enough memory"};
    }
    if (!store_.writable()) {
      constexpr std::int64_t kRest = 9;  // times as long as it worked
      const std::int64_t now = SteadyMicros();
      quiet_until_ = now + kRest * (now - begun);
      asked_ = 0;
    }
    lock.Lock();
    last_fill_ = std::move(filled);
    served_ = demand;
    changed_.NotifyAll();
  }
}

Result<void> Gate::Fill() {
  while (!stop_) {
    State state;
    Store::Stamp stamp;
    {
      const MutexLock writing(writer_);
      state.view = store_.Snapshot();
      state.policy = policy();
      TRY_ASSIGN(stamp, store_.CurrentStamp());
      filling_ = true;
      meanwhile_.Clear();
      touched_meanwhile_.Clear();
    }
    Result<std::unique_ptr<TaintFilter>> filter = FilterOf(state, stamp);
    Result<std::shared_ptr<RowTable>> rows = RowsOf(state);
    const MutexLock writing(writer_);
    filling_ = false;
    const TaintAdditions meanwhile = std::exchange(meanwhile_, {});
    const RowTouches touched = std::exchange(touched_meanwhile_, {});
    if (!filter) return std::move(filter).error();
    if (!rows) return std::move(rows).error();
    if (meanwhile.too_many && !store_.writable()) return {};  // a reader went on: later, then
    if (*filter == nullptr || meanwhile.too_many) continue;   // stopped, or out of date already
    (*filter)->Add(meanwhile);
    if (*rows) (*rows)->Mark(touched);
    asked_ = 0;
    Publish(state.policy, std::move(*filter), std::move(*rows));
    return {};
  }
  return {};
}

Result<std::unique_ptr<TaintFilter>> Gate::FilterOf(const State& state, const Store::Stamp& stamp) {
  if (!file_stamp_ || !store_.writable()) {
    file_stamp_.emplace();  // a writer looks once: we have not written it since
    const Result<std::optional<std::string>> bytes = store_.ReadSideFile(kFileName);
    if (bytes && *bytes) {
      if (auto filter = TaintFilter::Decode(**bytes, stamp)) {
        file_stamp_ = stamp;
        return filter;
      }
    }
  }
  return FillTaint(*state.view, *state.policy, std::thread::hardware_concurrency(), stop_);
}

Result<std::shared_ptr<RowTable>> Gate::RowsOf(const State& state) {
  if (rows_bytes_ == 0) return std::shared_ptr<RowTable>();
  return FillRows(*state.view, *state.policy, rows_bytes_, std::thread::hardware_concurrency(),
                  stop_);
}

// The next one to open the store will not have to fill it. What cannot be written is no loss.
void Gate::LeaveFile() const {
  const auto watch = watch_.Read();
  if (!store_.writable() || watch->filter->ask_store()) return;
  const Result<Store::Stamp> stamp = store_.CurrentStamp();
  if (!stamp || file_stamp_ == *stamp) return;
  // Were writes lost after this, other writes could get the numbers that the stamp names.
  if (!store_.Sync()) return;
  const Result<void> left = store_.WriteSideFile(kFileName, watch->filter->Encode(*stamp));
  static_cast<void>(left);
}

}  // namespace revenant
