#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "linkage/junk_values.h"
#include "linkage/pools.h"
#include "records/byte_source.h"
#include "revenant/identifier.h"
#include "revenant/records.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct NormalizeArgs {
  std::string file = "-";
  std::string policy;
};

// What is asked in one line: kind and value, or what is wrong with the line.
struct Question {
  std::string kind;
  std::string value;
  std::string_view fault;
};

// Undoes \n, \t and \\; false for any other backslash.
bool Unescape(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (next != 'n' && next != 't' && next != '\\') return false;
    out += next == 'n' ? '\n' : next == 't' ? '\t' : '\\';
    ++i;
  }
  return true;
}

Question Ask(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  Question question;
  const std::size_t tab = line.find('\t');
  if (tab == std::string_view::npos) {
    question.fault = "the line has no tab: write KIND<TAB>VALUE";
    return question;
  }
  question.kind = line.substr(0, tab);
  if (!Unescape(line.substr(tab + 1), question.value)) {
    question.fault = "a backslash stands before something else than n, t or a backslash";
  }
  return question;
}

class Normalizer {
 public:
  Normalizer(Context& context, LinkPolicy policy)
      : context_(context), policy_(std::move(policy)), junk_(policy_) {}

  // Answers each line that ends in `bytes`; what is left begins the next one.
  void Feed(std::string_view bytes) {
    for (std::size_t end; (end = bytes.find('\n')) != std::string_view::npos;) {
      Extend(bytes.substr(0, end));
      Answer();
      bytes.remove_prefix(end + 1);
    }
    Extend(bytes);
  }

  // The input is at its end; a last line may lack its newline.
  void End() {
    if (is_too_long_ || !text_.empty()) Answer();
  }

 private:
  void Extend(std::string_view piece) {
    if (is_too_long_ || text_.size() + piece.size() > kMaxRecordBytes) {
      is_too_long_ = true;
      text_.clear();
    } else {
      text_ += piece;
    }
  }

  void Answer() {
    ++line_;
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    std::string_view line = text_;
    if (line_ == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    question_ = is_too_long_ ? Question{.fault = "the line is too long"} : Ask(line);
    normal_.Clear();
    if (question_.fault.empty()) {
      Normalize({question_.kind, {}, question_.value}, normal_);
      TakeAsPooled(policy_, normal_);
      junk_.Judge(normal_);
    } else {
      normal_.status = Status::kInvalid;
      normal_.reason = question_.fault;
    }
    context_.json ? ReplyJson() : ReplyText();
    text_.clear();
    is_too_long_ = false;
  }

  void ReplyJson() {
    nlohmann::ordered_json line = {{"v", 1}, {"line", line_}, {"kind", question_.kind}};
    line["status"] = StatusName(normal_.status);
    line["canonical"] = nullptr;
    line["reason"] = nullptr;
    if (!normal_.reason.empty()) line["reason"] = normal_.reason;
    if (normal_.where >= 0) line["where"] = normal_.where;
    if (normal_.repaired) line["repaired"] = true;
    auto& identifiers = line["identifiers"] = nlohmann::ordered_json::array();
    for (const Identifier& identifier : normal_.identifiers()) {
      nlohmann::ordered_json item = {{"kind", identifier.kind},
                                     {"canonical", identifier.canonical}};
      if (!identifier.scope.empty()) item["scope"] = identifier.scope;
      identifiers.push_back(std::move(item));
    }
    if (!identifiers.empty()) line["canonical"] = identifiers.front()["canonical"];
    context_.out.Line(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }

  void ReplyText() {
    std::string line = fmt::format("{}\t{}\t", StatusName(normal_.status), Escaped(question_.kind));
    const auto identifiers = normal_.identifiers();
    if (!identifiers.empty()) line += Escaped(identifiers.front().canonical);
    if (!normal_.reason.empty()) line += fmt::format("\t{}", normal_.reason);
    for (std::size_t i = 1; i < identifiers.size(); ++i) {
      line += fmt::format("\t{}={}", identifiers[i].kind, Escaped(identifiers[i].canonical));
    }
    context_.out.Line(line);
  }

  Context& context_;
  const LinkPolicy policy_;
  const JunkValues junk_;
  Question question_;
  Normalized normal_;
  std::string text_;  // of the line so far
  bool is_too_long_ = false;
  std::uint64_t line_ = 0;
};

// Every line has its answer, blank and overlong ones too, and whatever came in is answered before
// more is waited for: the command serves as a coprocess.
Result<int> RunNormalize(const NormalizeArgs& args, Context& context) {
  LinkPolicy policy;
  if (!args.policy.empty()) {
    TRY_ASSIGN(const std::string toml, ReadSmallFile(args.policy));
    TRY_ASSIGN(policy, ParseLinkPolicy(toml, args.policy));
  }
  TRY_ASSIGN(const auto source, OpenByteSource(args.file, args.file == "-" ? "stdin" : args.file));
  Normalizer normalizer(context, std::move(policy));
  std::vector<char> window(256 << 10);
  while (!context.out.done()) {
    TRY_ASSIGN(const std::size_t got, source->Read(window));
    if (got == 0) break;
    normalizer.Feed({window.data(), got});
    context.out.Flush();
  }
  normalizer.End();
  return kDone;
}

}  // namespace

void AddNormalize(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("normalize", "Say what values of identifiers come to");
  auto args = std::make_shared<NormalizeArgs>();
  verb->add_option("FILE", args->file, "Lines of KIND<TAB>VALUE; - (the default) is stdin");
  verb->add_option("--policy", args->policy,
                   "Policy (TOML) whose [junk], placeholders and pools are asked too")
      ->type_name("FILE");
  verb->footer(
      "Gives one line for each line, in order: status (valid, unverifiable, invalid, junk,\n"
      "unknown_kind), kind, canonical form, reason, and derived identifiers as KIND=VALUE. In "
      "values\n"
      "\\n, \\t and \\\\ stand for a line's end, a tab and a backslash. Needs no store.");
  verb->callback([args, &context] {
    context.run = [args, &context] { return RunNormalize(*args, context); };
  });
}

}  // namespace revenant::cli
