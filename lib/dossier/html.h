// HTML that is safe by its type: what people typed becomes Html only by being escaped.
//
//   Html cell = Fill("<td>{} of {}</td>", name, Date(time));  // `name` is escaped, Html is not
//
// Threads: pure functions. Errors: none but memory.
#ifndef REVENANT_DOSSIER_HTML_H_
#define REVENANT_DOSSIER_HTML_H_

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace revenant {

class Html {
 public:
  Html() = default;
  // Markup of our own. Never call it with anything that people typed.
  static Html Raw(std::string text) {
    Html html;
    html.text_ = std::move(text);
    return html;
  }
  Html& operator+=(const Html& other) {
    text_ += other.text_;
    return *this;
  }
  friend Html operator+(Html left, const Html& right) { return left += right; }
  bool empty() const { return text_.empty(); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// For the text of an element. Control characters and marks of direction become visible, as on a
// terminal; a word of more than 24 characters may be broken, so that no column grows without limit.
Html Escaped(std::string_view text);
// For an attribute or a title: never broken.
Html EscapedPlain(std::string_view text);
// Text of several lines, each on its own.
Html EscapedLines(std::string_view text);
// For a CSS string: every character that is not a letter or digit of ASCII as its number; cut after
// `limit` characters.
Html EscapedCss(std::string_view text, std::size_t limit);

inline Html AsHtml(const Html& html) { return html; }
inline Html AsHtml(std::string_view text) { return Escaped(text); }
template <std::integral Number>
Html AsHtml(Number number) {
  return Html::Raw(std::to_string(number));
}

Html FillFrom(std::string_view pattern, std::initializer_list<Html> parts);
// The pattern, markup of ours, with each {} replaced by the next argument.
template <std::size_t N, typename... Args>
Html Fill(const char (&pattern)[N], const Args&... args) {
  return FillFrom(std::string_view(pattern, N - 1), {AsHtml(args)...});
}

// A table that a screen reader can walk: caption, column heads, and the first cell of each row as
// the head of the row. On a narrow screen each row stands as a block of "column: value"; the roles
// keep it a table there. A short table is not broken across sheets.
class HtmlTable {
 public:
  HtmlTable(std::string_view caption, std::initializer_list<std::string_view> heads);
  void Row(std::initializer_list<Html> cells);  // as many as there are heads
  bool empty() const { return rows_.empty(); }
  Html Done() const;  // empty without rows

 private:
  std::string caption_;
  std::vector<std::string> heads_;
  Html rows_;
  std::size_t row_count_ = 0;
};

}  // namespace revenant

#endif  // REVENANT_DOSSIER_HTML_H_
