#include "revenant/subject.h"
#include "util/json_writer.h"

namespace revenant {
namespace {

void TextOrNull(JsonWriter& json, std::string_view key, const SellerName& name) {
  json.TextOrNull(key, name.external_id.empty() ? "" : name.ToString());
}

void Write(JsonWriter& json, const HeldObservation& one) {
  json.Text("kind", one.kind).Text("source", one.source);
  json.Moment("first", one.first).Moment("last", one.last);
  json.Flag("live", one.live).Flag("junk", one.junk);
  json.Text("purpose", one.purpose).Moment("expires", one.expires);
}

void Write(JsonWriter& json, const HeldCase& one) {
  json.Text("type", one.type).Text("case", one.reference).Text("detail", one.detail);
  json.Moment("at", one.at).Moment("lifted", one.lifted);
}

void Write(JsonWriter& json, const Fact& one) {
  json.Text("kind", FactKindName(one.kind)).Text("reference", one.reference);
  // Canonical JSON already (CheckFact).
  one.detail.empty() ? json.Null("detail") : json.Raw("detail", one.detail);
  json.Moment("at", one.at).Moment("lifted", one.lifted);
}

void Write(JsonWriter& json, const Contest& one) {
  json.Text("reference", one.reference).Text("statement", one.objection.statement);
  json.Moment("at", one.at).Flag("open", one.open()).Flag("taken_back", one.taken_back);
  if (!one.review) {
    json.Null("review");
    return;
  }
  json.Object("review").Text("by", one.review->by);
  json.Text("outcome", ReviewOutcomeName(one.review->outcome)).Text("note", one.review->note);
  json.Moment("at", one.reviewed_at).End();
}

void Write(JsonWriter& json, const HeldMeasure& one) {
  json.Text("step", StepName(one.step)).Text("case", one.name.ToString());
  json.Moment("done", one.done).Flag("to_undo", one.to_undo);
}

void Write(JsonWriter& json, const Alert& one) {
  json.Number("number", one.number).Moment("at", one.at);
  TextOrNull(json, "seller", one.seller);
  TextOrNull(json, "cause", one.cause);
  json.Text("event", one.event).Flag("linked", one.linked).Flag("sanctions", one.sanctions);
}

void Write(JsonWriter& json, const HeldEntry& one) {
  json.Number("seq", one.seq).Moment("at", one.at).Text("type", one.type);
}

void Write(JsonWriter& json, const ForeignEntry& one) {
  json.Text("case", one.foreign_case.ToString()).Text("kind", one.kind).Text("reason", one.reason);
  json.Moment("listed_at", one.listed_at).Moment("expires", one.expires);
  json.Count("disputes", one.disputes);
  json.TextOrNull("opinion", one.opinion == Opinion::kRetracted ? std::string_view()
                                                                : OpinionName(one.opinion));
}

void Write(JsonWriter& json, const ToldEntry& one) {
  json.Text("feed", one.feed.ToHex()).Array("readers");
  for (const std::string& reader : one.readers) json.Text({}, reader);
  json.End().Number("id", one.id).Text("kind", one.kind);
  json.Moment("listed", one.listed).Moment("gone", one.gone).TextOrNull("why", one.why);
}

template <typename Item>
void WriteAll(JsonWriter& json, std::string_view key, const std::vector<Item>& items) {
  json.Array(key);
  for (const Item& item : items) {
    json.Object();
    Write(json, item);
    json.End();
  }
  json.End();
}

}  // namespace

std::string ToJson(const SubjectReport& report) {
  std::string text;
  JsonWriter json(text);
  json.Object().Count("v", 1).Text("seller", report.seller.ToString());
  json.Text("status", StatusName(report.status)).Moment("since", report.since);
  json.Moment("as_of", report.as_of);
  WriteAll(json, "observations", report.observations);
  WriteAll(json, "cases", report.cases);
  WriteAll(json, "file", report.file);
  WriteAll(json, "contests", report.contests);
  WriteAll(json, "sanctions", report.measures);
  WriteAll(json, "alerts", report.alerts);
  WriteAll(json, "journal", report.journal);
  WriteAll(json, "evaluations", report.evaluations);
  WriteAll(json, "foreign", report.foreign);
  WriteAll(json, "told", report.told);
  json.End();
  return text;
}

}  // namespace revenant
