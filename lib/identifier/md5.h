#ifndef REVENANT_LIB_IDENTIFIER_MD5_H_
#define REVENANT_LIB_IDENTIFIER_MD5_H_

#include <string>
#include <string_view>

namespace revenant::kinds {

// MD5 (RFC 1321) in lower-case hex. JA3 is defined by it; nothing here relies on its strength.
std::string Md5Hex(std::string_view data);

}  // namespace revenant::kinds

#endif  // REVENANT_LIB_IDENTIFIER_MD5_H_
