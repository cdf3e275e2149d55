#include "registry/bulk/tables.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "registry/bulk/sellers.h"
#include "registry/state/late.h"
#include "registry/state/meta_rows.h"
#include "util/try.h"
#include "util/uniform_sort.h"

namespace revenant {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMemberPartitions = 64;
constexpr std::size_t kNameSample = 1 << 16;
constexpr std::size_t kEdgesAtOnce = 1 << 16;
constexpr std::size_t kLeastUnitBytes = 1 << 20, kMostUnitBytes = 64 << 20;

// Above every key that begins so.
std::string Above(std::string prefix) { return prefix.append(32, '\xff'); }

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::uint64_t HeadOf(const char* digest) {
  std::uint64_t head;
  std::memcpy(&head, digest, sizeof head);
  return __builtin_bswap64(head);
}

// Rows whose value is a seller's number, to be sorted by key: names and members.
struct KeyedHead {
  std::uint64_t seller = 0;
  std::uint16_t key_bytes = 0;
};
Result<void> PutKeyed(Spill::Writer& writer, std::size_t partition, std::string_view key,
                      SellerId seller) {
  std::string& out = writer.Open(partition);
  PutPacked(out,
            KeyedHead{static_cast<std::uint64_t>(seller), static_cast<std::uint16_t>(key.size())});
  out.append(key);
  return writer.Close(partition);
}

}  // namespace

// --- Taking records in ---

BulkTables::BulkTables(BulkWriter& writer, BulkWords& words, const LinkPolicy& policy,
                       const Options& options)
    : writer_(writer),
      words_(words),
      policy_(policy),
      options_(options),
      // A unit in the hands of each thread, and as much again to sort it, come on top.
      unit_bytes_(std::clamp(options.memory_bytes / (8 * std::size_t{options.threads}),
                             kLeastUnitBytes, kMostUnitBytes)),
      budget_(options.memory_bytes / 2),
      records_(writer.env(), writer.TemporaryPath("records"), kPartitions, budget_),
      carrying_(writer.env(), writer.TemporaryPath("carrying"), kPartitions, budget_),
      names_(writer.env(), writer.TemporaryPath("names"), kPartitions, budget_),
      members_(writer.env(), writer.TemporaryPath("members"), kMemberPartitions, budget_),
      known_observations_(writer.env(), writer.TemporaryPath("known_observations"), kPartitions,
                          budget_),
      known_stubs_(writer.env(), writer.TemporaryPath("known_sellers"), kPartitions, budget_),
      record_writer_(records_) {}

Result<void> BulkTables::Take(std::string_view record) {
  const char* at = record.data();
  const auto head = GetPacked<PackedRecord>(at);
  SampleName(head, {at, head.id_bytes});
  return record_writer_.Append(head.name.bytes[0], record);
}

// Every so many'th name, so that names can be dealt out evenly: they are no digests.
void BulkTables::SampleName(const PackedRecord& record, std::string_view id) {
  if (records_taken_++ % sample_every_ != 0) return;
  name_sample_.push_back(NameKey(record.platform, id));
  if (name_sample_.size() < kNameSample) return;
  for (std::size_t i = 0; 2 * i < name_sample_.size(); ++i) {
    name_sample_[i] = std::move(name_sample_[2 * i]);
  }
  name_sample_.resize(name_sample_.size() / 2);
  sample_every_ *= 2;
}

void BulkTables::ChooseSplitters() {
  std::sort(name_sample_.begin(), name_sample_.end());
  for (std::size_t i = 1; i < kPartitions; ++i) {
    const std::string& splitter = name_sample_[i * name_sample_.size() / kPartitions];
    if (splitters_.empty() || splitters_.back() < splitter) splitters_.push_back(splitter);
  }
  name_sample_ = {};
}

std::size_t BulkTables::NamePartition(std::string_view key) const {
  return static_cast<std::size_t>(std::upper_bound(splitters_.begin(), splitters_.end(), key) -
                                  splitters_.begin());
}

std::vector<BulkTables::Unit> BulkTables::UnitsOf(const Spill& spill, std::size_t bytes) {
  std::vector<Unit> units;
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < spill.partitions(); ++i) {
    if (spill.bytes(i) == 0) continue;
    if (units.empty() || size + spill.bytes(i) > bytes) {
      units.push_back({i, i});
      size = 0;
    }
    size += spill.bytes(i);
    units.back().end = i + 1;
  }
  return units;
}

