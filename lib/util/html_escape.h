#ifndef REVENANT_UTIL_HTML_ESCAPE_H_
#define REVENANT_UTIL_HTML_ESCAPE_H_

#include <string>

namespace revenant {

// One byte of text as elements and quoted attributes of HTML and XML take it.
inline void AppendHtmlEscaped(std::string& out, char c) {
  switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      out += c;
  }
}

}  // namespace revenant

#endif  // REVENANT_UTIL_HTML_ESCAPE_H_
