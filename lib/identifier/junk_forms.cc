#include "identifier/junk_forms.h"

#include <sodium.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "identifier/countries.h"
#include "identifier/kind.h"
#include "identifier/placeholder.h"
#include "identifier/table.h"

namespace revenant::kinds {
namespace {

constexpr std::string_view kPool = ".pool";

// Simple case of Latin, Greek and Cyrillic letters of two bytes; others stay as they are.
unsigned Upper(unsigned code) {
  if (code >= 'a' && code <= 'z') return code - 32;
  if (code >= 0xE0 && code <= 0xFE && code != 0xF7) return code - 32;
  if ((code >= 0x100 && code < 0x138) || (code >= 0x14A && code < 0x178)) return code & ~1u;
  if (code >= 0x139 && code < 0x149) return code % 2 == 0 ? code - 1 : code;
  if (code >= 0x3B1 && code <= 0x3C9 && code != 0x3C2) return code - 32;
  if (code >= 0x430 && code <= 0x44F) return code - 32;
  if (code >= 0x450 && code <= 0x45F) return code - 80;
  return code;
}
unsigned Lower(unsigned code) {
  if (code >= 'A' && code <= 'Z') return code + 32;
  if (code >= 0xC0 && code <= 0xDE && code != 0xD7) return code + 32;
  if ((code >= 0x100 && code < 0x138) || (code >= 0x14A && code < 0x178)) return code | 1u;
  if (code >= 0x139 && code < 0x149) return code % 2 == 1 ? code + 1 : code;
  if (code >= 0x391 && code <= 0x3A9) return code + 32;
  if (code >= 0x410 && code <= 0x42F) return code + 32;
  if (code >= 0x400 && code <= 0x40F) return code + 80;
  return code;
}

// Each letter by `turn`, which learns whether it is the first of the text.
template <typename Turn>
std::string Turned(std::string_view text, Turn turn) {
  std::string out;
  bool first = true;
  for (std::size_t i = 0; i < text.size();) {
    const auto head = static_cast<unsigned char>(text[i]);
    if (head < 0x80) {
      out += static_cast<char>(turn(head, first));
      ++i;
    } else if (head >= 0xC2 && head < 0xE0 && i + 1 < text.size()) {
      const unsigned code =
          turn((head & 0x1Fu) << 6 | (static_cast<unsigned char>(text[i + 1]) & 0x3Fu), first);
      out += static_cast<char>(0xC0 | code >> 6);
      out += static_cast<char>(0x80 | (code & 0x3F));
      i += 2;
    } else {
      out += text[i++];
      continue;
    }
    first = false;
  }
  return out;
}

void AddSpellings(std::string_view word, std::set<std::string>& out) {
  constexpr std::pair<std::string_view, std::string_view> kWraps[] = {
      {"", ""},   {"", "."},  {"(", ")"},   {"<", ">"}, {"[", "]"},
      {"{", "}"}, {"-", "-"}, {"\"", "\""}, {"'", "'"},
  };
  std::vector<std::string> plain = {std::string(word)};
  const bool letters = std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
  if (letters && word.size() >= 2 && word.size() <= 3) {  // na: n/a, n.a, n.a.
    for (const std::string_view between : {"/", ".", " ", "-", "_", "\\", " / "}) {
      std::string parted(1, word[0]);
      for (const char c : word.substr(1)) parted.append(between) += c;
      plain.push_back(std::move(parted));
    }
  }
  if (word.find(' ') != std::string_view::npos) {
    for (const char between : {'-', '_'}) {
      std::string joined(word);
      std::ranges::replace(joined, ' ', between);
      plain.push_back(std::move(joined));
    }
  }
  for (const std::string& each : plain) {
    for (const std::string& cased : CasesOf(each)) {
      for (const auto& [before, behind] : kWraps) {
        out.insert(std::string(before) + cased + std::string(behind));
      }
    }
  }
}

void AddPatterns(std::set<std::string>& out) {
  constexpr std::size_t kLongest = 20;
  constexpr std::string_view kRepeated =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._?*#/\\+,;:~=|!";
  for (const char c : kRepeated) {
    for (std::size_t size = 1; size <= kLongest; ++size) out.insert(std::string(size, c));
  }
  for (std::size_t size = 4; size <= kLongest; ++size) {
    std::string up0, up1, down9, down0;
    for (std::size_t i = 0; i < size; ++i) {
      up0 += ToDigit(static_cast<int>(i % 10));
      up1 += ToDigit(static_cast<int>((i + 1) % 10));
      down9 += ToDigit(static_cast<int>((99 - i) % 10));
      down0 += ToDigit(static_cast<int>((size - i) % 10));
    }
    out.insert({up0, up1, down9, down0});
  }
  out.insert({"-1", "0.0", "0.00", "0,00", "00-00-00", "00.00.0000", "00/00/0000", "- -", "-/-",
              "./.", ". .", "? ?", "n/a n/a", "N/A N/A"});
}

void AddMailboxes(std::set<std::string>& out) {
  constexpr std::string_view kBoxes[] = {
      "test",  "test1",  "test2",   "test123", "testing",  "tester", "info",  "admin",   "no",
      "none",  "na",     "n/a",     "noreply", "no-reply", "user",   "email", "mail",    "name",
      "null",  "a",      "aa",      "abc",     "asd",      "asdf",   "x",     "xx",      "xxx",
      "1",     "123",    "demo",    "dummy",   "fake",     "foo",    "bar",   "me",      "you",
      "hello", "nomail", "noemail", "example", "unknown",  "sample", "john",  "john.doe"};
  constexpr std::string_view kDomains[] = {"test.com",
                                           "test.de",
                                           "test.test",
                                           "example.com",
                                           "example.org",
                                           "example.net",
                                           "example",
                                           "mail.com",
                                           "email.com",
                                           "domain.com",
                                           "none.com",
                                           "no.com",
                                           "nomail.com",
                                           "noemail.com",
                                           "na.com",
                                           "localhost",
                                           "localhost.localdomain",
                                           "invalid",
                                           "test",
                                           "a.com",
                                           "abc.com",
                                           "asdf.com",
                                           "xxx.com",
                                           "fake.com",
                                           "sample.com",
                                           "company.com",
                                           "yourdomain.com",
                                           "unknown.com"};
  for (const std::string_view box : kBoxes) {
    for (const std::string_view domain : kDomains) {
      out.insert(std::string(box) + "@" + std::string(domain));
    }
  }
}

const std::vector<std::string>& Countries() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> found;
    for (char a = 'A'; a <= 'Z'; ++a) {
      for (char b = 'A'; b <= 'Z'; ++b) {
        if (const std::string two{a, b}; IsCountry(two)) found.push_back(two);
        for (char c = 'A'; c <= 'Z'; ++c) {
          const std::string three{a, b, c};
          if (IsPassportState(three) && CountryOfPassport(three).empty()) found.push_back(three);
        }
      }
    }
    return found;
  }();
  return all;
}

