// The page: every section as tables, for a reader who has a browser and nothing else.

#include <algorithm>

#include "dossier/envelope.h"

namespace revenant {
namespace {

struct Title {
  std::string_view section, title, says;
};
constexpr Title kTitles[] = {
    {"about", "About this dossier", "Who made it, when, and from which registry."},
    {"findings", "Findings", "What the registry concludes about the seller, in words."},
    {"links", "Links", "What leads from the seller to banned sellers, hop by hop."},
    {"seller", "The seller as it counts today",
     "Live observations with their sources and times, bans and infringements in force."},
    {"facts", "Everything entered", "Every register, withdrawn and lifted ones too."},
    {"sanctions", "Infringements and measures",
     "Cases and the sellers they count against; measures due, carried out and to be undone."},
    {"knowledge", "Knowledge",
     "What the platform knew or should have known, and on which facts this rests."},
    {"clocks", "Clocks", "Deadlines of notices and counter-notices."},
    {"objections", "Objections", "What the seller objected to, and who reviewed it."},
    {"journal", "Journal",
     "Entries about the seller, each with the proof that it is under the signed checkpoint."},
    {"certificate", "Certificate", "The machine-checkable record of the verdict: its exact text."},
};

constexpr std::string_view kHead =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n<title>Dossier</title>\n<style>\n"
    "body{font:15px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a}\n"
    "h1{font-size:1.6rem}h2{font-size:1.2rem;margin:2rem 0 .3rem;border-bottom:1px solid #ccc}\n"
    "p.says{color:#555;margin:.2rem 0 .6rem}\n"
    "table{border-collapse:collapse;margin:.3rem 0}\n"
    "th,td{border:1px solid #ddd;padding:.2rem .5rem;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}\nth{background:#f4f4f4;font-weight:600}\n"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f7f7f7;padding:.5rem}\n"
    ".none{color:#777}\n@media print{body{max-width:none;margin:0}}\n"
    "</style>\n</head>\n<body>\n";

void AppendEscaped(std::string& out, std::string_view text) {
  for (const char c : text) {
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
      default:
        out += c;
    }
  }
}

// "deposit_required" as "deposit required".
std::string Spaced(std::string_view name) {
  std::string text(name);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

class Renderer {
 public:
  explicit Renderer(std::string& out) : out_(out) {}

  void Value(const Json& value) {
    if (value.is_object()) return Members(value);
    if (value.is_array()) return Items(value);
    if (value.is_null()) return None("unknown");
    if (value.is_boolean()) {
      out_ += value.get<bool>() ? "yes" : "no";
    } else if (value.is_string()) {
      const auto& text = value.get_ref<const std::string&>();
      // Texts of several lines are notes and policies: their line ends matter.
      const bool block = text.find('\n') != std::string::npos || text.size() > 400;
      if (block) out_ += "<pre>";
      AppendEscaped(out_, text);
      if (block) out_ += "</pre>";
    } else {
      out_ += value.dump();
    }
  }

 private:
  void None(std::string_view text) {
    out_.append("<span class=\"none\">").append(text).append("</span>");
  }

  void Members(const Json& object) {
    if (object.empty()) return None("nothing");
    out_ += "<table>\n";
    for (const auto& [name, value] : object.items()) {
      out_ += "<tr><th>";
      AppendEscaped(out_, Spaced(name));
      out_ += "</th><td>";
      Value(value);
      out_ += "</td></tr>\n";
    }
    out_ += "</table>\n";
  }

  void Items(const Json& array) {
    if (array.empty()) return None("none");
    const bool objects =
        std::all_of(array.begin(), array.end(), [](const Json& item) { return item.is_object(); });
    if (objects) return Rows(array);
    out_ += "<ul>\n";
    for (const Json& item : array) {
      out_ += "<li>";
      Value(item);
      out_ += "</li>\n";
    }
    out_ += "</ul>\n";
  }

  // One column for each name that any of the objects has, in order of first sight.
  void Rows(const Json& array) {
    std::vector<std::string> names;
    for (const Json& item : array) {
      for (const auto& [name, value] : item.items()) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      }
    }
    out_ += "<table>\n<tr>";
    for (const std::string& name : names) {
      out_ += "<th>";
      AppendEscaped(out_, Spaced(name));
      out_ += "</th>";
    }
    out_ += "</tr>\n";
    for (const Json& item : array) {
      out_ += "<tr>";
      for (const std::string& name : names) {
        out_ += "<td>";
        if (item.contains(name)) Value(item[name]);
        out_ += "</td>";
      }
      out_ += "</tr>\n";
    }
    out_ += "</table>\n";
  }

  std::string& out_;
};

}  // namespace

Page RenderPage(const Json& sections) {
  Page page;
  std::string& out = page.before;
  out = kHead;
  out += "<h1>Dossier</h1>\n";
  for (const auto& [name, section] : sections.items()) {
    const auto title = std::find_if(std::begin(kTitles), std::end(kTitles),
                                    [&](const Title& row) { return row.section == name; });
    const bool known = title != std::end(kTitles);
    out += "<h2>";
    AppendEscaped(out, known ? std::string(title->title) : Spaced(name));
    out += "</h2>\n";
    if (known) out.append("<p class=\"says\">").append(title->says).append("</p>\n");
    Renderer(out).Value(section);
    out += "\n";
  }
  out +=
      "<h2>How to check it</h2>\n<p>On any machine: <code>revenant verify-dossier THIS_FILE --key "
      "PUBLIC_KEY</code>. The data below, from which this page was made, and the page itself are "
      "signed together; one changed byte is refused with the reason.</p>\n";
  page.after = "</body>\n</html>\n";
  return page;
}

}  // namespace revenant
