// The page: the case for a reader who has a browser or paper and nothing else.

#include "dossier/page.h"
#include "dossier/page_style.h"

namespace revenant {
namespace {

using page::Date;
using page::Member;
using page::Name;
using page::Text;

// Every sheet says whose dossier it is and which sheet of how many.
Html PrintedMargins(const std::string& seller) {
  Html css = Html::Raw(
      "@page{size:A4;margin:16mm 16mm 18mm;"
      "@bottom-left{font:8pt sans-serif;content:\"Dossier of ");
  css += EscapedCss(seller, 60);
  css += Html::Raw(
      "\"}@bottom-right{font:8pt sans-serif;"
      "content:\"Page \" counter(page) \" of \" counter(pages)}}\n");
  return css;
}

Html Head(const std::string& seller, const std::string& css) {
  Html head = Html::Raw(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n");
  head += Fill("<title>Dossier of {}</title>\n<style>", EscapedPlain(seller));
  head += Html::Raw(std::string(page::kStyle));
  head += PrintedMargins(seller) + Html::Raw(css);
  return head + Html::Raw("</style>\n</head>\n<body>\n");
}

// A section of the page; nothing at all, or what to say instead, where its body is empty.
Html Section(std::string_view id, std::string_view title, const Html& body,
             std::string_view otherwise = {}) {
  if (body.empty() && otherwise.empty()) return {};
  Html out = Fill("<section aria-labelledby=\"{}\">\n<h2 id=\"{}\">{}</h2>\n", id, id, title);
  out += body.empty() ? Fill("<p>{}</p>\n", otherwise) : body;
  return out + Html::Raw("</section>\n");
}

constexpr std::string_view kHowToRead =
    "<p class=\"help\">Evidence is counted in bits: each bit makes it twice as likely that one "
    "person "
    "runs both accounts. Shared identifiers are compared by keyed fingerprints; no raw value is in "
    "this document. Independent proofs are identifiers that do not derive from one another. Dates "
    "are those that the sources gave; times are UTC unless another zone is named.</p>\n";

constexpr std::string_view kHowToCheck =
    "<p>On any machine that has the command and the journal’s public key: <code>revenant "
    "verify-dossier FILE --key PUBLIC_KEY</code>. The file’s data and this page are signed "
    "together: "
    "one changed byte is refused, and the part is named. The signature itself is in the file’s "
    "data, for it covers this page.</p>\n";

}  // namespace

Page RenderPage(const Json& sections, const Pictures& pictures) {
  const Json& about = Member(sections, "about");
  const std::string seller = Text(about, "seller");
  Html out = Head(seller, pictures.css);
  out += Fill("<main>\n<header>\n<p class=\"kind\">Dossier</p>\n<h1>The case of {}</h1>\n",
              Name(seller));
  out += Fill("<p class=\"by\">Made {}on {}. Signed with the key <code>{}</code>.</p>\n</header>\n",
              Text(about, "made_by").empty() ? Html() : Fill("by {} ", Text(about, "made_by")),
              Date(about, "made_at"), Text(about, "journal"));
  out += Section("short", "In short", page::Summary(sections) + Html::Raw(std::string(kHowToRead)));
  Html figures;
  if (!pictures.graph.empty()) {
    figures += Fill("<figure>\n{}\n<figcaption>{}</figcaption>\n</figure>\n",
                    Html::Raw(pictures.graph), Html::Raw(pictures.legend));
  }
  if (!pictures.waterfall.empty()) {
    figures += Fill("<figure>\n{}\n</figure>\n", Html::Raw(pictures.waterfall));
  }
  out += Section("picture", "The picture of the evidence", figures);
  out += Section("time", "The evidence in order of time", page::Evidence(sections),
                 "Nothing is on file about this seller.");
  out += Section("shared", "What the accounts share", page::SharedValues(sections),
                 "It shares no identifier with any other account of the registry.");
  out += Section("follows", "Infringements, measures and money", page::Consequences(sections),
                 "No confirmed infringement counts against this seller, and no measure was taken.");
  out += Section("clocks", "Notices and deadlines", page::Deadlines(sections),
                 "No notice is on file, and no clock runs.");
  out += Section("knowledge", "What the platform knew", page::Knowledge(sections));
  out += Section("objections", "Objections of the seller", page::Objections(sections),
                 "The seller has not objected.");
  out += Section("check", "How to check this document", Html::Raw(std::string(kHowToCheck)));
  out += Html::Raw("<div class=\"appendix\">\n");
  out += Section("appendix", "Appendix: codes, fingerprints and proofs", page::Appendix(sections));
  out += Html::Raw("</div>\n</main>\n");
  return {out.text(), "</body>\n</html>\n"};
}

}  // namespace revenant