bool IsDefinite(Status status) {
  return status == Status::kValid || status == Status::kUnverifiable;
}

bool Before(const Identifier& a, const Identifier& b) {
  return std::tie(a.scope, a.canonical) < std::tie(b.scope, b.canonical);
}

}  // namespace

std::vector<std::string> CasesOf(std::string_view word) {
  std::set<std::string> cases = {std::string(word)};
  cases.insert(Turned(word, [](unsigned code, bool) { return Lower(code); }));
  cases.insert(Turned(word, [](unsigned code, bool) { return Upper(code); }));
  cases.insert(
      Turned(word, [](unsigned code, bool first) { return first ? Upper(code) : Lower(code); }));
  return {cases.begin(), cases.end()};
}

const std::vector<std::string>& PlaceholderSpellings() {
  static const std::vector<std::string> all = [] {
    std::set<std::string> found;
    for (const std::string_view word : PlaceholderWords()) AddSpellings(word, found);
    AddPatterns(found);
    AddMailboxes(found);
    return std::vector<std::string>(found.begin(), found.end());
  }();
  return all;
}

const std::string& PlaceholderEdition() {
  static const std::string edition = [] {
    crypto_generichash_state state;
    std::array<unsigned char, 16> digest{};
    crypto_generichash_init(&state, nullptr, 0, digest.size());
    for (const std::string_view word : PlaceholderWords()) {
      const std::string line = std::string(word) + "\n";
      crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(line.data()),
                                line.size());
    }
    crypto_generichash_final(&state, digest.data(), digest.size());
    std::array<char, 33> hex{};
    sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
    return std::string(hex.data());
  }();
  return edition;
}

