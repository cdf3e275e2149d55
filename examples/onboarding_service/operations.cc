// Health, metrics, and the files that are handed out.

#include <revenant/metrics.h>
#include <revenant/version.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "call.h"
#include "front.h"
#include "onboarding_files.h"
#include "service.h"

namespace service {

using namespace revenant;

Response Service::Health(Call&) { return Json(R"({"v":1,"status":"alive"})"); }

Response Service::Ready(Call&) {
  const bool stopping = front_ != nullptr && front_->stopping();
  if (ready_ && !stopping) return Json(R"({"v":1,"status":"ready"})");
  return Problem(503, "unavailable",
                 stopping ? "the service is ending" : "the service is starting");
}

Response Service::Metrics(Call&) {
  using Label = PrometheusText::Label;
  PrometheusText text;
  screens_.Write(text);
  text.Family("onboarding_requests_total", "counter", "Requests by route and class of status.");
  constexpr std::string_view kClasses[] = {"", "1xx", "2xx", "3xx", "4xx", "5xx"};
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    for (std::size_t each = 1; each < std::size(kClasses); ++each) {
      const std::uint64_t count = routes_[i].by_class[each].value();
      if (count == 0 && each != 2) continue;
      text.Sample("onboarding_requests_total", count, Label{"method", Routes()[i].method},
                  Label{"route", Routes()[i].name}, Label{"status", kClasses[each]});
    }
  }
  text.Family("onboarding_request_seconds", "histogram",
              "Time of a request, once it was there in full.");
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    text.Histogram("onboarding_request_seconds", routes_[i].took,
                   Label{"method", Routes()[i].method}, Label{"route", Routes()[i].name});
  }
  const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    text.Family(name, "counter", help);
    text.Sample(name, value);
  };
  const auto gauge = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    text.Family(name, "gauge", help);
    text.Sample(name, value);
  };
  counter("onboarding_unrouted_total", "Requests to paths that do not exist.", unrouted_.value());
  counter("onboarding_refused_total",
          "Requests that could not be read: too long, too slow, no HTTP.", refused_.value());
  counter("onboarding_rate_limited_total", "Requests beyond their token's rate.", limited_.value());
  counter("onboarding_replayed_total", "Answers that were given again for an Idempotency-Key.",
          replayed_.value());
  counter("onboarding_enrolled_total", "Sellers and applications that were recorded.",
          enrolled_.value());
  counter("onboarding_banned_total", "Bans that were entered.", banned_.value());
  counter("onboarding_answers_not_kept_total", "Answers to applications that could not be written.",
          write_errors_.value());
  counter("onboarding_alert_stream_errors_total", "Alerts that could not be read for streams.",
          pump_errors_.load());
  counter("onboarding_request_bytes_total", "Bytes of bodies received.", bytes_in_.value());
  counter("onboarding_response_bytes_total", "Bytes of bodies sent.", bytes_out_.value());
  text.Family("onboarding_reloads_total", "counter", "Reloads (SIGHUP) by outcome.");
  text.Sample("onboarding_reloads_total", reloads_.value(), Label{"outcome", "done"});
  text.Sample("onboarding_reloads_total", failed_reloads_.value(), Label{"outcome", "refused"});
  counter("revenant_store_warnings_total", "Warnings of the store.", store_warnings_.value());
  if (front_ != nullptr) {
    gauge("onboarding_connections", "Connections that are open.", front_->connections());
    gauge("onboarding_queued_requests", "Requests that wait for a worker.", front_->queued());
  }
  {
    const std::lock_guard lock(streams_mutex_);
    gauge("onboarding_streams", "Streams of alerts that are open.", streams_.size());
  }
  gauge("onboarding_applications", "Applications whose answers are kept.", applications_.count());
  gauge("onboarding_idempotency_keys", "Idempotency keys that are remembered.",
        idempotency_.size());
  gauge("onboarding_ready", "1: requests are answered.", ready_ ? 1 : 0);
  unsigned long pages = 0, resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%lu %lu", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  gauge("process_resident_memory_bytes", "Memory of the process.",
        resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)));
  text.Family("revenant_info", "gauge", "Version of the library.");
  text.Sample("revenant_info", std::uint64_t{1}, Label{"version", REVENANT_VERSION});
  Response response;
  response.type = PrometheusText::kContentType;
  response.body = std::move(text).text();
  return response;
}

// The page, its parts, and the contract. The page may load its own script and style, and talk to
// this service: nothing else.
Response Service::File(Call& call) {
  Response response;
  if (call.request.path == "/openapi.json") {
    response.body = kOpenApi;
    return response;
  }
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src blob:; "
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  if (call.request.path == "/ui/ui.js") {
    response.type = "text/javascript; charset=utf-8";
    response.body = kUiScript;
  } else if (call.request.path == "/ui/ui.css") {
    response.type = "text/css; charset=utf-8";
    response.body = kUiStyle;
  } else {
    response.type = "text/html; charset=utf-8";
    response.body = kUiPage;
  }
  return response;
}

}  // namespace service
