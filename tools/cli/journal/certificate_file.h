#ifndef REVENANT_TOOLS_CLI_JOURNAL_CERTIFICATE_FILE_H_
#define REVENANT_TOOLS_CLI_JOURNAL_CERTIFICATE_FILE_H_

#include <string>

#include "revenant/result.h"

namespace revenant::cli {

// The certificate in a file ("-": stdin): by itself, as the last member of a line of `screen
// --json` or of an audit's results, or either of them as `jq` prints it, over several lines.
// kNotFound: no such file, or a verdict without one; kInvalidArgument: several verdicts, or far too
// long; kIo.
Result<std::string> ReadCertificate(const std::string& file);

}  // namespace revenant::cli

#endif  // REVENANT_TOOLS_CLI_JOURNAL_CERTIFICATE_FILE_H_
