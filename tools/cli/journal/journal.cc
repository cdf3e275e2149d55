#include "revenant/journal.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "journal/journal_files.h"
#include "json_line.h"
#include "revenant/atomic_file.h"
#include "revenant/journal_keys.h"
#include "try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct JournalArgs {
  std::string file, key, out, signers;
  std::vector<std::string> witnesses;
  std::optional<std::uint64_t> from, seq, since;
  bool replace_lost = false;
};

std::string Text(const JournalEntry& entry) {
  return fmt::format("{}  {}  {}  {}", entry.seq, FormatTime(entry.at), entry.type,
                     entry.opening ? entry.opening->body : "(erased)");
}

std::string EntryLine(const JournalEntry& entry) {
  Json line = {{"v", 1},
               {"seq", std::to_string(entry.seq)},
               {"at", FormatTime(entry.at)},
               {"type", entry.type},
               {"commitment", ToHex(entry.commitment)},
               {"body", nullptr}};
  if (entry.opening) line["body"] = Json::parse(entry.opening->body, nullptr, false);
  return JsonLine(line);
}

Result<int> Show(const JournalArgs& args, Context& context) {
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY_ASSIGN(const auto journal, registry->Journal());
  const std::uint64_t from = args.from.value_or(0);
  TRY(journal->ForEach(from, [&](const JournalEntry& entry) -> Result<bool> {
    context.out.Line(context.json ? EntryLine(entry) : Text(entry));
    return !context.out.done();
  }));
  return from < journal->head().size ? kDone : kNothing;
}

Result<int> ShowKey(const JournalArgs& args, Context& context) {
  TRY_ASSIGN(const JournalKey key, FindOrMakeJournalKey(context, args.replace_lost));
  {
    TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
    TRY(HoldToSigner(context, *registry, key));
  }
  const std::string text = key.public_key().ToText();
  context.out.Line(context.json ? JsonLine({{"v", 1}, {"key", text}}) : text);
  return kDone;
}

Result<int> Sign(const JournalArgs& args, Context& context) {
  TRY_ASSIGN(const JournalKey key, ReadJournalKey(context));
  TRY_ASSIGN(const Time now, context.Now());
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY(HoldToSigner(context, *registry, key));
  TRY_ASSIGN(const auto journal, registry->Journal());
  const std::string note = SignCheckpoint({journal->head(), now, false}, key);
  if (!args.out.empty()) {
    TRY(context.WriteOutput(args.out, note));
  } else if (context.json) {
    context.out.Line(JsonLine({{"v", 1},
                               {"size", std::to_string(journal->head().size)},
                               {"root", ToHex(journal->head().root)},
                               {"checkpoint", note}}));
  } else {
    context.out.Write(note);
  }
  return kDone;
}

// Entered before it is written, so that the file holds the entry about itself.
Result<int> Export(const JournalArgs& args, Context& context) {
  TRY(context.CheckOutput(args.out));
  TRY_ASSIGN(const JournalKey key, ReadJournalKey(context));
  TRY_ASSIGN(const Time now, context.Now());
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  TRY(NameAsSigner(context, *registry, key));
  TRY(registry->RecordExport("journal", "", std::nullopt, {}));
  TRY_ASSIGN(const auto journal, registry->Journal());
  if (args.out.empty()) {
    TRY(journal->Export(key, now, [&](std::string_view piece) { context.out.Write(piece); }));
    return kDone;
  }
  AtomicFile file(args.out);
  TRY(file.Open());
  Result<void> written;
  TRY(journal->Export(key, now, [&](std::string_view piece) {
    if (written) written = file.Append(piece);
  }));
  TRY(written);
  TRY(file.Finish());
  TRY(file.Publish());
  context.Note(fmt::format("{}: entries up to number {}", args.out, journal->head().size - 1));
  return kDone;
}

Json Hashes(const std::vector<TreeHash>& proof) {
  Json list = Json::array();
  for (const TreeHash& hash : proof) list.push_back(ToHex(hash));
  return list;
}