Result<std::string> BulkTables::Load(Spill& spill, const Unit& unit) const {
  std::string bytes;
  std::uint64_t size = 0;
  for (std::size_t i = unit.begin; i < unit.end; ++i) size += spill.bytes(i);
  bytes.reserve(size);
  for (std::size_t i = unit.begin; i < unit.end; ++i) TRY(spill.Take(i, bytes));
  return bytes;
}

Result<void> BulkTables::Write(Tasks& tasks, RowSink& meta, BulkLoad::Phases& phases) {
  auto start = Clock::now();
  const auto lap = [&](double& phase) {
    phase = SecondsSince(start);
    start = Clock::now();
  };
  TRY(record_writer_.Finish());
  ChooseSplitters();
  seller_units_ = UnitsOf(records_, unit_bytes_);
  numbers_ = std::make_unique<Numbers>(seller_units_.size(), options_.known + 1);
  stubs_ = std::make_unique<Spill>(writer_.env(), writer_.TemporaryPath("sellers"),
                                   seller_units_.size(), budget_);
  TRY(tasks.Run(seller_units_.size(),
                [&](std::size_t unit) { return WriteSellersUnit(unit, tasks); }));
  if (tasks.stopped()) return {};
  if (numbers_->last() >= UINT32_MAX) {
    return Error{Code::kInvalidArgument, "import: more sellers than can be loaded at once"};
  }
  lap(phases.sellers);

  {
    const MutexLock lock(mutex_);
    clusters_.emplace(numbers_->last());
  }
  const std::vector<Unit> fingerprints = UnitsOf(carrying_, unit_bytes_);
  const std::vector<Unit> names = UnitsOf(names_, unit_bytes_);
  const std::vector<Unit> known = UnitsOf(known_observations_, unit_bytes_);
  TRY(tasks.Run(fingerprints.size() + names.size() + known.size(), [&](std::size_t task) {
    if (task < fingerprints.size()) return WriteFingerprintsUnit(fingerprints[task]);
    task -= fingerprints.size();
    if (task < names.size()) return WriteKeyedUnit(names_, names[task], Table::kNames);
    return WriteKnownObservationsUnit(known[task - names.size()]);
  }));
  if (tasks.stopped()) return {};
  lap(phases.fingerprints);

  Label();
  {
    const MutexLock lock(mutex_);
    phases.edges = edges_;
    phases.components = joining_seconds_;
  }
  const std::vector<Unit> stubs = UnitsOf(known_stubs_, unit_bytes_);
  TRY(tasks.Run(seller_units_.size() + stubs.size(), [&](std::size_t task) {
    if (task < seller_units_.size()) return WriteRowsUnit(task);
    return WriteKnownUnit(stubs[task - seller_units_.size()]);
  }));
  if (tasks.stopped()) return {};
  const std::vector<Unit> members = UnitsOf(members_, unit_bytes_);
  TRY(tasks.Run(members.size() + 2, [&](std::size_t task) {
    if (task == 0) return WriteComponents();
    if (task == 1) return WriteWords();
    return WriteKeyedUnit(members_, members[task - 2], Table::kMembers);
  }));
  lap(phases.clusters);
  WriteMeta(meta);
  phases.sellers_loaded = numbers_->last() - options_.known;
  return {};
}

// --- By seller ---

std::uint64_t BulkTables::Numbers::Take(std::size_t unit, std::uint64_t count, const Tasks& tasks) {
  const MutexLock lock(mutex_);
  while (bases_[unit] == 0) {
    if (tasks.halted()) return 0;
    changed_.WaitFor(mutex_, std::chrono::milliseconds(20));
  }
  bases_[unit + 1] = bases_[unit] + count;
  changed_.NotifyAll();
  return bases_[unit];
}

