#include "service.h"

#include <revenant/case_file.h>
#include <revenant/contests.h>
#include <revenant/json.h>
#include <revenant/subject.h>

#include <algorithm>
#include <utility>

#include "call.h"
#include "evidence.h"
#include "json_out.h"
#include "log.h"
#include "requests.h"

namespace service {

using namespace revenant;
using Clock = std::chrono::steady_clock;

namespace {

std::string ToJson(const AttributeOutcome& outcome) {
  std::string out = "{\"kind\":";
  AppendJson(out, outcome.kind);
  out += ",\"status\":";
  AppendJson(out, StatusName(outcome.status));
  out += ",\"reason\":";
  outcome.reason.empty() ? out += "null" : (AppendJson(out, outcome.reason), out);
  if (outcome.repaired) out += ",\"repaired\":true";
  return out + "}";
}

}  // namespace

// --- Routes

const std::vector<Service::Route>& Service::Routes() {
  static const std::vector<Route> routes = {
      {"POST", "/v1/screen", "/v1/screen", Role::kOnboarding, &Service::Screen, {"certificate"}},
      {"POST",
       "/v1/applications",
       "/v1/applications",
       Role::kOnboarding,
       &Service::Apply,
       {},
       true},
      {"GET",
       "/v1/applications/",
       "/v1/applications/{reference}",
       Role::kOnboarding,
       &Service::ShowApplication,
       {}},
      {"POST", "/v1/sellers", "/v1/sellers", Role::kOnboarding, &Service::EnrolSeller, {}, true},
      {"GET",
       "/v1/sellers/",
       "/v1/sellers/{seller}",
       Role::kInvestigator,
       &Service::ShowSeller,
       {}},
      {"POST", "/v1/bans", "/v1/bans", Role::kInvestigator, &Service::EnterBan, {}, true},
      {"DELETE",
       "/v1/bans/",
       "/v1/bans/{seller}",
       Role::kInvestigator,
       &Service::LiftBan,
       {"case"},
       true},
      {"POST", "/v1/contests", "/v1/contests", Role::kOnboarding, &Service::FileContest, {}, true},
      {"POST",
       "/v1/contests/reviews",
       "/v1/contests/reviews",
       Role::kInvestigator,
       &Service::ReviewContest,
       {},
       true},
      {"GET",
       "/v1/contests/",
       "/v1/contests/{seller}",
       Role::kOnboarding,
       &Service::ShowContests,
       {}},
      {"GET",
       "/v1/alerts",
       "/v1/alerts",
       Role::kInvestigator,
       &Service::ShowAlerts,
       {"after", "limit"}},
      {"POST",
       "/v1/alerts/acknowledged",
       "/v1/alerts/acknowledged",
       Role::kInvestigator,
       &Service::AcknowledgeAlerts,
       {},
       true},
      {"GET",
       "/v1/clusters/",
       "/v1/clusters/{id}",
       Role::kInvestigator,
       &Service::ShowCluster,
       {"view"}},
      {"GET", "/healthz", "/healthz", std::nullopt, &Service::Health, {}, false, false},
      {"GET", "/readyz", "/readyz", std::nullopt, &Service::Ready, {}, false, false},
      {"GET", "/metrics", "/metrics", Role::kMetrics, &Service::Metrics, {}, false, false},
      {"GET", "/openapi.json", "/openapi.json", std::nullopt, &Service::File, {}, false, false},
      {"GET", "/ui", "/ui", std::nullopt, &Service::File, {}, false, false},
      {"GET", "/ui/ui.js", "/ui/ui.js", std::nullopt, &Service::File, {}, false, false},
      {"GET", "/ui/ui.css", "/ui/ui.css", std::nullopt, &Service::File, {}, false, false},
  };
  return routes;
}

Service::Service(Registry& registry, ServiceOptions options, Applications& applications,
                 Idempotency& idempotency, std::shared_ptr<const Callers> callers)
    : registry_(registry),
      options_(options),
      applications_(applications),
      idempotency_(idempotency),
      callers_(std::move(callers)),
      routes_(Routes().size()) {
  for (unsigned i = 0; i < options_.workers; ++i) screeners_.emplace_back(registry_);
  pump_ = std::thread([this] { Pump(); });
}

Service::~Service() {
  {
    const std::lock_guard lock(streams_mutex_);
    ending_ = true;
  }
  pump_wakes_.notify_all();
  pump_.join();
}

bool Service::Admit(const std::string& authorization) const {
  return callers_.load()->Find(authorization) != nullptr;
}

void Service::Refused(int status) {
  refused_.Add();
  if (options_.log_requests) {
    LogLine("info", "refused").Number("status", static_cast<std::uint64_t>(status));
  }
}

Response Service::Handle(unsigned worker, const Request& request) {
  const Clock::time_point before = Clock::now();
  const Route* route = nullptr;
  std::string caller;
  Response response;
  try {
    response = Serve(worker, request, route, caller);
  } catch (const std::exception&) {
    // Out of memory, most likely. What an exception says could quote the request.
    LogLine("error", "exception");
    response = Problem(500, "internal", "the service could not do it; see its log");
  }
  const auto took = Clock::now() - before;
  if (route != nullptr) {
    RouteCounts& counts = routes_[static_cast<std::size_t>(route - Routes().data())];
    counts.by_class[response.status / 100 % 6].Add();
    counts.took.Add(took);
  } else {
    unrouted_.Add();
  }
  bytes_in_.Add(request.body.size());
  bytes_out_.Add(response.body.size());
  const std::uint64_t number = ++request_number_;
  response.headers.emplace_back("X-Request-Id", std::to_string(number));
  if (options_.log_requests) {
    LogLine("info", "request")
        .Number("request", number)
        .Text("method", route == nullptr ? "-" : route->method)
        .Text("route", route == nullptr ? "-" : route->name)
        .Text("caller", caller.empty() ? "-" : caller)
        .Number("status", static_cast<std::uint64_t>(response.status))
        .Number("bytes_in", request.body.size())
        .Number("bytes_out", response.body.size())
        .Millis("ms", std::chrono::duration<double, std::milli>(took).count());
  }
  return response;
}

Response Service::Serve(unsigned worker, const Request& request, const Route*& route,
                        std::string& name) {
  const std::string_view method =
      request.method == "HEAD" ? "GET" : std::string_view(request.method);
  std::string allowed;
  for (const Route& one : Routes()) {
    const bool fits = one.path.ends_with('/') ? request.path.starts_with(one.path) &&
                                                    request.path.size() > one.path.size()
                                              : request.path == one.path;
    if (!fits) continue;
    if (one.method == method) {
      route = &one;
      break;
    }
    allowed += (allowed.empty() ? "" : ", ") + std::string(one.method);
  }
  if (route == nullptr) {
    if (allowed.empty()) return Problem(404, "not_found", "there is nothing at this path");
    Response response = Problem(405, "method_not_allowed", "this path takes " + allowed);
    response.headers.emplace_back("Allow", allowed);
    return response;
  }
  Call call{worker, request};
  call.rest = request.path.substr(std::min(route->path.size(), request.path.size()));
  const std::shared_ptr<const Callers> callers = callers_.load();
  if (route->role) {
    call.caller = callers->Find(request.Header("authorization"));
    if (call.caller == nullptr) return Problem(401, "unauthorized", "no such token");
    name = call.caller->name;
    if (call.caller->role < *route->role) {
      return Problem(403, "forbidden", "this token's role may not do this");
    }
    if (!call.caller->bucket->Take()) {
      limited_.Add();
      return Problem(429, "too_many_requests", "this token asks too often; try again later");
    }
  }
  for (auto at = request.query.begin(); at != request.query.end(); ++at) {
    const auto& known = route->parameters;
    if (std::find(known.begin(), known.end(), at->first) == known.end() ||
        request.query.count(at->first) > 1) {
      return Problem(400, "invalid_request",
                     "the query has a parameter that is not known here, or one twice");
    }
  }
  if (method == "POST") {
    const std::string type = request.Header("content-type");
    const std::string plain = type.substr(0, type.find(';'));
    if (plain != "application/json") {
      return Problem(415, "unsupported_media_type", "send application/json");
    }
  }
  if (route->needs_store && !ready_) return Problem(503, "unavailable", "the service is starting");
  call.received = Now();
  if (!route->writes) return (this->*route->act)(call);
  return Write(call, [&](Call& one) { return (this->*route->act)(one); });
}

// With an Idempotency-Key: once.
Response Service::Write(Call& call, const std::function<Response(Call&)>& act) {
  const std::string key = call.request.Header("idempotency-key");
  if (key.empty()) return act(call);
  const bool good = key.size() <= 128 && std::all_of(key.begin(), key.end(), [](unsigned char c) {
                      return c > ' ' && c < 0x7f;
                    });
  if (!good) {
    return Problem(400, "invalid_request",
                   "Idempotency-Key must be 1 to 128 visible ASCII characters");
  }
  std::string what = call.request.method + " " + call.request.path + "\n";
  for (const auto& [name, value] : call.request.query) {
    what.append(name).append("=").append(value).append("\n");
  }
  using State = Idempotency::Begun::State;
  const Idempotency::Begun begun = idempotency_.Begin(
      call.caller->name, key, what + "\n" + call.request.body, call.received.micros);
  switch (begun.state) {
    case State::kOther:
      return Problem(409, "idempotency_key_reused",
                     "this Idempotency-Key came with another request");
    case State::kBusy:
      return Problem(409, "in_progress",
                     "the request with this Idempotency-Key is not answered yet");
    case State::kAnswered: {
      replayed_.Add();
      Response response;
      response.status = begun.status;
      response.body = begun.body;
      if (response.status >= 400) response.type = "application/problem+json";
      response.headers.emplace_back("Idempotency-Replayed", "true");
      return response;
    }
    case State::kNew:
      break;
  }
  call.received.micros = begun.received_micros;
  Response response;
  try {
    response = act(call);
  } catch (...) {
    idempotency_.Abandon(begun);
    throw;
  }
  const bool lasts = response.status < 400 || response.status == 404 || response.status == 409;
  if (!lasts || !idempotency_.Finish(begun, response.status, response.body, false)) {
    idempotency_.Abandon(begun);
  }
  return response;
}

// --- Screening

Response Service::Screen(Call& call) {
  const Result<Record> record = ReadRecord(call.request.body);
  if (!record) return Refusal(record.error());
  const std::string wanted = call.Query("certificate");
  if (!wanted.empty() && wanted != "true" && wanted != "false") {
    return Problem(400, "invalid_request", "certificate must be true or false");
  }
  Screener& screener = screeners_[call.worker];
  std::string certificate;
  const Clock::time_point before = Clock::now();
  const Result<const Verdict*> verdict =
      wanted == "true" ? screener.ScreenAndCertify(*record, certificate, call.received)
                       : screener.Screen(*record, call.received);
  const auto took = Clock::now() - before;
  if (!verdict) {
    screens_.failed.Add();
    return Refusal(verdict.error());
  }
  screens_.Add(**verdict, took);
  if (call.Wants("image/svg+xml")) {
    Response picture;
    picture.type = "image/svg+xml";
    picture.body = EvidenceSvg(**verdict);
    picture.headers.emplace_back("Content-Security-Policy",
                                 "default-src 'none'; style-src 'unsafe-inline'");
    return picture;
  }
  return Json(revenant::ToJson(**verdict, certificate));
}

// The verdict is of the state before the application was recorded.
Response Service::Apply(Call& call) {
  Result<Record> record = ReadRecord(call.request.body);
  if (!record) return Refusal(record.error());
  record->status = SellerStatus::kApplicant;
  const Result<Intake> intake = registry_.Prepare(*record, call.received);
  if (!intake) return Refusal(intake.error());
  const Clock::time_point before = Clock::now();
  Result<Certified> certified = registry_.Certify(*record, call.received);
  const auto took = Clock::now() - before;
  if (!certified) {
    screens_.failed.Add();
    return Refusal(certified.error());
  }
  screens_.Add(certified->verdict, took);
  const Result<Applied> applied =
      registry_.Apply(intake->event, Durability::kBuffered, call.actor());
  if (!applied) return Refusal(applied.error());
  Remember(*applied, record->seller);
  enrolled_.Add();
  std::string body;
  const std::uint64_t number = applications_.Keep(
      [&](std::uint64_t reference) {
        return "{\"v\":1,\"reference\":\"" + std::to_string(reference) + "\",\"received\":\"" +
               FormatTime(call.received) +
               "\",\"verdict\":" + revenant::ToJson(certified->verdict, certified->certificate) +
               ",\"recorded\":" + revenant::ToJson(record->seller, *applied) + "}";
      },
      body);
  if (number == 0) {
    write_errors_.Add();
    LogLine("error", "applications").Text("why", "the answer could not be kept");
    return Problem(503, "unavailable", "the answer could not be kept; send it again");
  }
  return Json(std::move(body));
}

Response Service::ShowApplication(Call& call) {
  const auto number = Number(call.rest);
  std::optional<std::string> answer;
  if (number) answer = applications_.Find(*number);
  if (!answer) return Problem(404, "not_found", "there is no application with this reference");
  return Json(*std::move(answer));
}

// --- Sellers and decisions

Response Service::EnrolSeller(Call& call) {
  const Result<Record> record = ReadRecord(call.request.body);
  if (!record) return Refusal(record.error());
  const Result<Intake> intake = registry_.Prepare(*record, call.received);
  if (!intake) return Refusal(intake.error());
  const Result<Applied> applied =
      registry_.Apply(intake->event, Durability::kBuffered, call.actor());
  if (!applied) return Refusal(applied.error());
  Remember(*applied, record->seller);
  enrolled_.Add();
  std::string body =
      "{\"v\":1,\"recorded\":" + revenant::ToJson(record->seller, *applied) + ",\"attributes\":";
  AppendList(body, intake->NotPlainlyValid(),
             [](const AttributeOutcome& outcome) { return ToJson(outcome); });
  return Json(body + "}");
}

Response Service::ShowSeller(Call& call) {
  const Result<SellerName> seller = ParseSellerName(call.rest);
  if (!seller) return Problem(400, "invalid_request", "the path must end in PLATFORM:ID");
  const Result<SubjectReport> report = MakeSubjectReport(registry_, *seller, call.received);
  if (!report) return Refusal(report.error());
  return Json(revenant::ToJson(*report));
}

Response Service::EnterBan(Call& call) {
  const Result<BanRequest> ban = ReadBan(call.request.body);
  if (!ban) return Refusal(ban.error());
  const Ban event{ban->seller, ban->case_ref, ban->reason,
                  ban->at.known() ? ban->at : call.received};
  const Result<Entered> entered =
      registry_.Enter(event, call.received, Durability::kSynced, call.actor());
  if (!entered) return Refusal(entered.error());
  Remember(entered->applied, ban->seller);
  banned_.Add();
  pump_wakes_.notify_all();
  return Json(revenant::ToJson(ban->seller, *entered));
}

Response Service::LiftBan(Call& call) {
  const Result<SellerName> seller = ParseSellerName(call.rest);
  if (!seller) return Problem(400, "invalid_request", "the path must end in PLATFORM:ID");
  const std::string case_ref = call.Query("case");
  if (case_ref.size() > 256) return Problem(400, "invalid_request", "case is too long");
  const Reinstate event{*seller, case_ref, case_ref.empty(), call.received};
  const Result<Entered> entered =
      registry_.Enter(event, call.received, Durability::kSynced, call.actor());
  if (!entered) return Refusal(entered.error());
  Remember(entered->applied, *seller);
  pump_wakes_.notify_all();
  return Json(revenant::ToJson(*seller, *entered));
}

namespace {

Result<std::vector<Contest>> ContestsOf(const Registry& registry, const SellerName& seller) {
  const Result<std::vector<Fact>> file = registry.CaseFile(seller);
  if (!file) return file.error();
  return ContestsIn(*file);
}

Response ContestNow(const Registry& registry, const SellerName& seller,
                    const std::string& reference) {
  const auto contests = ContestsOf(registry, seller);
  if (!contests) return Refusal(contests.error());
  for (const Contest& contest : *contests) {
    if (contest.reference == reference) return Json(revenant::ToJson(seller, contest));
  }
  return Problem(404, "not_found", "there is no such objection");
}

}  // namespace

Response Service::FileContest(Call& call) {
  const Result<ContestRequest> contest = ReadContest(call.request.body);
  if (!contest) return Refusal(contest.error());
  // Two at once would take the same number.
  static std::mutex numbering;
  const std::lock_guard lock(numbering);
  const auto contests = ContestsOf(registry_, contest->seller);
  if (!contests) return Refusal(contests.error());
  // The same again, told by its reference, changes nothing.
  const bool again = std::any_of(contests->begin(), contests->end(), [&](const Contest& one) {
    return one.reference == contest->reference && one.objection.statement == contest->statement;
  });
  const Result<std::string> reference =
      again ? contest->reference : NewObjectionReference(*contests, contest->reference);
  if (!reference) return Problem(409, "conflict", "another objection has this reference");
  const Attest event{contest->seller, FactKind::kObjection, *reference,
                     ToDetail(Objection{contest->statement}), call.received};
  const Result<Entered> entered =
      registry_.Enter(event, call.received, Durability::kSynced, call.actor());
  if (!entered) return Refusal(entered.error());
  return ContestNow(registry_, contest->seller, *reference);
}

Response Service::ReviewContest(Call& call) {
  const Result<ReviewRequest> review = ReadReview(call.request.body);
  if (!review) return Refusal(review.error());
  const Response known = ContestNow(registry_, review->seller, review->reference);
  if (known.status != 200) return known;
  const Attest event{review->seller, FactKind::kReview, review->reference, ToDetail(review->review),
                     call.received};
  const Result<Entered> entered =
      registry_.Enter(event, call.received, Durability::kSynced, call.actor());
  if (!entered) return Refusal(entered.error());
  return ContestNow(registry_, review->seller, review->reference);
}

Response Service::ShowContests(Call& call) {
  const Result<SellerName> seller = ParseSellerName(call.rest);
  if (!seller) return Problem(400, "invalid_request", "the path must end in PLATFORM:ID");
  const auto contests = ContestsOf(registry_, *seller);
  if (!contests) return Refusal(contests.error());
  std::string body = "{\"v\":1,\"contests\":";
  AppendList(body, *contests,
             [&](const Contest& contest) { return revenant::ToJson(*seller, contest); });
  return Json(body + "}");
}

}  // namespace service
