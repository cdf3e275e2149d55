#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "input.h"
#include "revenant/application.h"
#include "revenant/json.h"
#include "try.h"
#include "verb.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct ScreenArgs {
  std::vector<std::string> words;  // FILE, or a seller and its attributes
  InputArgs input;
  std::string as_of;
  bool exit_code = false;
  bool in_memory = false;
};

std::string Heading(Decision decision) {
  switch (decision) {
    case Decision::kBlock:
      return Coloured("BLOCK ", Colour::kRed);
    case Decision::kReview:
      return Coloured("review", Colour::kYellow);
    case Decision::kClear:
      break;
  }
  return Coloured("clear ", Colour::kGreen);
}

// Does the block rest on a value of this kind, among others perhaps?
bool BlocksBy(const Verdict& verdict, std::string_view kind) {
  const std::string_view name = kind.substr(0, kind.find('@'));
  const KindInfo* info = FindKind(name);
  if (verdict.decision != Decision::kBlock || verdict.links.empty() || info == nullptr) {
    return false;
  }
  const bool own = info->family == Family::kCustom;
  const std::vector<SharedIdentifier>& shared = verdict.links.front().path.front().shared;
  std::set<std::uint32_t> proofs;  // that hold something of the kind
  for (const SharedIdentifier& one : shared) {
    if (own ? one.kind == name : FindKind(one.kind) == info) proofs.insert(one.proof);
  }
  return std::any_of(shared.begin(), shared.end(), [&](const SharedIdentifier& one) {
    return one.makes_hop && one.from_is_later && proofs.contains(one.proof);
  });
}

// What was made of an attribute that was not plainly valid.
std::string_view UseOf(const AttributeOutcome& outcome, const Verdict& verdict) {
  switch (outcome.status) {
    case Status::kValid:
      return "used, mended";
    case Status::kUnverifiable:
      return BlocksBy(verdict, outcome.kind)
                 ? "used, and the block rests on it, but nothing in it can be checked"
                 : "used, but nothing in it can be checked";
    case Status::kJunk:
      return "not used, as it identifies nobody";
    case Status::kInvalid:
      return "not used, invalid";
    case Status::kUnknownKind:
      break;
  }
  return "not used, no such kind";
}

// "PLATFORM:ID kind=value ...": one application, as of now.
Result<Record> SpelledOut(const std::vector<std::string>& words, Time seen) {
  Record record;
  TRY_ASSIGN(record.seller, SellerArgument(words.front()));
  record.status = SellerStatus::kApplicant;
  record.seen = seen;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    const std::string kind = words[i].substr(0, equals);
    if (equals == std::string::npos) {
      return Error{Code::kInvalidArgument,
                   "screen: a FILE stands alone; behind a seller write KIND=VALUE, such as "
                   "pay.iban=DE89370400440532013000"};
    }
    if (FindKind(kind.substr(0, kind.find('@'))) == nullptr) {
      const std::string meant = SuggestKind(kind);
      return Error{Code::kInvalidArgument,
                   fmt::format("screen: no kind {:?}{}; see `revenant kinds`", kind,
                               meant.empty() ? "" : fmt::format("; did you mean {}?", meant))};
    }
    record.attributes.push_back({kind, "", words[i].substr(equals + 1)});
  }
  return record;
}

class Screening {
 public:
  Screening(const ScreenArgs& args, Context& context)
      : args_(args), context_(context), rejects_(context, args.input) {}

  Result<int> Run() {
    TRY_ASSIGN(const ReadOptions options, args_.input.ReadingOptions());
    if (!args_.as_of.empty() || !context_.now.empty()) {
      TRY_ASSIGN(as_of_, context_.TimeOr("--as-of", args_.as_of));
    }
    const Context::Rows rows = args_.in_memory ? Context::Rows::kInMemory : Context::Rows::kInStore;
    if (args_.words.size() > 1) return ScreenOne(rows);
    TRY_ASSIGN(const auto registry, context_.OpenRegistry(Access::kReadOnly, rows));
    TRY(rejects_.Open({&args_.words.front(), 1}));
    TRY_ASSIGN(const auto reader, RecordReader::Open(args_.words.front(), options));
    if (!reader->found().empty()) NoteFound(context_, reader->file(), reader->found());
    TRY(ScreenAll(*registry, *reader));
    if (!reader->unmapped().empty()) NoteUnmapped(context_, reader->file(), reader->unmapped());
    TRY(rejects_.Finish());
    return Summarise(reader->file());
  }

 private:
  // A caller that asks for the exit code wants all verdicts, even if the output is no longer read.
  bool Enough() const { return context_.out.done() && !args_.exit_code; }

  Result<int> ScreenOne(Context::Rows rows) {
    TRY_ASSIGN(const Time now, as_of_.known() ? Result<Time>(as_of_) : context_.Now());
    TRY_ASSIGN(const Record record, SpelledOut(args_.words, now));
    TRY_ASSIGN(const auto registry, context_.OpenRegistry(Access::kReadOnly, rows));
    TRY(JudgeAndPrint(*registry, record));
    return Summarise("the command line");
  }

