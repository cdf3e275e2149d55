// Alerts as they arise, and clusters.

#include <revenant/cluster_graph.h>
#include <revenant/json.h>
#include <revenant/report.h>

#include <utility>

#include "call.h"
#include "front.h"
#include "requests.h"
#include "service.h"

namespace service {

using namespace revenant;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kMaxClusters = 100'000, kMaxAlerts = 1'000, kMaxGraphSellers = 500;

}  // namespace

// --- Alerts

Response Service::ShowAlerts(Call& call) {
  const std::string after_text = call.Query("after"), limit_text = call.Query("limit");
  std::uint64_t after = 0;
  if (after_text.empty()) {
    const Result<std::uint64_t> acknowledged = registry_.AcknowledgedAlerts();
    if (!acknowledged) return Refusal(acknowledged.error());
    after = *acknowledged;
  } else if (const auto number = Number(after_text)) {
    after = *number;
  } else {
    return Problem(400, "invalid_request", "after must be the number of an alert");
  }
  const auto limit = limit_text.empty() ? std::optional<std::uint64_t>(100) : Number(limit_text);
  if (!limit || *limit < 1 || *limit > kMaxAlerts) {
    return Problem(400, "invalid_request", "limit must be from 1 to 1000");
  }
  if (call.request.method == "GET" && call.Wants("text/event-stream")) {
    const std::string last = call.request.Header("last-event-id");
    if (!last.empty() && !Number(last)) {
      return Problem(400, "invalid_request", "Last-Event-ID must be the number of an alert");
    }
    const std::lock_guard lock(streams_mutex_);
    if (streams_.size() >= options_.max_streams) {
      return Problem(503, "unavailable", "too many streams; ask again later");
    }
    Response response;
    response.stream = true;
    response.type = "text/event-stream";
    return response;
  }
  const Result<std::vector<Alert>> alerts = registry_.Alerts(after, *limit);
  if (!alerts) return Refusal(alerts.error());
  const std::uint64_t next = alerts->empty() ? after : alerts->back().number;
  std::string body = "{\"v\":1,\"next\":\"" + std::to_string(next) + "\",\"alerts\":";
  AppendList(body, *alerts, [](const Alert& alert) { return revenant::ToJson(alert); });
  return Json(body + "}");
}

Response Service::AcknowledgeAlerts(Call& call) {
  const Result<std::uint64_t> number = ReadNumber(call.request.body);
  if (!number) return Refusal(number.error());
  const Result<void> done = registry_.AcknowledgeAlerts(*number);
  if (!done) return Refusal(done.error());
  const Result<std::uint64_t> now = registry_.AcknowledgedAlerts();
  if (!now) return Refusal(now.error());
  return Json(revenant::ToJson(revenant::AcknowledgedAlerts{*now}));
}

void Service::StreamBegins(std::uint64_t stream, const Request& request) {
  const auto asked = request.query.find("after");
  const std::string last = request.Header("last-event-id");
  std::uint64_t after = 0;
  if (!last.empty()) {
    after = Number(last).value_or(0);
  } else if (asked != request.query.end()) {
    after = Number(asked->second).value_or(0);
  } else {
    after = registry_.AcknowledgedAlerts().has_value() ? *registry_.AcknowledgedAlerts() : 0;
  }
  {
    const std::lock_guard lock(streams_mutex_);
    streams_[stream] = after;
  }
  pump_wakes_.notify_all();
}

void Service::StreamEnds(std::uint64_t stream) {
  const std::lock_guard lock(streams_mutex_);
  streams_.erase(stream);
}

