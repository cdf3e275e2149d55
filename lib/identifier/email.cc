#include "identifier/email.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#ifdef REVENANT_WITH_ICU
#include <unicode/uidna.h>
#endif

#include "identifier/name_list.h"

namespace revenant::kinds {
namespace {

constexpr std::string_view kWeakDomains[] = {
#include "identifier/data/email_domains.inc"
};
static_assert(std::ranges::is_sorted(kWeakDomains));
constexpr std::string_view kRoles[] = {
#include "identifier/data/email_roles.inc"
};
static_assert(std::ranges::is_sorted(kRoles));

// How a provider reads the name in front of the @.
enum class Provider : std::uint8_t {
  kOther,   // every character counts
  kPlus,    // + and what follows do not
  kGmail,   // nor do dots
  kYandex,  // a dot is a hyphen
  kProton,  // dots, hyphens and underscores do not count
};
struct MailDomain {
  std::string_view name;
  Provider provider;
  std::string_view written;  // the domain that the same mailbox is written with; empty: this one
};
constexpr MailDomain kMailDomains[] = {
#include "identifier/data/email_providers.inc"
};
static_assert(std::ranges::is_sorted(kMailDomains, {}, &MailDomain::name));

constexpr std::string_view kNobodyNames[] = {
#include "identifier/data/email_nobody.inc"
};
static_assert(std::ranges::is_sorted(kNobodyNames));
// Mailboxes that are not read. This list and the next two have no source: they are our own choice.
constexpr std::string_view kUnreadNames[] = {
    "bounce",     "bounces",       "do-not-reply",  "do.not.reply",    "do_not_reply",
    "donotreply", "keine-antwort", "mailer-daemon", "nicht-antworten", "no-reply",
    "no.reply",   "no_reply",      "noanswer",      "noreply",         "noresponse"};
static_assert(std::ranges::is_sorted(kUnreadNames));
// First words of domains that are typed where none is to be given.
constexpr std::string_view kNobodyHosts[] = {
    "a",         "aa",        "aaa",     "abc",     "asd",         "asdf",       "company",
    "domain",    "dummy",     "email",   "example", "exemple",     "fake",       "host",
    "mail",      "mailbox",   "missing", "my",      "na",          "nil",        "no",
    "noemail",   "nomail",    "none",    "nope",    "null",        "nowhere",    "sample",
    "site",      "somewhere", "temp",    "test",    "testing",     "unknown",    "website",
    "xx",        "xxx",       "xyz",     "your",    "yourcompany", "yourdomain", "mydomain",
    "mycompany", "undefined"};
// Domains at which anyone can have a mailbox, and no person is called "none".
constexpr std::string_view kFreeMail[] = {"163.com",  "aol.com",     "gmail.com",   "gmx.de",
                                          "gmx.net",  "hotmail.com", "icloud.com",  "live.com",
                                          "mail.com", "mail.ru",     "outlook.com", "proton.me",
                                          "qq.com",   "web.de",      "yahoo.com",   "yandex.ru"};

constexpr std::size_t kMaxLocal = 64;
constexpr std::size_t kMaxDomain = 253;

constexpr bool IsHigh(char c) { return (c & 0x80) != 0; }
constexpr bool IsLowerAlnum(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z'); }

// Without an early end, so that compilers take many bytes at a time.
bool HoldsHigh(std::string_view text) {
  unsigned char bits = 0;
  for (const char c : text) bits |= static_cast<unsigned char>(c);
  return (bits & 0x80) != 0;
}

// One bit of a byte for each sort of character.
enum : std::uint8_t { kAtom = 1, kHostLabel = 2 };
constexpr std::array<std::uint8_t, 256> kSorts = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const char c = static_cast<char>(static_cast<unsigned char>(i));
    const bool is_atom = IsLowerAlnum(c) || IsLetter(c) || IsHigh(c) ||
                         std::string_view("!#$%&'*+/=?^_`{|}~-").find(c) != std::string_view::npos;
    if (is_atom) table[i] |= kAtom;
    if (IsLowerAlnum(c) || c == '-') table[i] |= kHostLabel;
  }
  return table;
}();
constexpr bool Is(std::uint8_t sort, char c) {
  return (kSorts[static_cast<unsigned char>(c)] & sort) != 0;
}

constexpr NameList kWeakDomainList(kWeakDomains);
constexpr NameList kRoleList(kRoles);
constexpr NameList kNobodyList(kNobodyNames);
constexpr NameList kUnreadList(kUnreadNames);

// First characters of the providers' domains, by length: most domains are none of them.
constexpr auto kMailDomainSizes = [] {
  std::array<std::uint32_t, 16> table{};
  for (const MailDomain& known : kMailDomains) {
    table[known.name.size()] |= 1U << (known.name[0] & 31);
  }
  return table;
}();

// nullptr for a domain of no provider that is known.
const MailDomain* FindMailDomain(std::string_view domain) {
  if (domain.empty() || domain.size() >= kMailDomainSizes.size()) return nullptr;
  if ((kMailDomainSizes[domain.size()] & 1U << (domain[0] & 31)) == 0) return nullptr;
  const auto* const found = std::ranges::lower_bound(kMailDomains, domain, {}, &MailDomain::name);
  return found != std::end(kMailDomains) && found->name == domain ? found : nullptr;
}

template <std::size_t kCount>
bool IsOneOf(const std::string_view (&names)[kCount], std::string_view name) {
  return std::ranges::find(names, name) != std::end(names);
}

// RFC 2606 and 6761: names that are set aside, so that no mailbox is there.
constexpr std::string_view kReservedTops[] = {"example",     "invalid",   "local",
                                              "localdomain", "localhost", "test"};
constexpr std::string_view kReservedNames[] = {"example.com", "example.net", "example.org"};
static_assert(std::ranges::is_sorted(kReservedTops) && std::ranges::is_sorted(kReservedNames));
constexpr NameList kReservedTopList(kReservedTops);
constexpr NameList kReservedNameList(kReservedNames);

bool IsReservedDomain(std::string_view domain) {
  const std::size_t dot = domain.rfind('.');
  if (dot == std::string_view::npos) return kReservedTopList.Has(domain);
  const std::size_t before = domain.substr(0, dot).rfind('.');
  return kReservedTopList.Has(domain.substr(dot + 1)) ||
         kReservedNameList.Has(domain.substr(before + 1));
}

// What is typed to get past a form: test@test.com, none@gmail.com, noemail@noemail.com.
bool IsPastForm(std::string_view local, std::string_view domain) {
  // One character over and over is typed, not chosen.
  const bool worn =
      local.size() >= 3 && local.find_first_not_of(local[0]) == std::string_view::npos;
  if (!worn && !kNobodyList.Has(local)) return false;
  const std::string_view host = domain.substr(0, domain.find('.'));
  return host == local || IsOneOf(kNobodyHosts, host) || IsOneOf(kFreeMail, domain) ||
         (host.size() >= 3 && host.find_first_not_of(host[0]) == std::string_view::npos);
}

// An index in `local` that breaks the rules; npos if none does. Where dots do not count, several
// may stand together.
std::size_t FaultInLocal(std::string_view local, bool dots_count) {
  if (local.size() >= 2 && local.front() == '"' && local.back() == '"') {
    for (std::size_t i = 1; i + 1 < local.size(); ++i) {
      if (local[i] == '\\') ++i;
      const bool bad = i + 1 >= local.size() || local[i] < ' ' ? !IsHigh(local[i]) : false;
      if (bad || (local[i] == '"' && local[i - 1] != '\\')) return i;
    }
    return std::string_view::npos;
  }
  for (std::size_t i = 0; i < local.size(); ++i) {
    const bool dot = local[i] == '.';
    if (dot && (i == 0 || i + 1 == local.size())) return i;
    if (dot && dots_count && local[i - 1] == '.') return i;
    if (!dot && !Is(kAtom, local[i])) return i;
  }
  return std::string_view::npos;
}

// Labels of letters, digits and inner hyphens; two labels at least, the last one a name.
bool IsHostName(std::string_view domain) {
  if (domain.size() > kMaxDomain) return false;
  std::size_t labels = 0;
  std::string_view label;
  for (std::size_t at = 0; at <= domain.size(); at += label.size() + 1, ++labels) {
    label = domain.substr(at, domain.find('.', at) - at);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
      return false;
    }
    if (!std::ranges::all_of(label, [](char c) { return Is(kHostLabel, c); })) {
      return false;
    }
  }
  const bool named = label.starts_with("xn--") ||
                     std::ranges::none_of(label, [](char c) { return IsDigit(c) || c == '-'; });
  return labels >= 2 && label.size() >= 2 && named;
}