Result<int> Prove(const JournalArgs& args, Context& context) {
  TRY_ASSIGN(const JournalKey key, ReadJournalKey(context));
  TRY_ASSIGN(const Time now, context.Now());
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
  TRY(HoldToSigner(context, *registry, key));
  TRY_ASSIGN(const auto journal, registry->Journal());
  const TreeHead& head = journal->head();
  Json line = {{"v", 1}, {"size", std::to_string(head.size)}, {"root", ToHex(head.root)}};
  if (args.since) {
    TRY_ASSIGN(const TreeHead old, journal->HeadAt(*args.since));
    TRY_ASSIGN(const auto proof, journal->ProveConsistency(*args.since));
    line["old_size"] = std::to_string(old.size);
    line["old_root"] = ToHex(old.root);
    line["consistency"] = Hashes(proof);
  } else {
    TRY_ASSIGN(const JournalEntry entry, journal->At(*args.seq));
    TRY_ASSIGN(const auto proof, journal->ProveInclusion(*args.seq));
    line["seq"] = std::to_string(entry.seq);
    line["leaf_hash"] = ToHex(LeafHashOf(entry));
    line["inclusion"] = Hashes(proof);
  }
  line["checkpoint"] = SignCheckpoint({head, now, false}, key);
  context.out.Text(line.dump(context.json ? -1 : 1));
  return kDone;
}

// The new secret is on disk before the journal names it, and the public half before it takes its
// place: cut short anywhere, the same command goes on.
Result<int> Rotate(const JournalArgs&, Context& context) {
  TRY_ASSIGN(const fs::path named, context.JournalKeyPath());
  std::error_code error;
  // Through a link: the new secret belongs where the old one lies.
  const fs::path followed = fs::canonical(named, error);
  const fs::path file = error ? named : followed;
  fs::path next_file = file, old_file = file;
  next_file += ".new";
  old_file += ".old";
  TRY_ASSIGN(const JournalKey now, ReadJournalKey(context));
  TRY_ASSIGN(const Actor acting, context.Acting());
  TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadWrite));
  Result<JournalKey> next = JournalKey::Read(next_file);
  TRY_ASSIGN(const std::optional<JournalPublicKey> signer, SignerOf(*registry));
  const bool is_begun = next && signer && signer->ToText() == next->public_key().ToText();
  if (!is_begun) {
    if (signer && signer->ToText() != now.public_key().ToText()) {
      TRY(HoldToSigner(context, *registry, now));
    }
    if (!next && next.error().code == Code::kNotFound) {
      next = JournalKey::Generate();
      if (!next) return std::move(next).error();
      TRY(next->WriteNew(next_file));
    }
    if (!next) return std::move(next).error();
    TRY(RotateSigner(*registry, now, next->public_key(), acting));
  }
  TRY_ASSIGN(const std::string signers, SignersOf(*registry));
  TRY(ReplaceFile(PublicPathOf(file), signers));
  fs::remove(old_file, error);
  fs::create_hard_link(file, old_file, error);
  if (!error) fs::rename(next_file, file, error);
  if (error) {
    return Error{Code::kIo, fmt::format("{}: cannot take the place of {}: {}", next_file.string(),
                                        file.string(), error.message())};
  }
  const std::string text = next->public_key().ToText();
  context.out.Line(context.json ? JsonLine({{"v", 1}, {"key", text}}) : text);
  context.Note(
      fmt::format("give {} to those who verify: it leads from the key of before to this one",
                  PublicPathOf(file).string()));
  return kDone;
}

Json FaultJson(const JournalFault& fault) {
  Json json = {{"line", std::to_string(fault.line)}, {"what", fault.what}};
  if (fault.entry) {
    json["entry"] = std::to_string(*fault.entry);
    json["last"] = std::to_string(fault.last);
  }
  return json;
}