// Looks for new alerts twice a second, and pushes them to whoever listens.
void Service::Pump() {
  constexpr auto kEvery = std::chrono::milliseconds(500);
  constexpr auto kAlive = std::chrono::seconds(15);
  Clock::time_point said = Clock::now();
  std::unique_lock lock(streams_mutex_);
  while (!ending_) {
    pump_wakes_.wait_for(lock, kEvery);
    if (streams_.empty() || front_ == nullptr) continue;
    const bool alive = Clock::now() - said >= kAlive;
    if (alive) said = Clock::now();
    const std::map<std::uint64_t, std::uint64_t> streams = streams_;
    lock.unlock();
    std::map<std::uint64_t, std::uint64_t> sent;
    for (const auto& [stream, after] : streams) {
      const Result<std::vector<Alert>> alerts = registry_.Alerts(after, 100);
      if (!alerts) {
        ++pump_errors_;
        continue;
      }
      std::string text = alive && alerts->empty() ? ": alive\n\n" : "";
      for (const Alert& alert : *alerts) {
        text += "id: " + std::to_string(alert.number) +
                "\nevent: alert\ndata: " + revenant::ToJson(alert) + "\n\n";
        sent[stream] = alert.number;
      }
      if (!text.empty()) front_->Push(stream, std::move(text));
    }
    lock.lock();
    for (const auto& [stream, number] : sent) {
      if (const auto found = streams_.find(stream); found != streams_.end()) found->second = number;
    }
  }
}

// --- Clusters

void Service::Remember(const Applied& applied, const SellerName& seller) {
  if (applied.cluster_size == 0) return;
  const std::lock_guard lock(clusters_mutex_);
  if (clusters_.size() >= kMaxClusters) clusters_.clear();
  clusters_[applied.cluster.ToHex()] = seller;
}

// A cluster's name does not lead back to it by itself: from what the service has seen, or by
// looking at all sellers, which only one request may do at a time.
Result<SellerName> Service::SellerOfCluster(const std::string& id) {
  {
    const std::lock_guard lock(clusters_mutex_);
    if (const auto found = clusters_.find(id); found != clusters_.end()) {
      const auto cluster = registry_.Cluster(found->second);
      if (cluster && cluster->id.ToHex() == id) return found->second;
      clusters_.erase(found);
    }
  }
  const std::unique_lock scan(scan_mutex_, std::try_to_lock);
  if (!scan) return Error{Code::kIo, ""};
  std::optional<SellerName> member;
  const Result<void> done =
      registry_.ForEachSeller([&](const SellerName& seller, const ClusterId& cluster, bool) {
        if (!member && cluster.ToHex() == id) member = seller;
      });
  if (!done) return done.error();
  if (!member)
    return Error{Code::kNotFound, "there is no such cluster; it may have merged into another"};
  const std::lock_guard lock(clusters_mutex_);
  clusters_[id] = *member;
  return *member;
}

Response Service::ShowCluster(Call& call) {
  const std::string view = call.Query("view");
  if (!view.empty() && view != "graph" && view != "picture") {
    return Problem(400, "invalid_request", "view must be graph or picture");
  }
  const bool is_id = call.rest.size() == 32 &&
                     call.rest.find_first_not_of("0123456789abcdef") == std::string::npos;
  Result<SellerName> seller = is_id ? SellerOfCluster(call.rest) : ParseSellerName(call.rest);
  if (!seller && !is_id) {
    return Problem(400, "invalid_request", "the path must end in a cluster's id or in PLATFORM:ID");
  }
  if (!seller && seller.error().message.empty()) {
    return Problem(503, "unavailable", "another search for a cluster is under way");
  }
  if (!seller) return Refusal(seller.error());
  if (view.empty()) {
    const Result<ClusterSummary> cluster = registry_.Cluster(*seller);
    return cluster ? Json(revenant::ToJson(*cluster)) : Refusal(cluster.error());
  }
  const Result<ClusterGraph> graph = registry_.GraphOf(*seller, kMaxGraphSellers);
  if (!graph) return Refusal(graph.error());
  if (view == "graph") return Json(revenant::ToJson(*graph));
  Response picture;
  picture.type = "image/svg+xml";
  picture.body = ToSvg(*graph);
  picture.headers.emplace_back("Content-Security-Policy",
                               "default-src 'none'; style-src 'unsafe-inline'");
  return picture;
}

}  // namespace service
