#include "revenant/knowledge.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "policy/named_enum.h"

namespace revenant {
namespace {

constexpr std::string_view kTierNames[] = {"none", "should_have_known", "actual"};
constexpr std::string_view kFactorNames[] = {
    "qualified_notice", "court_order", "foreign_injunction", "banned_link",
    "reused_payment",   "price",       "sales_surge",        "listing_words"};

// Thousandths as people write them: 700 is 0.7.
std::string Ratio(std::int64_t thousandths) {
  return fmt::format("{}", static_cast<double>(thousandths) / 1000);
}

std::string Counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string Joined(const auto& items, const auto& text) {
  std::string out;
  for (const auto& item : items) out.append(out.empty() ? "" : ", ").append(text(item));
  return out;
}

std::string ElementList(const std::vector<NoticeElement>& elements) {
  return Joined(elements, [](NoticeElement element) { return ElementName(element); });
}

// What shows knowledge, one function a factor. Each fills in everything but the factor and tier.

Finding OfNotices(const KnowledgeFacts& facts, const KnowledgePolicy& policy) {
  Finding finding;
  finding.threshold = "one notice with every required element, in any language";
  finding.value = "no notice on file";
  finding.would_change = "a qualified notice";
  for (const NoticeFact& fact : facts.notices) {
    if (fact.retracted) continue;
    const Qualification judged = QualifyNotice(fact.notice, policy);
    finding.source = fact.notice.right_holder;
    finding.at = fact.received;
    finding.met = judged.qualified ? Met::kYes : Met::kNo;
    if (!judged.qualified) {
      finding.value =
          fmt::format("notice on case {} lacks {}", fact.case_ref, ElementList(judged.missing));
      finding.would_change = "the missing elements being handed in: " + ElementList(judged.missing);
      continue;
    }
    finding.value = fmt::format("qualified notice on case {}", fact.case_ref);
    if (!fact.notice.language.empty()) finding.value += ", in " + fact.notice.language;
    if (!judged.flawed.empty()) {
      finding.value += "; errors in good faith: " + ElementList(judged.flawed);
    }
    finding.would_change = "the notice being found wrong (`retract` the case)";
    break;
  }
  return finding;
}

Finding OfOrders(const KnowledgeFacts& facts, OrderType type) {
  const bool foreign = type == OrderType::kForeignInjunction;
  Finding finding;
  finding.threshold =
      foreign ? "one injunction in force without effective measures" : "one order in force";
  finding.value = foreign ? "no foreign injunction on file" : "no court order on file";
  finding.would_change = foreign ? "a foreign injunction" : "a court order";
  for (const OrderFact& fact : facts.orders) {
    if (fact.order.type != type) continue;
    const bool answered = foreign && fact.order.measures == Compliance::kEffective;
    if (answered && finding.met == Met::kYes) continue;
    finding.met = answered ? Met::kNo : Met::kYes;
    finding.value =
        fmt::format("{} {} of {}, measures: {}", foreign ? "injunction" : "order", fact.reference,
                    fact.order.country, ComplianceName(fact.order.measures));
    finding.source = fact.reference;
    finding.at = fact.at;
    finding.would_change = answered  ? "the measures ceasing to be effective"
                           : foreign ? "effective measures, or the injunction being lifted"
                                     : "the order being lifted";
    if (finding.met == Met::kYes) break;
  }
  return finding;
}

Finding OfLinks(const KnowledgeFacts& facts, const KnowledgePolicy& policy) {
  Finding finding;
  std::vector<const BannedLinkFact*> blocking;
  for (const BannedLinkFact& link : facts.links) {
    if (link.blocking) blocking.push_back(&link);
  }
  finding.threshold =
      fmt::format("{} that would block an application", Counted(policy.banned_links, "link"));
  finding.met = blocking.size() >= policy.banned_links ? Met::kYes : Met::kNo;
  finding.source = "registry";
  finding.value = Counted(blocking.size(), "link");
  if (!blocking.empty()) {
    finding.value += " to " + Joined(blocking, [](const BannedLinkFact* link) {
                       return fmt::format("{} ({} bits)", link->banned.ToString(),
                                          Ratio(link->strength_millibits));
                     });
  }
  const std::size_t weaker = facts.links.size() - blocking.size();
  if (weaker > 0) finding.value += fmt::format("; {} for review only", weaker);
  finding.would_change = finding.met == Met::kYes
                             ? "the bans being lifted, or the shared identifiers withdrawn"
                             : "a link of block_bits and min_redundancy to a banned account";
  return finding;
}

Finding OfPayments(const KnowledgeFacts& facts) {
  Finding finding;
  std::vector<std::string> reused;
  for (const BannedLinkFact& link : facts.links) {
    for (const std::string& kind : link.payment_kinds) {
      reused.push_back(kind + " of " + link.banned.ToString());
    }
  }
  finding.threshold = "one payment account of a banned seller";
  finding.met = reused.empty() ? Met::kNo : Met::kYes;
  finding.source = "registry";
  finding.value =
      reused.empty() ? "none reused" : Joined(reused, [](const std::string& text) { return text; });
  finding.would_change = reused.empty() ? "a payment account that a banned seller had before"
                                        : "the account being withdrawn, or the ban lifted";
  return finding;
}

Finding OfPrice(const KnowledgeFacts& facts, const KnowledgePolicy& policy) {
  Finding finding;
  finding.threshold = "below " + Ratio(policy.price_ratio) + " of the genuine article's price";
  finding.value = "no price on file";
  finding.would_change = "a price " + finding.threshold;
  if (!facts.price_ratio) return finding;
  finding.met = facts.price_ratio->value < policy.price_ratio ? Met::kYes : Met::kNo;
  finding.value = Ratio(facts.price_ratio->value);
  finding.source = facts.price_ratio->source;
  finding.at = facts.price_ratio->at;
  if (finding.met == Met::kYes) {
    finding.would_change = "a price of " + Ratio(policy.price_ratio) + " or more";
  }
  return finding;
}

Finding OfSales(const KnowledgeFacts& facts, const KnowledgePolicy& policy) {
  Finding finding;
  finding.threshold = fmt::format(
      "sales above {} times the industry's average, and {} times its share of negative reviews "
      "or more",
      Ratio(policy.sales_ratio), Ratio(policy.negative_review_ratio));
  const auto &sales = facts.sales_ratio, &reviews = facts.negative_review_ratio;
  const bool surge = sales && sales->value > policy.sales_ratio;
  const bool disliked = reviews && reviews->value >= policy.negative_review_ratio;
  // One that is known to be below its threshold settles it.
  if ((sales && !surge) || (reviews && !disliked)) finding.met = Met::kNo;
  if (surge && disliked) finding.met = Met::kYes;
  finding.value = fmt::format("sales {}, negative reviews {}",
                              sales ? Ratio(sales->value) : std::string("not on file"),
                              reviews ? Ratio(reviews->value) : std::string("not on file"));
  for (const auto& figure : {sales, reviews}) {
    if (!figure) continue;
    finding.at = std::max(finding.at, figure->at);
    if (finding.source == figure->source) continue;
    finding.source.append(finding.source.empty() ? "" : ", ").append(figure->source);
  }
  finding.would_change = finding.met == Met::kYes ? "either figure falling below its threshold"
                                                  : "both figures reaching their thresholds";
  return finding;
}

Finding OfWords(const KnowledgeFacts& facts, const KnowledgePolicy& policy) {
  Finding finding;
  finding.threshold = Counted(policy.listing_words, "different word") + " of the list";
  finding.value = "no wording on file";
  finding.would_change = "a listing with words of the list";
  std::set<std::string> words;
  for (const WordingFact& fact : facts.wordings) {
    words.insert(fact.wording.words.begin(), fact.wording.words.end());
    finding.source = fact.listing;
    finding.at = std::max(finding.at, fact.at);
  }
  if (facts.wordings.empty()) return finding;
  finding.met = words.size() >= policy.listing_words ? Met::kYes : Met::kNo;
  finding.value =
      words.empty() ? "none" : Joined(words, [](const std::string& word) { return word; });
  if (finding.met == Met::kYes) {
    finding.would_change = "the listing being taken down, or its words changed";
  }
  return finding;
}

}  // namespace

std::string_view TierName(Tier tier) { return NameAt(kTierNames, tier); }
std::string_view FactorName(Factor factor) { return NameAt(kFactorNames, factor, 1); }

bool IsRequired(NoticeElement element, const KnowledgePolicy& policy) {
  switch (element) {
    case NoticeElement::kRightHolder:
    case NoticeElement::kListing:
      return true;
    case NoticeElement::kContact:
      return policy.notice_contact;
    case NoticeElement::kProofOfRight:
      return policy.notice_proof_of_right;
    case NoticeElement::kEvidence:
      return policy.notice_evidence;
    case NoticeElement::kGoodFaith:
      return policy.notice_good_faith;
    case NoticeElement::kSignature:
      return policy.notice_signature;
  }
  return true;
}

Qualification QualifyNotice(const Notice& notice, const KnowledgePolicy& policy) {
  Qualification judged;
  for (std::size_t i = 0; i < kNoticeElementCount; ++i) {
    const auto element = static_cast<NoticeElement>(i);
    if (notice.flawed.contains(element)) {
      judged.flawed.push_back(element);
    } else if (!notice.present.contains(element) && IsRequired(element, policy)) {
      judged.missing.push_back(element);
    }
  }
  judged.qualified = judged.missing.empty();
  return judged;
}

KnowledgeAssessment AssessKnowledge(const KnowledgeFacts& facts, const KnowledgePolicy& policy,
                                    Time as_of) {
  KnowledgeAssessment assessment;
  assessment.seller = facts.seller;
  assessment.as_of = as_of;
  const auto add = [&](Factor factor, Tier tier, Finding finding) {
    finding.factor = factor;
    finding.tier = tier;
    if (finding.met == Met::kYes) assessment.tier = std::max(assessment.tier, tier);
    assessment.findings.push_back(std::move(finding));
  };
  add(Factor::kQualifiedNotice, Tier::kActual, OfNotices(facts, policy));
  add(Factor::kCourtOrder, Tier::kActual, OfOrders(facts, OrderType::kCourtOrder));
  add(Factor::kForeignInjunction, Tier::kShouldHaveKnown,
      OfOrders(facts, OrderType::kForeignInjunction));
  add(Factor::kBannedLink, Tier::kShouldHaveKnown, OfLinks(facts, policy));
  add(Factor::kReusedPayment, Tier::kShouldHaveKnown, OfPayments(facts));
  add(Factor::kPrice, Tier::kShouldHaveKnown, OfPrice(facts, policy));
  add(Factor::kSalesSurge, Tier::kShouldHaveKnown, OfSales(facts, policy));
  add(Factor::kListingWords, Tier::kShouldHaveKnown, OfWords(facts, policy));
  std::stable_sort(assessment.findings.begin(), assessment.findings.end(),
                   [](const Finding& a, const Finding& b) {
                     return (a.met == Met::kYes) > (b.met == Met::kYes);
                   });
  return assessment;
}

SupplierWarning WarnOfSupplier(const SupplierFacts& facts, const KnowledgePolicy& policy) {
  SupplierWarning warning;
  warning.warns = facts.banned.size() >= policy.supplier_bans;
  warning.text =
      fmt::format("{} of {} of this supplier {} banned", facts.banned.size(),
                  Counted(facts.sellers, "seller"), facts.banned.size() == 1 ? "was" : "were");
  if (!facts.infringing.empty()) {
    warning.text += fmt::format(", {} more infringed", facts.infringing.size());
  }
  warning.text += warning.warns
                      ? ": look at the others before they are sold through."
                      : fmt::format("; a warning is given from {} on.", policy.supplier_bans);
  return warning;
}

}  // namespace revenant