  Result<void> JudgeAndPrint(const Registry& registry, const Record& record) {
    TRY_ASSIGN(const Certified judged, Judge(registry, record));
    ++verdicts_[static_cast<std::size_t>(judged.verdict.decision)];
    compared_ = compared_ || judged.verdict.identifiers > 0;
    dated_ahead_ += record.seen > judged.verdict.as_of;
    const std::vector<Link>& links = judged.verdict.links;
    later_bans_ += std::any_of(links.begin(), links.end(), [&](const Link& link) {
      return link.banned_at > judged.verdict.as_of;
    });
    if (context_.json) {
      context_.out.Line(ToJson(judged.verdict, judged.certificate));
    } else {
      Print(judged.verdict);
    }
    return {};
  }

  // Rows of one seller add up wherever they stand. Of more than fits into memory those of each
  // part do, and it is said how many sellers stand in several. From stdin, where a coprocess waits
  // for each answer before it asks again, each row is judged alone.
  Result<void> ScreenAll(const Registry& registry, RecordReader& reader) {
    const bool at_once = args_.words.front() == "-";
    InputRecord input;
    while (!Enough()) {
      const Result<bool> more = reader.Next(input);
      if (!more) {  // what stands before a damaged place is sound
        TRY(JudgeHeld(registry));
        return more.error();
      }
      if (!*more) break;
      for (const Reject& reject : input.rejects) rejects_.Take(reject);
      input.rejects.clear();
      if (!input.usable) {
        ++refused_;
        continue;
      }
      if (!at_once) {
        Hold(input);
        if (held_bytes_ > kMaxHeldBytes) TRY(JudgeHeld(registry));
        continue;
      }
      if (sellers_.size() < kMostFromStdin) {
        sellers_.push_back(HashOf(input.record.seller.ToString()));
      }
      TRY(JudgeAndPrint(registry, input.record));
      context_.out.Flush();
    }
    return JudgeHeld(registry);
  }

  void Hold(InputRecord& row) {
    row.places.clear();
    held_bytes_ += kRowBytes;
    for (const RawAttribute& attribute : row.record.attributes) {
      held_bytes_ += sizeof(RawAttribute) + attribute.value.size();
    }
    std::string name = row.record.seller.ToString();
    const auto known = places_.find(name);
    if (known != places_.end()) {
      if (held_[known->second].Add(row)) {
        ++added_;
        return;
      }
      ++cut_;
    }
    places_.insert_or_assign(std::move(name), held_.size());
    held_.emplace_back().Begin(row);
  }

  Result<void> JudgeHeld(const Registry& registry) {
    for (const Application& one : held_) {
      if (Enough()) break;
      TRY(JudgeAndPrint(registry, one.input.record));
    }
    for (const auto& [name, place] : places_) sellers_.push_back(HashOf(name));
    held_.clear();
    places_.clear();
    held_bytes_ = 0;
    return {};
  }

  static std::size_t HashOf(std::string_view name) { return std::hash<std::string_view>()(name); }

  // Of all that was judged together, or alone: how often a seller came again.
  std::size_t Again() {
    std::sort(sellers_.begin(), sellers_.end());
    const auto end = std::unique(sellers_.begin(), sellers_.end());
    return static_cast<std::size_t>(sellers_.end() - end);
  }

  // A person is shown no certificate, so none is made.
  Result<Certified> Judge(const Registry& registry, const Record& record) const {
    if (context_.json) return registry.Certify(record, as_of_);
    TRY_ASSIGN(Verdict verdict, registry.Screen(record, as_of_));
    return Certified{std::move(verdict), ""};
  }

  void Print(const Verdict& verdict) {
    context_.out.Line(" " + verdict.seller.ToString(), Heading(verdict.decision));
    for (const Reason& reason : verdict.reasons) {
      // That there is nothing goes without saying; that it is too weak or too far away does not.
      const bool nothing =
          reason.because == Because::kNoLink && reason.text.starts_with("Nothing ");
      if (!nothing) context_.out.Line("       " + reason.text);
    }
    for (const SellerName& seller : verdict.contested) {
      context_.out.Line(fmt::format("       contested: an objection of {} awaits a person's review",
                                    seller.ToString()));
    }
    for (const AttributeOutcome& outcome : verdict.attributes) {
      context_.out.Line(fmt::format("       {}: {}{}{}", UseOf(outcome, verdict), outcome.kind,
                                    outcome.reason.empty() ? "" : ": ", outcome.reason));
    }
    if (verdict.awaiting == 0) return;
    context_.out.Line(fmt::format("       {} not been compared with other members' lists{}",
                                  verdict.awaiting == 1
                                      ? "1 identifier has"
                                      : Grouped(verdict.awaiting) + " identifiers have",
                                  verdict.local() ? ": clear here only" : ""));
  }