#ifdef REVENANT_WITH_ICU

struct Idna {
  UIDNA* handle;
  Idna() {
    UErrorCode status = U_ZERO_ERROR;
    handle = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE |
                                 UIDNA_CHECK_BIDI | UIDNA_USE_STD3_RULES,
                             &status);
    if (U_FAILURE(status)) handle = nullptr;
  }
  ~Idna() { uidna_close(handle); }
  Idna(const Idna&) = delete;
  Idna& operator=(const Idna&) = delete;
};

// Maps `domain` by UTS #46 to the form `convert` makes; empty if it is no domain name.
template <typename Convert>
std::string MapDomain(std::string_view domain, Convert convert) {
  static const Idna idna;  // immutable, so any number of threads may use it
  if (idna.handle == nullptr) return {};
  std::array<char, 1024> mapped;
  UErrorCode status = U_ZERO_ERROR;
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  const int32_t length =
      convert(idna.handle, domain.data(), static_cast<int32_t>(domain.size()), mapped.data(),
              static_cast<int32_t>(mapped.size()), &info, &status);
  if (U_FAILURE(status) || info.errors != 0) return {};
  return {mapped.data(), static_cast<std::size_t>(length)};
}

// Unicode form of a domain that has other than plain labels; empty if it is none.
std::string ReadDomain(std::string_view domain) {
  const std::string ascii = MapDomain(domain, uidna_nameToASCII_UTF8);
  if (ascii.empty() || !IsHostName(ascii)) return {};
  return MapDomain(domain, uidna_nameToUnicodeUTF8);
}

