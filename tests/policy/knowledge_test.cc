#include "revenant/knowledge.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace revenant {
namespace {

const Time kNow{1'000'000};

Notice Full() {
  Notice notice;
  for (std::size_t i = 0; i < kNoticeElementCount; ++i) {
    notice.present.insert(static_cast<NoticeElement>(i));
  }
  return notice;
}

Finding FindingOf(const KnowledgeFacts& facts, Factor factor, const KnowledgePolicy& policy = {}) {
  const KnowledgeAssessment assessment = AssessKnowledge(facts, policy, kNow);
  CHECK(assessment.findings.size() == 8);
  const auto found = std::find_if(assessment.findings.begin(), assessment.findings.end(),
                                  [&](const Finding& each) { return each.factor == factor; });
  REQUIRE(found != assessment.findings.end());
  CHECK_FALSE(found->threshold.empty());
  CHECK_FALSE(found->would_change.empty());
  CHECK((found->met != Met::kYes || found->tier <= assessment.tier));
  return *found;
}

TEST_CASE("A notice is qualified when every required element is there, flawed or not") {
  const KnowledgePolicy policy;
  for (std::size_t i = 0; i < kNoticeElementCount; ++i) {
    const auto element = static_cast<NoticeElement>(i);
    CAPTURE(ElementName(element));
    Notice notice = Full();
    CHECK(QualifyNotice(notice, policy).qualified);
    notice.present.erase(element);
    const Qualification without = QualifyNotice(notice, policy);
    CHECK(without.qualified == !IsRequired(element, policy));
    CHECK(without.missing.size() == (IsRequired(element, policy) ? 1 : 0));
    notice.flawed.insert(element);
    const Qualification flawed = QualifyNotice(notice, policy);
    CHECK(flawed.qualified);
    CHECK(flawed.flawed == std::vector{element});
  }
  KnowledgePolicy strict;
  strict.notice_good_faith = strict.notice_signature = true;
  Notice unsigned_notice = Full();
  unsigned_notice.present.erase(NoticeElement::kSignature);
  CHECK_FALSE(QualifyNotice(unsigned_notice, strict).qualified);
}

TEST_CASE("The language of a notice never decides") {
  for (const char* language : {"", "en", "zh-Hans", "ta", "x-klingon"}) {
    Notice notice = Full();
    notice.language = language;
    KnowledgeFacts facts;
    facts.notices = {{"c1", notice, kNow}};
    CHECK(FindingOf(facts, Factor::kQualifiedNotice).met == Met::kYes);
  }
}

TEST_CASE("A notice that lacks something or was found wrong shows no knowledge") {
  KnowledgeFacts facts;
  CHECK(FindingOf(facts, Factor::kQualifiedNotice).met == Met::kUnknown);
  Notice notice = Full();
  notice.present.erase(NoticeElement::kListing);
  facts.notices = {{"c1", notice, kNow}};
  const Finding lacking = FindingOf(facts, Factor::kQualifiedNotice);
  CHECK(lacking.met == Met::kNo);
  CHECK(lacking.value == "notice on case c1 lacks listing");
  facts.notices.push_back({"c2", Full(), kNow, true});
  CHECK(FindingOf(facts, Factor::kQualifiedNotice).met == Met::kNo);
  facts.notices.push_back({"c3", Full(), kNow});
  const Finding qualified = FindingOf(facts, Factor::kQualifiedNotice);
  CHECK(qualified.met == Met::kYes);
  CHECK(qualified.tier == Tier::kActual);
}

TEST_CASE("Orders give actual knowledge, foreign injunctions only without effective measures") {
  struct Row {
    const char* name;
    OrderType type;
    Compliance measures;
    Met met;
    Tier tier;
  };
  const Row rows[] = {
      {"order, nothing done", OrderType::kCourtOrder, Compliance::kNone, Met::kYes, Tier::kActual},
      {"order, obeyed", OrderType::kCourtOrder, Compliance::kEffective, Met::kYes, Tier::kActual},
      {"injunction, nothing done", OrderType::kForeignInjunction, Compliance::kNone, Met::kYes,
       Tier::kShouldHaveKnown},
      {"injunction, half done", OrderType::kForeignInjunction, Compliance::kPartial, Met::kYes,
       Tier::kShouldHaveKnown},
      {"injunction, obeyed", OrderType::kForeignInjunction, Compliance::kEffective, Met::kNo,
       Tier::kShouldHaveKnown},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    KnowledgeFacts facts;
    facts.orders = {{"4 Ob 1/26", {row.type, "AT", row.measures}, kNow}};
    const Finding finding =
        FindingOf(facts, row.type == OrderType::kCourtOrder ? Factor::kCourtOrder
                                                            : Factor::kForeignInjunction);
    CHECK(finding.met == row.met);
    CHECK(finding.tier == row.tier);
    CHECK(finding.source == "4 Ob 1/26");
  }
  // One that is obeyed does not hide one that is not.
  KnowledgeFacts facts;
  for (const Compliance measures :
       {Compliance::kEffective, Compliance::kNone, Compliance::kEffective}) {
    facts.orders.push_back({"r", {OrderType::kForeignInjunction, "FR", measures}, kNow});
  }
  CHECK(FindingOf(facts, Factor::kForeignInjunction).met == Met::kYes);
}

TEST_CASE("Figures are judged just below, at and just above their thresholds") {
  struct Row {
    const char* name;
    std::optional<std::int64_t> price, sales, reviews;
    Met price_met, sales_met;
  };
  const Row rows[] = {
      {"nothing on file", {}, {}, {}, Met::kUnknown, Met::kUnknown},
      {"price just below", 699, {}, {}, Met::kYes, Met::kUnknown},
      {"price at", 700, {}, {}, Met::kNo, Met::kUnknown},
      {"price just above", 701, {}, {}, Met::kNo, Met::kUnknown},
      {"sales just below", {}, 9'999, 2000, Met::kUnknown, Met::kNo},
      {"sales at", {}, 10'000, 2000, Met::kUnknown, Met::kNo},
      {"sales just above", {}, 10'001, 2000, Met::kUnknown, Met::kYes},
      {"reviews just below", {}, 10'001, 1999, Met::kUnknown, Met::kNo},
      {"reviews above", {}, 10'001, 2001, Met::kUnknown, Met::kYes},
      {"a surge without reviews", {}, 10'001, {}, Met::kUnknown, Met::kUnknown},
      {"reviews without a surge", {}, {}, 2001, Met::kUnknown, Met::kUnknown},
      {"no surge, whatever the reviews", {}, 1, {}, Met::kUnknown, Met::kNo},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto figure = [](std::optional<std::int64_t> value) {
      return value ? std::optional<FigureFact>({*value, "analytics", kNow}) : std::nullopt;
    };
    KnowledgeFacts facts;
    facts.price_ratio = figure(row.price);
    facts.sales_ratio = figure(row.sales);
    facts.negative_review_ratio = figure(row.reviews);
    CHECK(FindingOf(facts, Factor::kPrice).met == row.price_met);
    CHECK(FindingOf(facts, Factor::kSalesSurge).met == row.sales_met);
  }
}

TEST_CASE("Links count from the number that the policy names, those for review never") {
  KnowledgePolicy policy;
  policy.banned_links = 2;
  KnowledgeFacts facts;
  for (const Met met : {Met::kNo, Met::kNo, Met::kYes, Met::kYes}) {
    CHECK(FindingOf(facts, Factor::kBannedLink, policy).met == met);
    facts.links.push_back({{"p", "a"}, 20'000, true, {}});
  }
  facts.links.assign(5, {{"p", "a"}, 20'000, false, {}});
  CHECK(FindingOf(facts, Factor::kBannedLink, policy).met == Met::kNo);
}

TEST_CASE("One reused payment account is enough") {
  KnowledgeFacts facts;
  facts.links = {{{"p", "a"}, 20'000, false, {}}};
  CHECK(FindingOf(facts, Factor::kReusedPayment).met == Met::kNo);
  facts.links.front().payment_kinds = {"pay.iban"};
  const Finding finding = FindingOf(facts, Factor::kReusedPayment);
  CHECK(finding.met == Met::kYes);
  CHECK(finding.value == "pay.iban of p:a");
}

TEST_CASE("Different words count once each, over all listings") {
  KnowledgePolicy policy;
  policy.listing_words = 2;
  KnowledgeFacts facts;
  CHECK(FindingOf(facts, Factor::kListingWords, policy).met == Met::kUnknown);
  facts.wordings = {{"L1", {{"replica"}, "crawler"}, kNow}, {"L2", {{"replica"}, "crawler"}, kNow}};
  CHECK(FindingOf(facts, Factor::kListingWords, policy).met == Met::kNo);
  facts.wordings.push_back({"L3", {{"高仿"}, "crawler"}, kNow});
  CHECK(FindingOf(facts, Factor::kListingWords, policy).met == Met::kYes);
}

TEST_CASE("The highest tier of what is met holds, and what is met stands first") {
  KnowledgeFacts facts;
  facts.price_ratio = {{100, "crawler", kNow}};
  CHECK(AssessKnowledge(facts, {}, kNow).tier == Tier::kShouldHaveKnown);
  CHECK(AssessKnowledge(facts, {}, kNow).findings.front().factor == Factor::kPrice);
  facts.notices = {{"c1", Full(), kNow}};
  const KnowledgeAssessment assessment = AssessKnowledge(facts, {}, kNow);
  CHECK(assessment.tier == Tier::kActual);
  CHECK(assessment.findings[0].factor == Factor::kQualifiedNotice);
  CHECK(assessment.findings[1].factor == Factor::kPrice);
  CHECK(AssessKnowledge({}, {}, kNow).tier == Tier::kNone);
}

// --- Words ---

struct WordCase {
  const char* name;
  const char* text;
  const char* word;  // nullptr: none is found
};
const WordCase kWordCases[] = {
    {"as listed", "a replica watch", "replica"},
    {"in capitals", "REPLICA", "replica"},
    {"in full width", "ｒｅｐｌｉｃａ", "replica"},
    {"letter by letter", "r e p l i c a!", "replica"},
    {"hyphened", "high-imitation bag", "high imitation"},
    {"spaced wide", "high   imitation", "high imitation"},
    {"glued", "HighImitation", "high imitation"},
    {"an invisible character inside", "rep\u200Blica", "replica"},
    {"a soft hyphen inside", "rep\u00ADlica", "replica"},
    {"without its accent", "imitacion", "imitación"},
    {"with a loose accent", "imitacio\u0301n", "imitación"},
    {"Chinese", "正品高仿包包", "高仿"},
    {"Chinese, spaced", "高 仿", "高仿"},
    {"Chinese, dotted", "高·仿", "高仿"},
    {"Latin and Chinese", "超ａ货", "A货"},
    {"Japanese in half width", "ｽｰﾊﾟｰｺﾋﾟｰ", "スーパーコピー"},
    {"Korean", "명품짝퉁가방", "짝퉁"},
    {"Russian in capitals", "ПОДДЕЛКА", "подделка"},
    {"German", "FÄLSCHUNG", "Fälschung"},
    {"Turkish", "ÇAKMA saat", "çakma"},
    {"Arabic", "ساعة هاي كوبي", "هاي كوبي"},
    {"Thai", "ขายของก๊อปเกรดดี", "ของก๊อป"},
    {"Hindi", "फर्स्ट कॉपी घड़ी", "फर्स्ट कॉपी"},
    {"Vietnamese", "HÀNG NHÁI", "hàng nhái"},
    {"a ratio with its word", "1:1 Copy", "1:1 copy"},
    {"part of another word", "Fakenham replicate", nullptr},
    {"the end of another word", "unfake", nullptr},
    {"digits alone", "ratio 1:1, 11 pieces", nullptr},
    {"an honest listing", "Genuine leather bag, new with receipt", nullptr},
    {"nothing", "", nullptr},
    {"not UTF-8", "rep\xFFlica", "replica"},
};

TEST_CASE("Infringing words are found whatever their case, width and spacing") {
  for (const WordCase& row : kWordCases) {
    CAPTURE(row.name);
    const auto found = FindInfringingWords(row.text);
    if (row.word == nullptr) {
      CHECK(found.empty());
      continue;
    }
    CHECK(std::any_of(found.begin(), found.end(),
                      [&](const InfringingWord* word) { return word->word == row.word; }));
  }
}

TEST_CASE("Every word of the list finds itself, and no two rows are one word") {
  CHECK(InfringingWords().size() > 80);
  for (const InfringingWord& word : InfringingWords()) {
    CAPTURE(word.word);
    const auto found = FindInfringingWords(word.word);
    CHECK(std::find(found.begin(), found.end(), &word) != found.end());
    CHECK_FALSE(word.language.empty());
    CHECK_FALSE(word.meaning.empty());
    for (const InfringingWord& other : InfringingWords()) {
      if (&other != &word) CHECK(other.word != word.word);
    }
  }
}

// --- Suppliers ---

TEST_CASE("A supplier is warned of from the number that the policy names") {
  SupplierFacts facts{"00", 5, {}, {}};
  for (const bool warns : {false, false, false, true, true}) {
    const SupplierWarning warning = WarnOfSupplier(facts, {});
    CAPTURE(warning.text);
    CHECK(warning.warns == warns);
    facts.banned.push_back({"p", "a"});
  }
}

}  // namespace
}  // namespace revenant
