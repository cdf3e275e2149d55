#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "revenant/certificate.h"
#include "util/try.h"
#include "verbs.h"

namespace revenant::cli {
namespace {

struct Args {
  std::string file;
  std::string export_file;
  bool extract = false;
};

// A file, or stdin, by the piece.
class Pieces {
 public:
  static Result<Pieces> Open(const std::string& name) {
    Pieces pieces;
    pieces.name_ = name;
    pieces.file_.reset(name == "-" ? stdin : std::fopen(name.c_str(), "rb"));
    if (pieces.file_ == nullptr) {
      return Error{errno == ENOENT ? Code::kNotFound : Code::kIo,
                   name + ": cannot read: " + std::strerror(errno)};
    }
    return pieces;
  }
  Result<std::string> Next() {
    std::string piece(std::size_t{1} << 18, '\0');
    piece.resize(std::fread(piece.data(), 1, piece.size(), file_.get()));
    if (std::ferror(file_.get()) != 0) {
      return Error{Code::kIo, name_ + ": cannot read: " + std::strerror(errno)};
    }
    return piece;
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const {
      if (file != stdin) std::fclose(file);
    }
  };
  std::string name_;
  std::unique_ptr<std::FILE, Close> file_;
};

Result<std::string> ReadCertificate(const std::string& name) {
  constexpr std::size_t kMaxBytes = std::size_t{64} << 20;  // of a file that may be one at all
  TRY_ASSIGN(Pieces pieces, Pieces::Open(name));
  std::string bytes;
  while (true) {
    TRY_ASSIGN(const std::string piece, pieces.Next());
    if (piece.empty()) break;
    bytes += piece;
    if (bytes.size() > kMaxBytes) {
      return Error{Code::kInvalidArgument, name + ": too long for a certificate"};
    }
  }
  // What ends a line in a file is no part of the certificate.
  if (bytes.ends_with('\n')) bytes.pop_back();
  return bytes;
}

// A line of `screen --json` or of an audit's results carries it as its last member, byte for byte.
Result<std::string> CertificateIn(std::string bytes, const std::string& name) {
  constexpr std::string_view kMember = ",\"certificate\":";
  if (!bytes.starts_with(R"({"v":1,"platform":)")) return bytes;
  const std::size_t member = bytes.find(kMember);
  if (member == std::string::npos || !bytes.ends_with('}')) return bytes;
  if (bytes.find('\n') != std::string::npos) {
    return Error{Code::kInvalidArgument, name + ": several verdicts; give one line of them"};
  }
  const std::size_t begin = member + kMember.size();
  const std::string certificate = bytes.substr(begin, bytes.size() - 1 - begin);
  if (certificate != "null") return certificate;
  return Error{Code::kNotFound, name +
                                    ": this verdict has no certificate; audits give none to "
                                    "what is clear, screen --json does"};
}

Result<CertificateCheck> Verify(const Args& args, const Context& context) {
  TRY_ASSIGN(std::string bytes, ReadCertificate(args.file));
  TRY_ASSIGN(const std::string certificate, CertificateIn(std::move(bytes), args.file));
  if (args.export_file.empty()) {
    TRY_ASSIGN(const auto registry, context.OpenRegistry(Access::kReadOnly));
    return VerifyCertificate(*registry, certificate);
  }
  TRY_ASSIGN(Pieces pieces, Pieces::Open(args.export_file));
  Result<CertificateCheck> check = VerifyCertificateAgainstExport(
      [&] { return pieces.Next(); }, args.extract ? ExportExtent::kExtract : ExportExtent::kWhole,
      certificate);
  if (!check) return Error{check.error().code, args.export_file + ": " + check.error().message};
  return check;
}

Result<int> Run(const Args& args, Context& context) {
  if (args.extract && args.export_file.empty()) {
    return Error{Code::kInvalidArgument, "--extract says what --export FILE is: give both"};
  }
  TRY_ASSIGN(const CertificateCheck check, Verify(args, context));
  if (context.json) {
    const nlohmann::ordered_json json = {{"v", 1},
                                         {"outcome", OutcomeName(check.outcome)},
                                         {"complete", check.complete},
                                         {"checked", check.checked},
                                         {"differs", check.differs}};
    context.out.Line(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    context.out.Line(OutcomeName(check.outcome));
    for (const std::string& line : check.checked) context.out.Line("  ok   " + Escaped(line));
    for (const std::string& line : check.differs) context.out.Line("  not  " + Escaped(line));
    if (!check.complete && check.outcome != CertificateOutcome::kFalse) {
      context.out.Line("  Not shown: that there was nothing else, and how many proofs there were.");
    }
  }
  const bool stood =
      check.outcome == CertificateOutcome::kHolds || check.outcome == CertificateOutcome::kHeldThen;
  return stood ? kDone : kNothing;
}

}  // namespace

void AddVerifyCertificate(CLI::App& app, Context& context) {
  CLI::App* verb = app.add_subcommand("verify-certificate", "Check the certificate of a verdict");
  auto args = std::make_shared<Args>();
  verb->add_option("FILE", args->file,
                   "The certificate, or the line of `screen --json` that holds it; - is stdin")
      ->required();
  verb->add_option("--export", args->export_file,
                   "Check against what `export --facts` wrote, not against a store; - is stdin")
      ->type_name("FILE");
  verb->add_flag("--extract", args->extract,
                 "The export is but some of its lines: proves a path, not that there is no other");
  verb->footer(
      "Says one of: holds (judging again gives the same), held then (it did, what it rests on has\n"
      "changed), erased (a seller that it rests on was forgotten), false (damaged, of another "
      "key,\n"
      "or contradicted by the facts). Exit code 1: erased or false.");
  verb->callback(
      [args, &context] { context.run = [args, &context] { return Run(*args, context); }; });
}

}  // namespace revenant::cli