#endif

// Look-alikes of ASCII letters, as UTS #39 has them; other ASCII stands for itself. The second
// character is mostly none.
using Twins = std::array<std::array<char, 2>, 128>;
constexpr Twins kTwins = [] {
  Twins twins{};
  for (std::size_t i = 0; i < twins.size(); ++i) twins[i] = {static_cast<char>(i), '\0'};
  twins['0'] = {'o', '\0'};
  twins['1'] = twins['|'] = {'l', '\0'};
  twins['m'] = {'r', 'n'};
  return twins;
}();

void DeriveSkeleton(Work& work, std::string_view local, std::string_view domain) {
  const std::string_view untagged = local.substr(0, std::max<std::size_t>(1, local.find('+')));
  std::array<char, 2 * (kMaxLocal + kMaxDomain) + 4> skeleton;
  if (HoldsHigh(local) || HoldsHigh(domain)) {
    std::string text(untagged);
    text.append("@").append(domain);
    text = FoldCase(Skeleton(text));
    if (!text.empty()) work.Derive("contact.email.skeleton", text);
    return;
  }
  char* end = skeleton.data();
  const auto put = [&end](std::string_view text) {
    for (const char c : text) {
      const auto& twin = kTwins[static_cast<unsigned char>(c)];
      end[0] = twin[0];
      end[1] = twin[1];
      end += twin[1] == '\0' ? 1 : 2;
    }
  };
  put(untagged);
  put("@");
  put(domain);
  work.Derive("contact.email.skeleton",
              {skeleton.data(), static_cast<std::size_t>(end - skeleton.data())});
}

}  // namespace

