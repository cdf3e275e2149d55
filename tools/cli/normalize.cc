#include <fmt/format.h>

#include <vector>

#include "revenant/byte_source.h"
#include "revenant/identifier.h"
#include "revenant/json.h"
#include "revenant/normalizer.h"
#include "revenant/records.h"
#include "try.h"
#include "verb.h"
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
    question.fault = "a backslash may only stand before n, t or another backslash";
  }
  return question;
}

class Answerer {
 public:
  Answerer(Context& context, const LinkPolicy& policy) : context_(context), normalizer_(policy) {}

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
      normalizer_.Normalize({question_.kind, {}, question_.value}, normal_);
    } else {
      normal_.status = Status::kInvalid;
      normal_.reason = question_.fault;
    }
    if (context_.json) {
      context_.out.Line(ToJson(line_, question_.kind, normal_));
    } else {
      ReplyText();
    }
    text_.clear();
    is_too_long_ = false;
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
  const Normalizer normalizer_;
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
  Answerer answerer(context, policy);
  std::vector<char> window(256 << 10);
  while (!context.out.done()) {
    TRY_ASSIGN(const std::size_t got, source->Read(window));
    if (got == 0) break;
    answerer.Feed({window.data(), got});
    context.out.Flush();
  }
  answerer.End();
  return kDone;
}

}  // namespace

void AddNormalize(CLI::App& app, Context& context) {
  const Verb<NormalizeArgs> verb(app, context, "normalize",
                                 "Show the canonical form of identifiers");
  verb.Add("FILE", verb->file, "Lines of KIND<TAB>VALUE; - (the default) is stdin");
  verb.Add("--policy", verb->policy, "FILE",
           "Policy (TOML) with [junk], placeholders and pools to apply");
  verb.Footer(
      "Prints one line per input line, in order: status (valid, unverifiable, invalid, junk,\n"
      "unknown_kind), kind, canonical form, reason, and derived identifiers as KIND=VALUE. In\n"
      "values \\n, \\t and \\\\ stand for a line feed, a tab and a backslash. Needs no store.");
  verb.Runs(RunNormalize);
}

}  // namespace revenant::cli