Result<void> BulkTables::WriteSellersUnit(std::size_t unit, const Tasks& tasks) {
  TRY_ASSIGN(const std::string bytes, Load(records_, seller_units_[unit]));
  struct Place {
    std::uint64_t head = 0;
    const char* record = nullptr;
  };
  std::vector<Place> places;
  for (const char* at = bytes.data(); at < bytes.data() + bytes.size();) {
    const char* record = at;
    places.push_back({HeadOf(record), record});
    at = record + GetPacked<PackedRecord>(at).bytes;
  }
  constexpr std::size_t kNameBytes = sizeof(PackedRecord::name);
  UniformSort(
      places, [](const Place& place) { return place.head; },
      [](const Place& a, const Place& b) {
        if (a.head != b.head) return a.head < b.head;
        const int order = std::memcmp(a.record, b.record, kNameBytes);
        return order != 0 ? order < 0 : a.record < b.record;
      });
  const auto same = [](const Place& a, const Place& b) {
    return a.head == b.head && std::memcmp(a.record, b.record, kNameBytes) == 0;
  };
  // What the store knew of a seller was dealt out last, so its last record tells its number.
  const auto number_of = [](const Place& place) {
    const char* at = place.record;
    return GetPacked<PackedRecord>(at).number;
  };
  std::uint64_t newcomers = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const bool is_last = i + 1 == places.size() || !same(places[i], places[i + 1]);
    newcomers += is_last && number_of(places[i]) == 0;
  }
  std::uint64_t next_number = numbers_->Take(unit, newcomers, tasks);
  if (next_number == 0) return {};

  TableFile observations(writer_, Table::kObservations);
  Spill::Writer carrying(carrying_), names(names_), stubs(*stubs_);
  Spill::Writer known_observations(known_observations_), known_stubs(known_stubs_);
  const WordsView view(words_);
  SellerSums seller{KindPolicies(policy_, view)};
  Counts counts;
  std::vector<Fingerprint> known_names;
  for (std::size_t begin = 0, end = 0; begin < places.size() && !tasks.halted(); begin = end) {
    while (end < places.size() && same(places[begin], places[end])) ++end;
    const std::uint64_t known = number_of(places[end - 1]);
    const std::uint64_t number = known != 0 ? known : next_number++;
    seller.Begin(SellerId{number});
    for (std::size_t i = begin; i < end; ++i) seller.Add(places[i].record);
    seller.Finish(counts);
    for (const Carrying& each : seller.carrying()) {
      PutPacked(carrying.Open(each.fingerprint.bytes[0]), each);
      TRY(carrying.Close(each.fingerprint.bytes[0]));
    }
    if (known != 0) {
      const bool changed = number_of(places[begin]) == 0;
      TRY(PutKnown(known_observations, known_stubs, seller, number, changed));
      const char* at = places[begin].record;
      if (changed) known_names.push_back(GetPacked<PackedRecord>(at).name);
      continue;
    }
    Result<void> written;
    seller.EmitObservations([&](std::string_view key, std::string_view value) {
      if (written) written = observations.Put(key, value);
    });
    TRY(written);
    const std::string key = NameKey(seller.row().platform, seller.row().external_id);
    TRY(PutKeyed(names, NamePartition(key), key, SellerId{number}));
    PutStub(stubs.Open(unit), seller.row());
    TRY(stubs.Close(unit));
  }
  TRY(observations.Finish());
  for (Spill::Writer* writer : {&carrying, &names, &stubs, &known_observations, &known_stubs}) {
    TRY(writer->Finish());
  }
  Add(counts);
  const MutexLock lock(mutex_);
  known_names_.insert(known_names_.end(), known_names.begin(), known_names.end());
  return {};
}

void BulkTables::Add(const Counts& counts) {
  const MutexLock lock(mutex_);
  counts_.sellers += counts.sellers;
  counts_.observations += counts.observations;
  counts_.fingerprints += counts.fingerprints;
  counts_.hubs += counts.hubs;
}

// --- By fingerprint ---