std::vector<std::string> GivenAs(std::string_view root_kind) {
  std::vector<std::string> names;
  const auto add = [&](std::string_view name) {
    if (FindRow(name) != nullptr) names.emplace_back(name);
  };
  add(root_kind);
  // "pay.iban.pool" and "contact.email.weak" are what a value given as the kind before the last dot
  // may turn out to be.
  add(root_kind.substr(0, root_kind.rfind('.')));
  for (const Kind* row : AllRows()) {
    const bool listed = std::find(names.begin(), names.end(), row->name) != names.end();
    if (listed || std::find(names.begin(), names.end(), row->stands_for) == names.end()) continue;
    names.emplace_back(row->name);
  }
  return names;
}

std::vector<Identifier> FormsOf(std::string_view root_kind, std::span<const std::string> spellings,
                                Forms which) {
  std::vector<Identifier> forms;
  const auto add = [&](std::string_view scope, std::string_view canonical) {
    if (!canonical.empty()) {
      forms.push_back({std::string(root_kind), std::string(scope), std::string(canonical)});
    }
  };
  Normalized normal;
  for (const std::string& name : GivenAs(root_kind)) {
    const Kind* row = FindRow(name);
    if (row == nullptr) continue;
    const bool placed = row->scope == Scope::kCountry;
    std::set<std::string> texts;
    for (const std::string& spelling : spellings) {
      if (which == Forms::kMeantNone) {
        // Rows of digits mean something in some countries: those are left alone everywhere.
        if (placed && std::ranges::any_of(spelling, IsDigit)) continue;
        Normalize({name, placed ? "DE" : "", spelling}, normal);
        if (IsDefinite(normal.status)) continue;
        if (normal.status == Status::kJunk && !normal.identifiers().empty()) {
          const Identifier& root = normal.identifiers().front();
          if (placed) {
            texts.insert(root.canonical);
          } else {
            add(root.scope, root.canonical);
          }
        }
      }
      Text text;
      if (!ReadText(spelling, row->text, text).reason.empty() || text.size() == 0) continue;
      texts.emplace(text.view());
      if (text.size() >= row->pad.from && text.size() < row->pad.to && AllDigits(text.view())) {
        texts.insert(std::string(row->pad.to - text.size(), '0') + std::string(text.view()));
      }
    }
    for (const std::string& text : texts) {
      if (!placed) add("", text);
      for (const std::string& country : placed ? Countries() : std::vector<std::string>()) {
        add(country, text);
      }
    }
    if (which == Forms::kMeantNone) continue;
    for (const std::string& spelling : spellings) {
      for (const std::string& country : placed ? Countries() : std::vector<std::string>{""}) {
        Normalize({name, country, spelling}, normal);
        if (normal.identifiers().empty()) continue;
        const Identifier& root = normal.identifiers().front();
        if (root.kind == root_kind || root_kind == root.kind + std::string(kPool)) {
          add(root.scope, root.canonical);
        }
      }
    }
  }
  std::ranges::sort(forms, Before);
  const auto same = [](const Identifier& a, const Identifier& b) {
    return a.scope == b.scope && a.canonical == b.canonical;
  };
  forms.erase(std::unique(forms.begin(), forms.end(), same), forms.end());
  return forms;
}

}  // namespace revenant::kinds
