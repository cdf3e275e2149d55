#ifndef ONBOARDING_SERVICE_SERVICE_H_
#define ONBOARDING_SERVICE_SERVICE_H_

// What the paths do. openapi.json says what goes in and comes out.

#include <revenant/metrics.h>
#include <revenant/registry.h>
#include <revenant/screener.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "access.h"
#include "http.h"
#include "ledger.h"

namespace service {

class Front;

struct ServiceOptions {
  unsigned workers = 8;
  bool log_requests = true;
  std::size_t max_streams = 100;
};

class Service {
 public:
  Service(revenant::Registry& registry, ServiceOptions options, Applications& applications,
          Idempotency& idempotency, std::shared_ptr<const Callers> callers);
  ~Service();

  // Threads: from all workers at once; never two with the same number.
  Response Handle(unsigned worker, const Request& request);
  bool Admit(const std::string& authorization) const;
  void Refused(int status);

  // Before the first request, and before the front is gone.
  void UseFront(Front* front) { front_ = front; }
  void SetReady() { ready_ = true; }
  void SetCallers(std::shared_ptr<const Callers> callers) { callers_.store(std::move(callers)); }
  // A policy of a file was put in force, or refused.
  void CountReload(bool good) { (good ? reloads_ : failed_reloads_).Add(); }
  void CountStoreWarning() { store_warnings_.Add(); }

  void StreamBegins(std::uint64_t stream, const Request& request);
  void StreamEnds(std::uint64_t stream);

 private:
  struct Call;
  struct Route;
  static const std::vector<Route>& Routes();
  Response Serve(unsigned worker, const Request& request, const Route*& route, std::string& caller);
  Response Write(Call& call, const std::function<Response(Call&)>& act);

  Response Screen(Call& call);
  Response Apply(Call& call);
  Response ShowApplication(Call& call);
  Response EnrolSeller(Call& call);
  Response ShowSeller(Call& call);
  Response EnterBan(Call& call);
  Response LiftBan(Call& call);
  Response FileContest(Call& call);
  Response ReviewContest(Call& call);
  Response ShowContests(Call& call);
  Response ShowAlerts(Call& call);
  Response AcknowledgeAlerts(Call& call);
  Response ShowCluster(Call& call);
  Response Health(Call& call);
  Response Ready(Call& call);
  Response Metrics(Call& call);
  Response File(Call& call);

  revenant::Result<revenant::SellerName> SellerOfCluster(const std::string& id);
  void Remember(const revenant::Applied& applied, const revenant::SellerName& seller);
  void Pump();

  revenant::Registry& registry_;
  const ServiceOptions options_;
  Applications& applications_;
  Idempotency& idempotency_;
  std::atomic<std::shared_ptr<const Callers>> callers_;
  Front* front_ = nullptr;
  std::atomic<bool> ready_{false};

  std::vector<revenant::Screener> screeners_;  // one per worker
  revenant::ScreenMetrics screens_;
  struct RouteCounts {
    revenant::Counter by_class[6];  // 1xx ... 5xx
    revenant::LatencyHistogram took;
  };
  std::vector<RouteCounts> routes_;
  revenant::Counter unrouted_, refused_, limited_, replayed_, reloads_, failed_reloads_,
      store_warnings_, write_errors_, enrolled_, banned_, bytes_in_, bytes_out_;
  std::atomic<std::uint64_t> request_number_{0}, pump_errors_{0};

  // Clusters seen in answers, so that their names lead back to a seller.
  std::mutex clusters_mutex_;
  std::map<std::string, revenant::SellerName> clusters_;
  std::mutex scan_mutex_;

  std::mutex streams_mutex_;
  std::condition_variable pump_wakes_;
  std::map<std::uint64_t, std::uint64_t> streams_;  // to the last alert sent
  bool ending_ = false;
  std::thread pump_;
};

}  // namespace service

#endif  // ONBOARDING_SERVICE_SERVICE_H_