Result<void> BulkTables::WriteFingerprintsUnit(const Unit& unit) {
  std::vector<Carrying> all;
  {
    TRY_ASSIGN(const std::string bytes, Load(carrying_, unit));
    all.resize(bytes.size() / sizeof(Carrying));
    std::memcpy(all.data(), bytes.data(), bytes.size());
  }
  UniformSort(
      all,
      [](const Carrying& each) {
        return HeadOf(reinterpret_cast<const char*>(each.fingerprint.bytes.data()));
      },
      [](const Carrying& a, const Carrying& b) {
        return std::tie(a.fingerprint, a.place) < std::tie(b.fingerprint, b.place);
      });
  ByFingerprint files{
      {writer_, Table::kFingerprints}, {writer_, Table::kCarriers}, {writer_, Table::kDated}};
  if (options_.known > 0) {
    for (TableFile* file : {&files.spilled, &files.dated}) {
      TRY(file->Replace(std::string(1, static_cast<char>(unit.begin)),
                        Above(std::string(1, static_cast<char>(unit.end - 1)))));
    }
  }
  const WordsView view(words_);
  const KindPolicies kinds(policy_, view);
  Counts counts;
  std::vector<UnionFind::Edge> edges;
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    while (end < all.size() && all[end].fingerprint == all[begin].fingerprint) ++end;
    TRY(WriteFingerprint(kinds, std::span(all).subspan(begin, end - begin), files, counts, edges));
    if (edges.size() >= kEdgesAtOnce) Join(edges);
  }
  Join(edges);
  for (TableFile* file : {&files.rows, &files.spilled, &files.dated}) TRY(file->Finish());
  Add(counts);
  return {};
}

// There are no bans where a bulk load is taken in, but one may come.
Result<void> BulkTables::WriteDated(std::span<const Carrying> carriers, TableFile& dated) {
  std::vector<std::pair<std::int64_t, SellerId>> firsts;
  for (const Carrying& each : carriers) {
    const Carrier carrier = each.carrier();
    if (carrier.carrier_class == CarrierClass::kEnrolled) {
      firsts.emplace_back(each.first, carrier.seller);
    }
  }
  std::sort(firsts.begin(), firsts.end());
  for (const auto& [first, seller] : firsts) {
    TRY(dated.Put(DatedKey(carriers.front().fingerprint, Dated::kFirst, first, seller), ""));
  }
  return {};
}

Result<void> BulkTables::WriteFingerprint(const KindPolicies& kinds,
                                          std::span<const Carrying> carriers, ByFingerprint& files,
                                          Counts& counts, std::vector<UnionFind::Edge>& edges) {
  const bool dates = LeavesOutLate(policy_);
  FingerprintRow row;
  row.kind = carriers.front().kind;
  row.carriers = carriers.size();
  for (const Carrying& each : carriers) {
    const Carrier carrier = each.carrier();
    row.enrolled += carrier.carrier_class == CarrierClass::kEnrolled;
    if (!row.spilled()) {
      row.inline_carriers.push_back(carrier);
    } else {
      const CarrierRow own{carrier.observations, dates ? each.first : ObservationRow::kNever};
      TRY(files.spilled.Put(CarrierKey(each.fingerprint, carrier.carrier_class, carrier.seller),
                            Encode(own)));
    }
  }
  if (dates && row.spilled()) TRY(WriteDated(carriers, files.dated));
  TRY(files.rows.Put(FingerprintKey(carriers.front().fingerprint), Encode(row)));
  ++counts.fingerprints;
  counts.hubs += kinds.Linking(row.kind) && kinds.IsHub(row);
  if (carriers.size() == 1 || !kinds.Joins(row)) return {};
  const auto joins = [](const Carrying& each) { return each.joins(); };
  auto first = std::find_if(carriers.begin(), carriers.end(), joins);
  if (first == carriers.end()) return {};
  for (auto other = first + 1; other != carriers.end(); ++other) {
    if (other->joins()) edges.emplace_back(first->node(), other->node());
  }
  return {};
}

void BulkTables::Join(std::vector<UnionFind::Edge>& edges) {
  const MutexLock lock(mutex_);
  const auto start = Clock::now();
  clusters_->Join(edges);
  joining_seconds_ += SecondsSince(start);
  edges_ += edges.size();
  edges.clear();
}

// --- By cluster ---

void BulkTables::Label() {
  {
    const MutexLock lock(mutex_);
    roots_ = clusters_->Roots();
  }
  labels_.assign(roots_.size(), 0);
  for (const UnionFind::Node root : roots_) ++labels_[root];
  component_sizes_.assign(1, 0);
  for (std::uint32_t& label : labels_) {  // sizes so far
    if (label > 1) {
      component_sizes_.push_back(label);
      label = static_cast<std::uint32_t>(component_sizes_.size() - 1);
    } else {
      label = 0;
    }
  }
}

