#include <fmt/format.h>
#include <stdlib.h>

#include <cstdio>
#include <optional>
#include <stdexcept>
#include <type_traits>

#include "market/play.h"
#include "revenant/audit.h"
#include "revenant/screener.h"

namespace revenant::market {
namespace {

constexpr std::int64_t kMinute = 60'000'000;
constexpr Time kOpening{1'640'995'200'000'000};  // 2022-01-01

Time TimeOf(std::int64_t minute) { return Time{kOpening.micros + minute * kMinute}; }
SellerName SellerOf(std::size_t account) { return {"market", fmt::format("S{:07}", account)}; }

// A program of measuring has nothing better to do about an error than to say it and end.
template <typename T>
T Must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "market-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

template <typename Any>
bool IsVerified(const Any& attribute) {
  if constexpr (requires { attribute.verified; }) return attribute.verified;
  return false;
}

template <typename Any>
void SetVerified(Any& attribute, bool verified) {
  if constexpr (requires { attribute.verified; }) attribute.verified = verified;
}

Record RecordOf(const World& world, std::size_t number) {
  const Account& account = world.accounts[number];
  Record record;
  record.seller = SellerOf(number);
  record.seen = TimeOf(account.minute);
  for (const Value& value : account.values) {
    RawAttribute& attribute = record.attributes.emplace_back();
    attribute.kind = NameOf(value.kind);
    attribute.value = TextOf(value);
    SetVerified(attribute, value.verified);
  }
  return record;
}

class Library : public Judge {
 public:
  Library(const LinkPolicy& policy, bool texts) : texts_(texts) {
    registry_ = Must(Registry::Create(folder_.path() / "store", Must(Key::Generate()), policy));
    screener_.emplace(*registry_);
  }

  void Load(const World& world) override {
    const std::filesystem::path file = folder_.path() / "history.jsonl";
    std::FILE* out = std::fopen(file.c_str(), "wb");
    if (out == nullptr) throw std::runtime_error("cannot write the history");
    std::uint64_t lines = 0;
    for (std::size_t i = 0; i < world.accounts.size(); ++i) {
      if (world.accounts[i].minute >= world.history_minutes) continue;
      fmt::print(out, "{}\n", Line(RecordOf(world, i)));
      ++lines;
    }
    std::fclose(out);
    ImportOptions options;
    options.mode = ImportMode::kBulk;
    options.threads = 1;
    std::uint64_t rejects = 0;
    options.hooks.on_reject = [&](const Reject&) { ++rejects; };
    const std::string files[] = {file.string()};
    const ImportReport report = Must(Import(*registry_, files, options));
    if (report.records != lines || rejects > lines) {
      throw std::runtime_error("the history was not taken in");
    }
    Must(registry_->WarmUp());
  }
  const Registry& registry() const { return *registry_; }

  Answer Ask(const World& world, std::size_t account) override {
    Record record = RecordOf(world, account);
    record.status = SellerStatus::kApplicant;
    const Verdict* verdict = Must(screener_->Screen(record, record.seen));
    Answer answer{verdict->decision, 0, {}};
    for (const Reason& reason : verdict->reasons) {
      answer.because |= 1u << static_cast<unsigned>(reason.because);
    }
    if (texts_) answer.text = verdict->reasons.front().text;
    return answer;
  }
  void Enrol(const World& world, std::size_t account) override {
    const Record record = RecordOf(world, account);
    Must(registry_->Apply(Must(registry_->Prepare(record, record.seen)).event));
  }
  void Ban(const World&, std::size_t account, std::int64_t minute) override {
    Must(registry_->Apply(
        revenant::Ban{SellerOf(account), fmt::format("C{}", account), "fakes", TimeOf(minute)}));
  }

 private:
  static std::string Line(const Record& record) {
    // Nothing in it needs escapes.
    std::string line =
        fmt::format(R"({{"platform":"{}","seller":"{}","seen":"{}","attributes":[)",
                    record.seller.platform, record.seller.external_id, FormatTime(record.seen));
    for (const RawAttribute& attribute : record.attributes) {
      if (line.back() != '[') line += ',';
      line += fmt::format(R"({{"kind":"{}","value":"{}")", attribute.kind, attribute.value);
      if (!attribute.country.empty()) line += fmt::format(R"(,"country":"{}")", attribute.country);
      if (IsVerified(attribute)) line += R"(,"verified":true)";
      line += '}';
    }
    return line + "]}";
  }

  const bool texts_;
  Folder folder_;
  std::unique_ptr<Registry> registry_;
  std::optional<Screener> screener_;
};

}  // namespace

std::unique_ptr<Judge> MakeLibrary(const LinkPolicy& policy, bool texts) {
  return std::make_unique<Library>(policy, texts);
}

Calibration CalibrateOn(const World& world, const LinkPolicy& policy) {
  Library library(policy, false);
  library.Load(world);
  for (std::size_t i = 0; i < world.accounts.size(); ++i) {
    if (const auto fall = FallInHistory(world, i)) library.Ban(world, i, *fall);
  }
  return Must(Calibrate(library.registry()));
}

}  // namespace revenant::market