Verdict FinishEmail(Work& work) {
  std::string unicode;  // only for addresses beyond ASCII
  std::string_view text = work.text();
  if (HoldsHigh(text)) {
    unicode = FoldCase(text);
    text = unicode;
  }
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) return Invalid("no @");
  std::string_view local = text.substr(0, at);
  std::string_view domain = text.substr(at + 1);
  const auto index = [&](std::size_t i) {
    return unicode.empty() ? static_cast<std::int32_t>(i) : -1;
  };
  if (local.empty()) return Invalid("no name in front of the @", index(0));
  if (local.size() > kMaxLocal) return Invalid("the name is too long", index(kMaxLocal));
  if (const std::size_t bad =
          FaultInLocal(local, domain != "gmail.com" && domain != "googlemail.com");
      bad != std::string_view::npos) {
    return Invalid("a character or dot that a mailbox name does not have", index(bad));
  }
  std::string mapped;
  const bool plain = !HoldsHigh(domain) && domain.find("xn--") == std::string_view::npos;
#ifdef REVENANT_WITH_ICU
  if (!plain) {
    mapped = ReadDomain(domain);
    if (mapped.empty()) return Invalid("not a domain name", index(at + 1));
    domain = mapped;
  }
#endif
  if (plain && !IsHostName(domain)) return Invalid("not a domain name", index(at + 1));

  if (IsReservedDomain(domain) || domain.starts_with("example."))
    return work.BelongToNobody("contact.email.nobody");
  const std::size_t tag = std::max<std::size_t>(1, local.find('+'));
  if (IsPastForm(local.substr(0, tag), domain)) return Junk("an address typed to get past a form");
  if (kUnreadList.Has(local)) return Junk("a mailbox that nobody reads");
  if (local.substr(0, tag) == "foo" && domain.starts_with("bar.")) {
    return work.BelongToNobody("contact.email.nobody");
  }

  std::array<char, kMaxLocal + 4 * kMaxDomain + 2> joined;
  auto end = joined.begin();
  // In the provider's view of the name; as typed it is kept beside it, for older entries had it so.
  const MailDomain* const known = FindMailDomain(domain);
  const Provider provider = known == nullptr ? Provider::kOther : known->provider;
  std::string_view read = local;
  if (provider != Provider::kOther && local[0] != '"') read = local.substr(0, local.find('+'));
  for (const char c : read) {
    const bool dot = c == '.';
    if (dot && (provider == Provider::kGmail || provider == Provider::kProton)) continue;
    if (provider == Provider::kProton && (c == '-' || c == '_')) continue;
    *end++ = dot && provider == Provider::kYandex ? '-' : c;
  }
  const auto local_size = static_cast<std::size_t>(end - joined.begin());
  if (local_size == 0) return Invalid("no name in front of the @", index(0));
  const std::string_view typed_local = local;
  const std::string_view typed_domain = domain;
  local = {joined.data(), local_size};
  if (known != nullptr && !known->written.empty()) domain = known->written;
  *end++ = '@';
  if (domain.size() > static_cast<std::size_t>(joined.end() - end)) return Invalid("too long");
  end = std::ranges::copy(domain, end).out;
  const std::string_view address(joined.data(), static_cast<std::size_t>(end - joined.begin()));
  const bool weak = kRoleList.Has(local) || kWeakDomainList.Has(domain);
  const bool changed = local != typed_local || domain != typed_domain;
  DeriveSkeleton(work, local, domain);
  if (changed && provider != Provider::kGmail && !weak) {
    std::array<char, kMaxLocal + kMaxDomain + 2> typed;
    auto typed_end = std::ranges::copy(typed_local, typed.begin()).out;
    *typed_end++ = '@';
    typed_end = std::ranges::copy(typed_domain, typed_end).out;
    work.Derive("contact.email",
                {typed.data(), static_cast<std::size_t>(typed_end - typed.begin())});
  }
  work.Replace(address);
  if (weak) work.Rename("contact.email.weak");
  return Valid();
}

}  // namespace revenant::kinds
