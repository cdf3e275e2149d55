#ifndef REVENANT_LINKAGE_WORDS_H_
#define REVENANT_LINKAGE_WORDS_H_

// Every sentence that the library says about a link, in one place, in English.

#include <string>
#include <string_view>

#include "revenant/verdict.h"

namespace revenant::words {

std::string ItselfBanned(std::string_view reason, Time at);
std::string ForLink(Because because, const Link& link, const Reason& reason);
std::string ForContested(std::string_view kind, const SellerName& a, const SellerName& b);
std::string ForHub(std::string_view kind, std::uint64_t banned, std::uint64_t carriers);
std::string ForCutShort();
std::string ForNoLink();

}  // namespace revenant::words

#endif  // REVENANT_LINKAGE_WORDS_H_
