// Codes, fingerprints and proofs: what a machine or an expert checks.

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "dossier/page.h"

namespace revenant::page {
namespace {

// Longer blocks are folded: on screen they open, in print only their first line is there.
constexpr std::size_t kFoldFrom = 3'000;

// Long codes of ASCII, broken where a line ends.
Html CodeText(std::string_view text) {
  return Fill("<code class=\"long\">{}</code>", EscapedPlain(text));
}

// The lines of a text as they are, for a <pre>.
Html Verbatim(std::string_view text) {
  Html lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines += EscapedPlain(text.substr(0, end)) + Html::Raw("\n");
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

Html Fold(std::string_view title, const Html& block, std::size_t size) {
  return Fill("<details{}><summary>{}</summary>\n{}</details>\n",
              Html::Raw(size < kFoldFrom ? " open" : ""),
              size < kFoldFrom ? std::string(title)
                               : std::string(title) + " (" + std::to_string(size) +
                                     " characters: in the file, not in print)",
              block);
}

Html Codes(const Json& sections) {
  const Json& about = Member(sections, "about");
  const Json& findings = Member(sections, "findings");
  Html out = Html::Raw("<dl>\n");
  const auto item = [&](std::string_view name, const std::string& code) {
    if (!code.empty()) out += Fill("<dt>{}</dt><dd>{}</dd>\n", name, CodeText(code));
  };
  std::string reasons;
  for (const Json& reason : List(findings, "reasons")) {
    reasons += (reasons.empty() ? "" : ", ") + Text(reason, "because");
  }
  item("Verdict and reasons", Text(findings, "verdict") + ": " + reasons);
  for (const Json& link : List(sections, "links")) {
    item("Link to " + Text(link, "seller"),
         Text(link, "strength_bits") + " bits, of these carried later " +
             Text(link, "carried_later_bits") +
             "; independent proofs: " + Member(link, "redundancy").dump());
  }
  item("Thresholds of the policy, in bits", "prior " + Text(findings, "prior_bits") +
                                                ", review from " + Text(findings, "review_bits") +
                                                ", block from " + Text(findings, "block_bits"));
  item("Group (cluster)", Text(Member(sections, "seller"), "cluster"));
  item("Registry's key check", Text(about, "registry_key_check"));
  item("Signed with the key", Text(about, "journal"));
  return out + Html::Raw("</dl>\n");
}

// Every register of an identifier, withdrawn ones too.
Html Fingerprints(const Json& sections) {
  std::set<std::pair<std::string, std::string>> live, hubs;
  for (const Json& one : List(Member(sections, "seller"), "observations")) {
    live.insert({Text(one, "root"), Text(one, "source")});
    for (const Json& identifier : List(one, "identifiers")) {
      if (Flag(identifier, "hub")) hubs.insert({Text(identifier, "fingerprint"), ""});
    }
  }
  HtmlTable table("Identifiers of the seller and their fingerprints",
                  {"Identifier", "Fingerprint", "First and last seen", "Source", "State"});
  for (const Json& one : List(Member(sections, "facts"), "observations")) {
    const std::string source = Text(one, "source");
    const bool is_live = live.count({Text(one, "root"), source}) > 0;
    for (const Json& identifier : List(one, "identifiers")) {
      const std::string fingerprint = Text(identifier, "fingerprint");
      std::string state = is_live ? "counts" : "withdrawn";
      if (Flag(identifier, "junk")) state = "identifies nobody";
      if (hubs.count({fingerprint, ""}) > 0) state += ", a hub";
      if (Flag(identifier, "checked")) state += ", check digits agree";
      if (Flag(identifier, "verified")) state += ", verified by its source";
      const std::string first = Text(one, "first"), last = Text(one, "last");
      Html seen = Date(first);
      if (last != first) seen += Fill(" to {}", Date(last));
      table.Row({Fill("{}<br><code>{}</code>", KindTitle(Text(identifier, "kind")),
                      Text(identifier, "kind")),
                 CodeText(fingerprint), seen, Name(source), Escaped(state)});
    }
  }
  return table.Done();
}

// "entry SEQ TIME TYPE COMMITMENT SALT BODY", or "-" where the body is erased.
std::vector<std::string> WordsOf(const std::string& line) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (words.size() < 6) {
    const std::size_t end = line.find(' ', at);
    words.push_back(line.substr(at, end == line.npos ? end : end - at));
    if (end == line.npos) return words;
    at = end + 1;
  }
  words.push_back(line.substr(at));
  return words;
}

Html Journal(const Json& sections) {
  const Json& journal = Member(sections, "journal");
  HtmlTable table("Entries of the journal about the seller",
                  {"Entry", "Made at", "What", "By", "Commitment"});
  Html proofs;
  std::size_t size = 0;
  for (const Json& item : List(journal, "entries")) {
    const std::vector<std::string> words = WordsOf(Text(item, "entry"));
    if (words.size() < 5) continue;
    const bool erased = words.size() < 7;
    const Json body = erased ? Json() : Json::parse(words[6], nullptr, false);
    std::string what = InWords(words[3]);
    for (const char* name : {"kind", "reference", "case"}) {
      if (!Text(body, name).empty()) what += (name[0] == 'k' ? ": " : " ") + Text(body, name);
    }
    if (erased) what += " (erased)";
    table.Row({Escaped(words[1]), Date(words[2]), Escaped(what),
               Text(body, "by").empty() ? Html::Raw("not stated") : Escaped(Text(body, "by")),
               CodeText(words[4])});
    Html hashes;
    for (const Json& hash : List(item, "proof")) {
      if (!hash.is_string()) continue;
      hashes += Fill("{} ", CodeText(hash.get<std::string>()));
      size += 45;
    }
    proofs += Fill("<dt>Entry {}</dt><dd>{}</dd>\n", words[1], hashes);
  }
  Html out = table.Done();
  const std::string checkpoint = Text(journal, "checkpoint");
  if (!checkpoint.empty()) {
    out += Fill("<h4>The signed checkpoint</h4>\n<pre>{}</pre>\n", Verbatim(checkpoint));
  }
  if (!proofs.empty()) {
    out += Fold("Proofs that the entries stand under the checkpoint (hashes, leaf first)",
                Fill("<dl class=\"small\">\n{}</dl>\n", proofs), size);
  }
  return out;
}

}  // namespace

Html Appendix(const Json& sections) {
  Html out = Fill("<h3>A. Codes</h3>\n{}", Codes(sections));
  const Html fingerprints = Fingerprints(sections);
  if (!fingerprints.empty()) {
    out += Fill(
        "<h3>B. Fingerprints</h3>\n"
        "<p>The registry keeps no raw value: a keyed fingerprint stands for each.</p>\n{}",
        fingerprints);
  }
  out += Fill("<h3>C. Journal</h3>\n{}", Journal(sections));
  const std::string certificate = Text(sections, "certificate");
  if (!certificate.empty()) {
    out += Fill(
        "<h3>D. Certificate</h3>\n<p>The verdict can be computed again from it.</p>\n{}",
        Fold("Its exact text", Fill("<pre>{}</pre>\n", Verbatim(certificate)), certificate.size()));
  }
  return out;
}

}  // namespace revenant::page
