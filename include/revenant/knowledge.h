#ifndef REVENANT_KNOWLEDGE_H_
#define REVENANT_KNOWLEDGE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revenant/case_file.h"
#include "revenant/record.h"
#include "revenant/time.h"

namespace revenant {

// What a platform knew, or must be taken to have known, about a seller's infringements, and from
// which facts (DESIGN.md section 8). Pure functions of facts, with every threshold in the policy.
// Threads: pure functions.

enum class Tier : std::uint8_t { kNone = 0, kShouldHaveKnown = 1, kActual = 2 };
std::string_view TierName(Tier tier);  // "none", "should_have_known", "actual"

// [knowledge]. Ratios and bits are integers in thousandths.
struct KnowledgePolicy {
  std::uint32_t price_ratio = 700;             // below: should have known
  std::uint32_t sales_ratio = 10'000;          // above, together with
  std::uint32_t negative_review_ratio = 2000;  // as many negative reviews as this, or more
  std::uint32_t banned_links = 1;              // links to banned accounts
  std::uint32_t listing_words = 1;             // different infringing words
  std::uint32_t supplier_bans = 3;             // banned sellers of one supplier: early warning
  bool notice_contact = true;                  // elements without which a notice is not qualified
  bool notice_proof_of_right = true;
  bool notice_evidence = true;
  bool notice_good_faith = false;
  bool notice_signature = false;
  friend bool operator==(const KnowledgePolicy&, const KnowledgePolicy&) = default;
};

// --- Is it a notice that counts? ---

// The language of a notice is never a ground for refusing it; an error made in good faith is noted
// and no ground either.
struct Qualification {
  bool qualified = false;
  std::vector<NoticeElement> missing;  // required, and not there
  std::vector<NoticeElement> flawed;   // there, with errors made in good faith
};
// Required of every notice: who complains and which listings. The rest is policy.
bool IsRequired(NoticeElement element, const KnowledgePolicy& policy);
Qualification QualifyNotice(const Notice& notice, const KnowledgePolicy& policy);

// --- Infringing words ---

struct InfringingWord {
  std::string_view word;      // as the list has it
  std::string_view language;  // BCP 47
  std::string_view meaning;   // in English
};
// The list (lib/policy/infringing_words.inc). Static data.
std::span<const InfringingWord> InfringingWords();

// Rows of the list that occur in `text`, in the list's order. Matching survives upper and lower
// case, full width, spacing, hyphens and invisible characters; a word of an alphabet must stand
// alone ("fake" is not in "Fakenham"), one of Chinese, Japanese, Korean or Thai may stand anywhere.
// Cost: O(text x list).
std::vector<const InfringingWord*> FindInfringingWords(std::string_view text);

// --- Assessment ---

struct NoticeFact {
  std::string case_ref;
  Notice notice;
  Time received;
  bool retracted = false;  // found wrong: it gave no knowledge of an infringement
};
struct OrderFact {
  std::string reference;
  Order order;
  Time at;
};
struct BannedLinkFact {
  SellerName banned;
  std::int64_t strength_millibits = 0;
  bool blocking = false;  // of block_bits and min_redundancy; else it only asks for review
  std::vector<std::string> payment_kinds;  // payment accounts of the banned seller that are reused
};
struct FigureFact {
  std::int64_t value = 0;
  std::string source;
  Time at;
};
struct WordingFact {
  std::string listing;
  Wording wording;
  Time at;
};

struct KnowledgeFacts {
  SellerName seller;
  std::vector<NoticeFact> notices;
  std::vector<OrderFact> orders;
  std::vector<BannedLinkFact> links;
  std::vector<WordingFact> wordings;
  std::optional<FigureFact> price_ratio, sales_ratio, negative_review_ratio;
};

// What may show knowledge. Append new ones, never renumber.
enum class Factor : std::uint8_t {
  kQualifiedNotice = 1,
  kCourtOrder = 2,
  kForeignInjunction = 3,  // without effective measures
  kBannedLink = 4,
  kReusedPayment = 5,
  kPrice = 6,
  kSalesSurge = 7,  // with disproportionate negative reviews
  kListingWords = 8,
};
std::string_view FactorName(Factor factor);  // "qualified_notice", ...

enum class Met : std::uint8_t { kNo, kYes, kUnknown };  // kUnknown: no fact was entered

// One fact measured against its threshold.
struct Finding {
  Factor factor = Factor::kQualifiedNotice;
  Tier tier = Tier::kNone;  // what it shows where it is met
  Met met = Met::kUnknown;
  std::string value;      // what was found, for a person
  std::string threshold;  // what it was measured against
  std::string source;     // who says so; empty if not stated
  Time at;
  std::string would_change;  // what would turn the finding round
};

struct KnowledgeAssessment {
  SellerName seller;
  Tier tier = Tier::kNone;
  std::vector<Finding> findings;  // every factor; those that are met first, the weightiest first
  Time as_of;
};

KnowledgeAssessment AssessKnowledge(const KnowledgeFacts& facts, const KnowledgePolicy& policy,
                                    Time as_of);

// --- Suppliers: a warning, never a link ---

struct SupplierFacts {
  std::string fingerprint;  // of the supplier's own identifier (org.supplier), in hexadecimal
  std::uint64_t sellers = 0;
  std::vector<SellerName> banned;      // sellers with a ban in force
  std::vector<SellerName> infringing;  // sellers with a confirmed infringement and no ban
};
struct SupplierWarning {
  bool warns = false;
  std::string text;  // one sentence for a person, either way
};
SupplierWarning WarnOfSupplier(const SupplierFacts& facts, const KnowledgePolicy& policy);

}  // namespace revenant

#endif  // REVENANT_KNOWLEDGE_H_