Result<int> Verify(const JournalArgs& args, Context& context) {
  TRY_ASSIGN(const std::vector<JournalPublicKey> keys, ReadSigners(args.key, args.signers));
  std::vector<std::string> witnesses;
  for (const std::string& file : args.witnesses) {
    TRY_ASSIGN(witnesses.emplace_back(), ReadSmallFile(file));
  }
  TRY_ASSIGN(const auto input, PieceReader::Open(args.file));
  const Result<JournalCheck> check =
      VerifyJournalUnder([&] { return input->Next(); }, keys, witnesses);
  if (!check) {
    return Error{check.error().code, fmt::format("{}: {}", args.file, check.error().message)};
  }
  if (context.json) {
    Json line = {
        {"v", 1},
        {"holds", !check->fault},
        {"entries", std::to_string(check->entries)},
        {"erased", std::to_string(check->erased)},
        {"signed_at", check->head ? Json(FormatTime(check->head->at)) : Json()},
        {"fault", check->fault ? FaultJson(*check->fault) : Json()},
        {"witness", check->witness ? Json(std::to_string(check->witness->head.size)) : Json()}};
    context.out.Line(JsonLine(line));
  } else {
    for (const std::string& line : Describe(*check)) context.out.Line(line);
  }
  return check->fault ? kNothing : kDone;
}

}  // namespace

void AddJournal(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("journal", "Who did what and when, and the proof of it");
  verb->require_subcommand(1);
  auto args = std::make_shared<JournalArgs>();
  const auto add = [&](const char* name, const char* says,
                       Result<int> (*run)(const JournalArgs&, Context&)) {
    CLI::App* one = verb->add_subcommand(name, says);
    one->callback([args, &context, run] {
      context.run = [args, &context, run] { return run(*args, context); };
    });
    return one;
  };
  CLI::App* show = add("show", "List entries, oldest first", Show);
  show->add_option("--from", args->from, "Begin with this number")->type_name("N");
  show->footer("Exit code 1: there are none.");
  CLI::App* checkpoint = add("checkpoint", "Sign the journal as it stands, for a witness", Sign);
  checkpoint->add_option("--out", args->out, "File to write, rather than stdout");
  checkpoint->footer(
      "Give it to an outside party, or keep it where the holder of the key cannot write: anything\n"
      "rewritten before it shows in `journal verify --witness`.");
  add("export", "Write the whole journal as a file that anyone can verify", Export)
      ->add_option("--out", args->out, "File to write, rather than stdout");
  add("key", "Print the public key (and make the pair for a store that has none)", ShowKey)
      ->add_flag("--replace-lost", args->replace_lost,
                 "Where the key that signs is lost: let a new one sign from now on, for good");
  add("rotate", "Let a new key sign from now on, and the old one say so", Rotate)
      ->footer(
          "The old key signs the succession, which is in the journal and in the file of the public "
          "key:\n"
          "whoever has the old public key verifies with `--signers` that file. The old secret is "
          "left\n"
          "as FILE.old: destroy it. Checkpoints that it signed before hold on.");
  CLI::App* prove =
      add("prove", "Prove that an entry is in the journal, or that the journal only grew", Prove);
  auto* seq = prove->add_option("SEQ", args->seq, "Number of the entry");
  prove->add_option("--since", args->since, "Number of entries of an older checkpoint")
      ->type_name("SIZE")
      ->excludes(seq);
  prove->require_option(1, 1);
  CLI::App* verify = add("verify", "Check an exported journal with the public key alone", Verify);
  verify->add_option("FILE", args->file, "What `journal export` wrote; - is stdin")->required();
  verify->add_option("--key", args->key, "The journal's public key: its file, or the key itself")
      ->type_name("PUB")
      ->required();
  verify
      ->add_option(
          "--signers", args->signers,
          "The journal's public key file of today, where --key is one of before a rotation")
      ->type_name("PUB");
  verify->add_option("--witness", args->witnesses, "A checkpoint that was kept outside; repeatable")
      ->type_name("FILE");
  verify->footer(
      "Needs no store. Names the first entry that was edited, dropped, swapped or added, and the\n"
      "newest checkpoint given that agrees. Exit code 1: the journal does not hold.");
}

}  // namespace revenant::cli
