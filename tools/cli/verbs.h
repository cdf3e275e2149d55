#ifndef REVENANT_TOOLS_CLI_VERBS_H_
#define REVENANT_TOOLS_CLI_VERBS_H_

// Every verb of the command: one function in a file of its own, which adds the verb with its
// options and help to the command line and says what to run when it is named. What it adds lives as
// long as `app` and uses `context`.

#include "context.h"

namespace revenant::cli {

void AddInit(CLI::App& app, Context& context);
void AddNormalize(CLI::App& app, Context& context);
void AddKinds(CLI::App& app, Context& context);
void AddImport(CLI::App& app, Context& context);
void AddBan(CLI::App& app, Context& context);
void AddReinstate(CLI::App& app, Context& context);
void AddInfringe(CLI::App& app, Context& context);
void AddRetract(CLI::App& app, Context& context);
void AddNotice(CLI::App& app, Context& context);
void AddCounterNotice(CLI::App& app, Context& context);
void AddMilestone(CLI::App& app, Context& context);
void AddOrder(CLI::App& app, Context& context);
void AddFigure(CLI::App& app, Context& context);
void AddListing(CLI::App& app, Context& context);
void AddMeasure(CLI::App& app, Context& context);
void AddSanctions(CLI::App& app, Context& context);
void AddKnowledge(CLI::App& app, Context& context);
void AddDue(CLI::App& app, Context& context);
void AddSupplier(CLI::App& app, Context& context);
void AddDuty(CLI::App& app, Context& context);
void AddCannotLink(CLI::App& app, Context& context);
void AddAllowLink(CLI::App& app, Context& context);
void AddContest(CLI::App& app, Context& context);
void AddSubject(CLI::App& app, Context& context);
void AddWithdraw(CLI::App& app, Context& context);
void AddForget(CLI::App& app, Context& context);
void AddScreen(CLI::App& app, Context& context);
void AddAudit(CLI::App& app, Context& context);
void AddReport(CLI::App& app, Context& context);
void AddExplain(CLI::App& app, Context& context);
void AddCluster(CLI::App& app, Context& context);
void AddClusters(CLI::App& app, Context& context);
void AddGraph(CLI::App& app, Context& context);
void AddFind(CLI::App& app, Context& context);
void AddHubs(CLI::App& app, Context& context);
void AddSellers(CLI::App& app, Context& context);
void AddStats(CLI::App& app, Context& context);
void AddExport(CLI::App& app, Context& context);
void AddEvaluate(CLI::App& app, Context& context);
void AddFsck(CLI::App& app, Context& context);
void AddDoctor(CLI::App& app, Context& context);
void AddPolicy(CLI::App& app, Context& context);
void AddCalibrate(CLI::App& app, Context& context);
void AddCheckpoint(CLI::App& app, Context& context);
void AddBackup(CLI::App& app, Context& context);
void AddRestore(CLI::App& app, Context& context);
void AddCompact(CLI::App& app, Context& context);
void AddRekey(CLI::App& app, Context& context);
void AddUpgrade(CLI::App& app, Context& context);
void AddVersion(CLI::App& app, Context& context);
void AddHelp(CLI::App& app, Context& context);
void AddGenerate(CLI::App& app, Context& context);
void AddAlerts(CLI::App& app, Context& context);
void AddVerifyCertificate(CLI::App& app, Context& context);
void AddAct(CLI::App& app, Context& context);
void AddJournal(CLI::App& app, Context& context);
void AddDossier(CLI::App& app, Context& context);
void AddVerifyDossier(CLI::App& app, Context& context);
void AddExchange(CLI::App& app, Context& context);

// What follows "revenant" in an example of a verb ("policy set"); empty: it has none.
std::string_view ExampleOf(std::string_view verb);

// Help text of a verb, or of the whole command.
std::string HelpOf(CLI::App& verb);

}  // namespace revenant::cli

#endif  // REVENANT_TOOLS_CLI_VERBS_H_
