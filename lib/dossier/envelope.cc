#include "dossier/envelope.h"

#include <algorithm>

#include "fingerprint/sha256.h"
#include "journal/base64.h"
#include "journal/note.h"
#include "util/try.h"

namespace revenant {
namespace {

constexpr std::string_view kFirstLine = "revenant dossier 1\n";
constexpr int kMaxDepth = 64;
constexpr std::string_view kPageName = "page";
constexpr std::string_view kDataBegin = "<script type=\"application/json\" id=\"dossier\">\n";
constexpr std::string_view kDataEnd = "</script>\n";

Error Bad(std::string what) { return {Code::kInvalidArgument, std::move(what)}; }

// "<" would end the script element that holds the data; it occurs in strings only.
std::string Text(const Json& json) {
  std::string text;
  for (const char c : json.dump(1, ' ', false, Json::error_handler_t::replace)) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

std::string Digest(std::initializer_list<std::string_view> parts) {
  Sha256Digest digest;
  Sha256Stream stream(Sha256Best());
  for (const std::string_view part : parts) stream.Update(part);
  stream.Finish(digest);
  return Base64(AsView(digest));
}

// What is signed: a line for each section, in order, and one for the page.
std::string Manifest(const Json& sections, Time at, std::string_view page_digest) {
  std::string text(kFirstLine);
  text += FormatTime(at) + '\n';
  for (const auto& [name, section] : sections.items()) {
    text += name + ' ' + Digest({Text(section)}) + '\n';
  }
  text.append(kPageName).append(" ").append(page_digest).append("\n");
  return text;
}

std::string Envelope(const Json& sections, const std::string& note) {
  const Json whole = {{"v", 1}, {"signature", note}, {"dossier", sections}};
  return Text(whole) + '\n';
}

// Where two manifests part: the name of the first line that differs.
std::string FirstDifference(std::string_view signed_text, std::string_view found) {
  const auto next = [](std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
  };
  const auto name_of = [](std::string_view line) {
    return std::string(line.substr(0, std::min(line.find(' '), line.size())));
  };
  while (!signed_text.empty() || !found.empty()) {
    const std::string_view was = next(signed_text), is = next(found);
    if (was == is) continue;
    if (name_of(was) != name_of(is)) {
      return "its sections are not those that were signed (\"" + name_of(is) +
             "\" stands where \"" + name_of(was) + "\" was)";
    }
    if (name_of(is) == kPageName) return "the page was changed after it was signed";
    return "section \"" + name_of(is) + "\" was changed after it was signed";
  }
  return "its sections are not those that were signed";
}

struct Cut {
  std::string_view data;
  std::string_view before, after;
  bool page = false;
};

Result<Cut> CutOut(std::string_view text) {
  Cut cut;
  cut.page = text.starts_with("<!DOCTYPE html>");
  if (!cut.page) {
    cut.data = text;
    return cut;
  }
  const std::size_t begin = text.find(kDataBegin);
  if (begin == std::string_view::npos) return Bad("the page holds no data");
  const std::size_t data = begin + kDataBegin.size();
  const std::size_t end = text.find(kDataEnd, data);
  if (end == std::string_view::npos) return Bad("the page's data has no end");
  cut.before = text.substr(0, begin);
  cut.data = text.substr(data, end - data);
  cut.after = text.substr(end + kDataEnd.size());
  return cut;
}

}  // namespace

Dossier Seal(const Json& sections, Time at, const JournalKey& key, const Pictures& pictures) {
  const Page page = RenderPage(sections, pictures);
  const std::string note = SignNote(Manifest(sections, at, Digest({page.before, page.after})), key);
  Dossier dossier;
  dossier.json = Envelope(sections, note);
  dossier.html = page.before;
  dossier.html.append(kDataBegin).append(dossier.json).append(kDataEnd).append(page.after);
  return dossier;
}

Result<Opened> Open(std::string_view text, const JournalPublicKey& key) {
  TRY_ASSIGN(const Cut cut, CutOut(text));
  // What is nested deeper than any dossier is cut off: writing it out again would recurse as deep.
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= kMaxDepth; };
  const Json whole = Json::parse(cut.data, shallow, false);
  if (!whole.is_object() || !whole.contains("v") || !whole.contains("signature") ||
      !whole.contains("dossier") || !whole["signature"].is_string() ||
      !whole["dossier"].is_object()) {
    return Bad("this is not a dossier, or its data cannot be read");
  }
  if (whole["v"] != 1) return Bad("a later version of Revenant made it: use that version");
  Opened opened;
  opened.page = cut.page;
  opened.sections = whole["dossier"];
  const auto note = whole["signature"].get<std::string>();
  Result<std::string> manifest = OpenNote(note, key);
  if (!manifest) return Bad("its signature: " + manifest.error().message);
  if (!manifest->starts_with(kFirstLine)) return Bad("its signature is not that of a dossier");
  const std::string_view rest = std::string_view(*manifest).substr(kFirstLine.size());
  const Result<Time> at = ParseTime(rest.substr(0, std::min(rest.find('\n'), rest.size())));
  if (!at) return Bad("its signature is not that of a dossier");
  opened.signed_at = *at;
  // The page of the other form is not here to be looked at: its digest is taken as signed.
  const std::size_t last = manifest->rfind(' ');
  const std::string page_digest = cut.page
                                      ? Digest({cut.before, cut.after})
                                      : manifest->substr(last + 1, manifest->size() - last - 2);
  const std::string found = Manifest(opened.sections, *at, page_digest);
  if (found != *manifest) return Bad(FirstDifference(*manifest, found));
  // What is left are bytes that mean nothing: blanks, other spellings, members beside the three.
  const std::string only = Envelope(opened.sections, note);
  if (only != cut.data) {
    const auto differ = std::mismatch(only.begin(), only.end(), cut.data.begin(), cut.data.end());
    return Bad("byte " + std::to_string(differ.second - cut.data.begin()) +
               " of its data is not as it was written");
  }
  return opened;
}

}  // namespace revenant
