// A member's side of exchange_server: carries files to and fro, and trusts one certificate only.
//
//   exchange_courier --url URL --pin CERTIFICATE --token FILE [--record DIR] post PATH FILE [OUT]
//                                                                            get PATH OUT
//                                                                            delete PATH
//
// Exit code 0: done; 1: the server refused, and said why on stderr; 2: it could not be asked,
// because nobody answers there or somebody else does. --record keeps the body of everything that
// crossed.

#include <httplib.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace {

std::optional<std::string> Read(const std::string& file) {
  std::ifstream input(file, std::ios::binary);
  if (!input) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(input), {});
}

bool Write(const std::string& file, const std::string& bytes) {
  std::ofstream output(file, std::ios::binary | std::ios::trunc);
  output << bytes;
  return static_cast<bool>(output.flush());
}

int Fail(const std::string& why) {
  std::cerr << "exchange_courier: " << why << '\n';
  return 2;
}

// One file for each body, numbered in order.
void Record(const std::string& dir, const std::string& what, const std::string& body) {
  if (dir.empty()) return;
  std::filesystem::create_directories(dir);
  const auto count = std::distance(std::filesystem::directory_iterator(dir), {});
  Write(dir + "/" + std::to_string(count) + "-" + what, body);
}

int Carry(std::map<std::string, std::string>& options, const std::vector<std::string>& words) {
  const bool post = words.size() >= 3 && words[0] == "post";
  const bool get = words.size() == 3 && words[0] == "get";
  const bool remove = words.size() == 2 && words[0] == "delete";
  const auto token = Read(options["token"]);
  if (!(post || get || remove) || !token) {
    return Fail("usage: --url URL --pin CERTIFICATE --token FILE post|get|delete PATH ...");
  }
  httplib::Client client(options["url"]);
  // The courier talks only to the holder of this certificate's key: no authority is asked.
  client.set_ca_cert_path(options["pin"]);
  client.enable_server_certificate_verification(true);
  client.set_connection_timeout(10);
  client.set_read_timeout(120);
  client.set_bearer_token_auth(token->substr(0, token->find_last_not_of(" \r\n") + 1));

  httplib::Result answer(nullptr, httplib::Error::Unknown);
  if (post) {
    const auto body = Read(words[2]);
    if (!body) return Fail(words[2] + ": cannot be read");
    Record(options["record"], "sent", *body);
    answer = client.Post(words[1], *body, "application/octet-stream");
  } else {
    answer = get ? client.Get(words[1]) : client.Delete(words[1]);
  }
  if (!answer) return Fail(options["url"] + ": " + httplib::to_string(answer.error()));
  Record(options["record"], "received", answer->body);
  if (answer->status / 100 != 2) {
    std::cerr << answer->status << ": " << answer->body;
    return 1;
  }
  const std::string out = get ? words[2] : words.size() == 4 ? words[3] : "";
  if (out.empty()) return 0;
  return Write(out, answer->body) ? 0 : Fail(out + ": cannot be written");
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> options = {
      {"url", ""}, {"pin", ""}, {"token", ""}, {"record", ""}};
  std::vector<std::string> words(argv + 1, argv + argc);
  while (words.size() >= 2 && words[0].starts_with("--")) {
    const auto known = options.find(words[0].substr(2));
    if (known == options.end()) return Fail(words[0] + ": no such option");
    known->second = words[1];
    words.erase(words.begin(), words.begin() + 2);
  }
  return Carry(options, words);
}
