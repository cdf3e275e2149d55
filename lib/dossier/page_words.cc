#include <chrono>
#include <cmath>
#include <cstdio>

#include "dossier/page.h"
#include "revenant/clocks.h"
#include "revenant/identifier.h"
#include "revenant/record.h"

namespace revenant::page {

const Json& Member(const Json& object, std::string_view name) {
  static const Json kNone;
  if (!object.is_object()) return kNone;
  const auto found = object.find(name);
  return found == object.end() ? kNone : *found;
}

const Json& List(const Json& object, std::string_view name) {
  static const Json kNone = Json::array();
  const Json& member = Member(object, name);
  return member.is_array() ? member : kNone;
}

std::string Text(const Json& object, std::string_view name) {
  const Json& member = Member(object, name);
  return member.is_string() ? member.get<std::string>() : std::string();
}

bool Flag(const Json& object, std::string_view name) {
  const Json& member = Member(object, name);
  return member.is_boolean() && member.get<bool>();
}

Json DetailOf(const Json& fact) {
  const Json& detail = Member(fact, "detail");
  if (!detail.is_string()) return detail;
  return Json::parse(detail.get_ref<const std::string&>(), nullptr, false);
}

std::int64_t MilliBitsIn(const Json& object, std::string_view name) {
  const std::string text = Text(object, name);
  double bits = 0;
  return std::sscanf(text.c_str(), "%lf", &bits) == 1 ? std::llround(bits * 1000) : 0;
}

Html Date(std::string_view text, std::int32_t zone_minutes) {
  static constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                            "May",       "June",     "July",     "August",
                                            "September", "October",  "November", "December"};
  const Result<Time> parsed = ParseTime(text);
  if (!parsed || !parsed->known()) return Html::Raw("<span class=\"none\">unknown date</span>");
  using std::chrono::floor;
  using Micros = std::chrono::sys_time<std::chrono::microseconds>;
  const Micros moment(std::chrono::microseconds(parsed->micros + zone_minutes * 60'000'000LL));
  const auto day = floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(day);
  char words[64];
  std::snprintf(words, sizeof words, "%u %s %04d", static_cast<unsigned>(date.day()),
                kMonths[(static_cast<unsigned>(date.month()) + 11) % 12],
                static_cast<int>(date.year()));
  std::string shown = words;
  const auto minutes = floor<std::chrono::minutes>(moment - day).count();
  const bool with_time = moment != day || zone_minutes != 0;
  if (with_time) {
    std::snprintf(words, sizeof words, ", %02d:%02d UTC", static_cast<int>(minutes / 60),
                  static_cast<int>(minutes % 60));
    shown += words;
    if (zone_minutes != 0) shown += FormatZone(zone_minutes);
  }
  return Fill("<time{} datetime=\"{}\">{}</time>", Html::Raw(with_time ? "" : " class=\"day\""),
              EscapedPlain(FormatTime(*parsed)), shown);
}

Html Date(const Json& object, std::string_view name) { return Date(Text(object, name)); }

Html Name(std::string_view name) {
  return name.size() <= 24 ? Fill("<bdi class=\"name\">{}</bdi>", name)
                           : Fill("<bdi>{}</bdi>", name);
}

std::string KindTitle(std::string_view kind) {
  const KindInfo* info = FindKind(kind);
  const bool own = info == nullptr || kind.starts_with("custom.") || info->title.empty();
  return std::string(own ? kind : info->title);
}

std::string Counted(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + ' ' + std::string(count == 1 ? one : many);
}

std::string Capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

namespace {

struct Code {
  std::string_view code, words;
};
constexpr Code kCodes[] = {
    // steps
    {"freeze", "freeze the funds"},
    {"deduct", "deduct from the deposit"},
    {"terminate", "terminate the account"},
    {"file", "file with credit reporting"},
    // why a measure is undone
    {"retracted", "its case was taken back"},
    {"stepped_down", "the step is no longer reached"},
    {"withdrawn", "the identifiers that linked the seller to the case were withdrawn"},
    {"cannot_link", "an investigator found the two to be different people"},
    {"reinstated", "the account was reinstated"},
    // why a link does or does not carry a case
    {"itself_banned", "the account itself is banned"},
    {"strong_link", "the link is strong enough, and this account came later"},
    {"link", "the link is too weak for a measure"},
    {"earlier_holder", "nothing shows that it came later: it may be the one that was copied"},
    {"too_few_proofs", "too few independent proofs"},
    {"documents_differ", "verified documents of the two differ"},
    {"different_people", "an investigator found people on the way to be different"},
    {"kin", "kin of it held the shared identifiers first"},
    {"cut_short", "the search ended early"},
    {"no_link", "no link leads there"},
    {"foreign_case", "only another platform's list names it"},
    {"same_cluster", "it is of the same group, and no link carries the case"},
    // clocks
    {"acknowledge", "acknowledge the notice"},
    {"measure", "take the measure"},
    {"forward", "forward the counter-notice"},
    {"restore", "restore what was measured"},
    {"late", "late: not done in time, and still open"},
    {"next", "open, still in time"},
    {"done_late", "done, but late"},
    {"done", "done in time"},
    // what shows knowledge
    {"qualified_notice", "a qualified notice"},
    {"court_order", "a court order"},
    {"foreign_injunction", "a foreign injunction without effective measures"},
    {"banned_link", "a link to a banned account"},
    {"reused_payment", "a banned seller's payment account, used again"},
    {"price", "a price far below that of the genuine article"},
    {"sales_surge", "a surge of sales with bad reviews"},
    {"listing_words", "infringing words in listings"},
    {"actual", "actual knowledge"},
    {"should_have_known", "grounds on which it should have known"},
    // what is on file
    {"counter_notice", "counter-notice"},
    {"price_ratio", "price, against the genuine article's"},
    {"sales_ratio", "sales, against the industry's average"},
    {"negative_review_ratio", "share of negative reviews, against the industry's"},
    {"deposit_held", "deposit held"},
    {"insurance_cover", "insurance cover"},
    {"secret", "trade secret"},
    {"right_holder", "who complains"},
    {"contact", "how to reach them"},
    {"proof_of_right", "proof of the right"},
    {"listing", "which listings"},
    {"evidence", "evidence of the infringement"},
    {"good_faith", "a statement of good faith"},
    {"signature", "a signature"},
    {"none", "none"},
    {"partial", "in part"},
    {"effective", "effective"},
};

}  // namespace

std::string InWords(std::string_view code) {
  for (const Code& row : kCodes) {
    if (row.code == code) return std::string(row.words);
  }
  std::string text(code);
  for (char& c : text) c = c == '_' ? ' ' : c;
  return text;
}

std::string ShortBits(std::int64_t millibits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", static_cast<double>(millibits) / 1000);
  return text;
}

std::string Odds(std::int64_t millibits) {
  double times = std::exp2(static_cast<double>(millibits) / 1000);
  const bool against = times < 1;
  if (against) times = 1 / times;
  char text[64];
  if (times >= 1e9) {
    std::snprintf(text, sizeof text, "more than a billion");
  } else if (times >= 1e6) {
    std::snprintf(text, sizeof text, "about %.1f million", times / 1e6);
  } else if (times >= 1e4) {
    std::snprintf(text, sizeof text, "about %.0f thousand", times / 1e3);
  } else {
    std::snprintf(text, sizeof text, "about %.0f", times);
  }
  return against ? std::string("1 to ") + text : std::string(text) + " to 1";
}

}  // namespace revenant::page