Result<void> BulkTables::WriteRow(std::uint64_t number, const char*& stub, TableFile& rows,
                                  Spill::Writer& members) {
  SellerRow row;
  GetStub(stub, row);
  const UnionFind::Node root = roots_[number - 1];
  row.label = LabelOf(root);
  TRY(rows.Put(SellerKey(SellerId{number}), Encode(row)));
  if (row.label == kNoLabel) return {};
  return PutKeyed(members,
                  std::uint64_t{labels_[root]} * kMemberPartitions / component_sizes_.size(),
                  MemberKey(row.label, 0, row.since, words_.At(row.platform), row.external_id),
                  SellerId{number});
}

Result<void> BulkTables::WriteRowsUnit(std::size_t unit) {
  TRY_ASSIGN(const std::string bytes, Load(*stubs_, {unit, unit + 1}));
  TableFile rows(writer_, Table::kSellers);
  Spill::Writer members(members_);
  std::uint64_t number = numbers_->base(unit);
  for (const char* at = bytes.data(); at < bytes.data() + bytes.size(); ++number) {
    TRY(WriteRow(number, at, rows, members));
  }
  TRY(rows.Finish());
  return members.Finish();
}

LabelId BulkTables::LabelOf(UnionFind::Node root) const {
  return labels_[root] == 0 ? kNoLabel : LabelId{options_.labels + labels_[root]};
}

Result<void> BulkTables::WriteComponents() {
  TRY(DropComponents());
  TableFile rows(writer_, Table::kComponents);
  ComponentRow row;
  for (std::size_t label = 1; label < component_sizes_.size(); ++label) {
    row.size = component_sizes_[label];
    TRY(rows.Put(ComponentKey(LabelId{options_.labels + label}, 0), Encode(row)));
  }
  return rows.Finish();
}

// --- By name, and what is left ---

Result<void> BulkTables::WriteKeyedUnit(Spill& spill, const Unit& unit, Table table) {
  TRY_ASSIGN(const std::string bytes, Load(spill, unit));
  struct Place {
    std::uint64_t head = 0;
    std::string_view key;
    std::uint64_t seller = 0;
  };
  std::vector<Place> places;
  std::size_t shared = SIZE_MAX;  // bytes that all keys begin with
  for (const char* at = bytes.data(); at < bytes.data() + bytes.size();) {
    const auto head = GetPacked<KeyedHead>(at);
    places.push_back({0, {at, head.key_bytes}, head.seller});
    at += head.key_bytes;
    const std::string_view first = places.front().key, key = places.back().key;
    shared = std::min({shared, first.size(), key.size()});
    shared = static_cast<std::size_t>(
        std::mismatch(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(shared), first.begin())
            .first -
        key.begin());
  }
  for (Place& place : places) {
    char head[sizeof(std::uint64_t)] = {};
    place.key.copy(head, sizeof head, shared);
    place.head = HeadOf(head);
  }
  UniformSort(
      places, [](const Place& place) { return place.head; },
      [](const Place& a, const Place& b) {
        return a.head != b.head ? a.head < b.head : a.key < b.key;
      });
  TableFile rows(writer_, table);
  for (const Place& place : places) TRY(rows.Put(place.key, EncodeNumber(place.seller)));
  return rows.Finish();
}

Result<void> BulkTables::WriteWords() {
  TableFile rows(writer_, Table::kWords);
  auto number = static_cast<std::uint32_t>(words_.known());
  for (const std::string& word : words_.added()) {
    std::string key;
    PutBigEndian32(key, ++number);
    TRY(rows.Put(key, word));
  }
  return rows.Finish();
}

void BulkTables::WriteMeta(RowSink& meta) const {
  meta.Put(Table::kMeta, kSellerCounter, EncodeNumber(numbers_->last()));
  if (component_sizes_.size() > 1) {
    meta.Put(Table::kMeta, kLabelCounter,
             EncodeNumber(options_.labels + component_sizes_.size() - 1));
  }
  const MutexLock lock(mutex_);
  meta.Put(Table::kMeta, Counts::kName, counts_.Encode());
}

}  // namespace revenant