  void SayWhatIsLater() const {
    if (dated_ahead_ > 0) {
      context_.Note(fmt::format("{} seen after the moment of the verdict ({}): taken as seen then",
                                Counted(dated_ahead_, "application"),
                                args_.as_of.empty() ? "now" : "--as-of"));
    }
    if (later_bans_ > 0) {
      context_.Note(fmt::format(
          "{} with a link to a ban dated after --as-of: a verdict counts all that is on file, "
          "whenever it happened; --as-of is the moment that it states",
          Counted(later_bans_, "application")));
    }
  }

  void SayHowRowsAddedUp() {
    if (added_ > 0) {
      context_.Note(fmt::format("{} added to others of the same seller", Counted(added_, "row")));
    }
    if (cut_ > 0) {
      context_.Note(fmt::format(
          "{} reached the limit for one, {} attributes or 16 MiB; what follows of the seller was "
          "judged as another one",
          Counted(cut_, "application"), Grouped(kMaxAttributes)));
    }
    const std::size_t again = Again();
    if (again == 0) return;
    context_.Note(
        args_.words.front() == "-"
            ? fmt::format("{} of a seller that had one before; from stdin each row is answered at "
                          "once and alone: put all values of an applicant into one row (pay.iban, "
                          "pay.iban#2), or name a file, whose rows of one seller add up",
                          Counted(again, "row"))
            : fmt::format("{} of a seller that had one before: the file is too large to be held in "
                          "memory, so rows far apart were judged alone; sort it by platform and "
                          "seller and use `revenant audit`",
                          Counted(again, "application")));
  }

  Result<int> Summarise(const std::string& file) {
    const auto [clear, review, block] = verdicts_;
    if (!context_.json) {
      context_.Note(fmt::format(
          "{}: {} clear, {} review, {} block{}", Counted(clear + review + block, "application"),
          Grouped(clear), Grouped(review), Grouped(block),
          refused_ == 0 ? "" : fmt::format("; {} not screened", Grouped(refused_))));
    }
    if (args_.exit_code && refused_ > 0) {
      return Error{
          Code::kInvalidArgument,
          fmt::format(
              "{}: {} could not be read, so no verdict covers all of the input; correct the file",
              file, Counted(refused_, "application"))};
    }
    SayHowRowsAddedUp();
    SayWhatIsLater();
    if (clear + review + block == 0) return kNothing;
    if (!compared_ && review + block == 0) {
      context_.Note(
          "nothing was compared: no application carries an identifier that can be used; a column "
          "named after a kind is one (`revenant kinds`), and --map COLUMN=KIND says what a column "
          "is");
      return kNothing;
    }
    if (!args_.exit_code) return kDone;
    return block > 0 ? kBlock : review > 0 ? kReview : kDone;
  }

  const ScreenArgs& args_;
  Context& context_;
  RejectSink rejects_;
  Time as_of_;
  std::array<std::uint64_t, 3> verdicts_{};  // by Decision
  std::uint64_t refused_ = 0;
  bool compared_ = false;
  static constexpr std::size_t kMaxHeldBytes = std::size_t{256} << 20;
  static constexpr std::size_t kMostFromStdin = 1u << 20;  // of which repetitions are looked for
  static constexpr std::size_t kRowBytes = 512;  // about what a row takes beside its attributes
  std::vector<Application> held_;                // in the order of their first rows
  std::unordered_map<std::string, std::size_t> places_;  // of a seller's last one in held_
  std::size_t held_bytes_ = 0;
  std::uint64_t added_ = 0, cut_ = 0;
  std::uint64_t dated_ahead_ = 0, later_bans_ = 0;
  std::vector<std::size_t> sellers_;  // those judged, by hash, once for each part of the input
};

}  // namespace

void AddScreen(CLI::App& app, Context& context) {
  const Verb<ScreenArgs> verb(app, context, "screen", "Judge applications; writes nothing");
  verb.Add(
          "FILE", verb->words,
          "Applications: CSV or JSON Lines; - is stdin. Or one of them: PLATFORM:ID KIND=VALUE ...")
      ->required();
  AddInputOptions(verb.app(), verb->input, RejectsOption::kFile);
  verb.Add(
      "--as-of", verb->as_of, "T",
      "Moment that the verdict states, and at which an application on the command line is seen "
      "(default: now); bans of a later date count all the same");
  verb.AddFlag("--in-memory", verb->in_memory,
               "First read the rows around bans into memory: for thousands of applications");
  verb.AddFlag("--exit-code", verb->exit_code,
               "Exit with the gravest: 0 clear, 10 review, 20 block; 2 if one was unreadable");
  verb.Footer(
      "One verdict per application, in order: clear, review or block, with the links to bans and\n"
      "the reasons. Rows of one seller add up, wherever they stand in FILE; from stdin each row "
      "is\n"
      "answered at once, alone.\n"
      "Exit code 1: no application could be read, or none carries an identifier.\n"
      "What stands on the command line can be seen by other users of the machine (ps).");
  verb.Runs([](const ScreenArgs& args, Context& its) { return Screening(args, its).Run(); });
}

}  // namespace revenant::cli
