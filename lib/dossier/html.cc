#include "dossier/html.h"

#include <cstdint>
#include <cstdio>

#include "revenant/printable.h"
#include "util/html_escape.h"

namespace revenant {
namespace {

constexpr std::size_t kLongestWord = 24;

bool BeginsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

Html Escape(std::string_view text, std::size_t longest_word) {
  std::string out;
  std::size_t word = 0;
  for (const char c : Printable(text)) {
    if (BeginsCharacter(c)) {
      if (word == longest_word) {
        out += "<wbr>";
        word = 0;
      }
      word = c == ' ' || c == '\t' ? 0 : word + 1;
    }
    AppendHtmlEscaped(out, c);
  }
  return Html::Raw(std::move(out));
}

}  // namespace

Html Escaped(std::string_view text) { return Escape(text, kLongestWord); }

Html EscapedPlain(std::string_view text) { return Escape(text, std::string_view::npos); }

Html EscapedLines(std::string_view text) {
  Html lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (!lines.empty()) lines += Html::Raw("<br>\n");
    lines += Escaped(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

Html EscapedCss(std::string_view text, std::size_t limit) {
  std::string out;
  const std::string printable = Printable(text);
  std::size_t characters = 0;
  for (std::size_t i = 0; i < printable.size();) {
    if (characters++ == limit) {
      out += "\\002026";
      break;
    }
    const auto first = static_cast<unsigned char>(printable[i++]);
    std::uint32_t point = first < 0x80   ? first
                          : first < 0xE0 ? first & 0x1FU
                          : first < 0xF0 ? first & 0x0FU
                                         : first & 0x07U;
    for (; i < printable.size() && !BeginsCharacter(printable[i]); ++i) {
      point = point << 6 | (static_cast<unsigned char>(printable[i]) & 0x3FU);
    }
    char escape[16];
    std::snprintf(escape, sizeof escape, "\\%06x", static_cast<unsigned>(point));
    const bool plain = (first >= '0' && first <= '9') || (first >= 'a' && first <= 'z') ||
                       (first >= 'A' && first <= 'Z');
    out += plain ? std::string(1, static_cast<char>(first)) : std::string(escape);
  }
  return Html::Raw(std::move(out));
}

Html FillFrom(std::string_view pattern, std::initializer_list<Html> parts) {
  std::string out;
  const Html* part = parts.begin();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern.substr(i, 2) == "{}" && part != parts.end()) {
      out += (part++)->text();
      ++i;
    } else {
      out += pattern[i];
    }
  }
  return Html::Raw(std::move(out));
}

HtmlTable::HtmlTable(std::string_view caption, std::initializer_list<std::string_view> heads)
    : caption_(caption), heads_(heads.begin(), heads.end()) {}

void HtmlTable::Row(std::initializer_list<Html> cells) {
  Html row;
  std::size_t column = 0;
  for (const Html& cell : cells) {
    row += column == 0 ? Fill("<th scope=\"row\" role=\"rowheader\">{}</th>", cell)
                       : Fill("<td role=\"cell\" data-head=\"{}\">{}</td>",
                              EscapedPlain(heads_[column]), cell);
    ++column;
  }
  rows_ += Fill("<tr role=\"row\">{}</tr>\n", row);
  ++row_count_;
}

Html HtmlTable::Done() const {
  constexpr std::size_t kShort = 8;  // rows
  if (rows_.empty()) return {};
  Html heads;
  for (const std::string& head : heads_) {
    heads += Fill("<th scope=\"col\" role=\"columnheader\">{}</th>", head);
  }
  return Fill(
      "<table role=\"table\" class=\"{}\">\n<caption>{}</caption>\n"
      "<thead role=\"rowgroup\"><tr role=\"row\">{}</tr></thead>\n"
      "<tbody role=\"rowgroup\">\n{}</tbody>\n</table>\n",
      row_count_ <= kShort ? "whole" : "long", caption_, heads, rows_);
}

}  // namespace revenant
