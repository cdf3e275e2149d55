#include "fingerprint/hmac.h"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "fingerprint/sha256.h"
#include "util/bytes.h"

namespace revenant {
namespace {

struct Body {
  std::string_view name;
  Sha256Compress compress;
};

// Every body of the compression function that runs here.
std::vector<Body> Bodies() {
  std::vector<Body> bodies = {{"openssl", &Sha256CompressOpenssl}, {"best", Sha256Best()}};
  if (Sha256Hardware() != nullptr) bodies.push_back({"hardware", Sha256Hardware()});
  return bodies;
}

std::string Hash(Sha256Compress compress, std::string_view message) {
  Sha256Digest digest;
  Sha256Stream stream(compress);
  stream.Update(message);
  stream.Finish(digest);
  return std::string(AsView(digest));
}

std::string Mac(Sha256Compress compress, std::string_view key, std::string_view message) {
  Sha256Digest mac;
  HmacKey(AsBytes(key), compress).Mac(message, mac);
  return std::string(AsView(mac));
}

std::string OpensslHash(std::string_view message) {
  std::string digest(32, '\0');
  REQUIRE(EVP_Digest(message.data(), message.size(), reinterpret_cast<unsigned char*>(&digest[0]),
                     nullptr, EVP_sha256(), nullptr) == 1);
  return digest;
}

std::string OpensslMac(std::string_view key, std::string_view message) {
  std::string mac(32, '\0');
  REQUIRE(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
               reinterpret_cast<const unsigned char*>(message.data()), message.size(),
               reinterpret_cast<unsigned char*>(&mac[0]), nullptr) != nullptr);
  return mac;
}

std::string RandomBytes(std::mt19937_64& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

std::string Repeat(std::string_view hex, std::size_t times) {
  std::string bytes;
  for (; times > 0; --times) bytes += *HexDecode(hex);
  return bytes;
}

struct Rfc4231Case {
  std::string key, message;
  std::string_view mac;  // in case 5 the RFC gives the first 16 bytes alone
};

std::vector<Rfc4231Case> Rfc4231() {
  std::string counting;
  for (char c = 1; c <= 25; ++c) counting.push_back(c);
  return {
      {Repeat("0b", 20), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {Repeat("aa", 20), Repeat("dd", 50),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {counting, Repeat("cd", 50),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {Repeat("0c", 20), "Test With Truncation", "a3b6167473100ee06e0c796c2955552b"},
      {Repeat("aa", 131), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {Repeat("aa", 131),
       "This is a test using a larger than block-size key and a larger than block-size data. The "
       "key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
}

TEST_CASE("HmacAgreesWithRfc4231") {
  for (const Body& body : Bodies()) {
    CAPTURE(body.name);
    for (const Rfc4231Case& c : Rfc4231()) {
      const std::string mac = HexEncode(Mac(body.compress, c.key, c.message));
      CHECK(mac.substr(0, c.mac.size()) == c.mac);
    }
  }
}

TEST_CASE("Sha256AgreesWithFips180Examples") {
  const std::string million(1'000'000, 'a');
  for (const Body& body : Bodies()) {
    CAPTURE(body.name);
    CHECK(HexEncode(Hash(body.compress, "")) ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(HexEncode(Hash(body.compress, "abc")) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(HexEncode(Hash(body.compress, million)) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  }
}

TEST_CASE("EveryBodyAgreesWithOpensslOnEveryLengthTo300") {
  std::mt19937_64 random(4231);
  for (std::size_t size = 0; size <= 300; ++size) {
    CAPTURE(size);
    const std::string message = RandomBytes(random, size);
    const std::string key = RandomBytes(random, random() % 140);
    const std::string hash = OpensslHash(message);
    const std::string mac = OpensslMac(key, message);
    for (const Body& body : Bodies()) {
      CAPTURE(body.name);
      CHECK(Hash(body.compress, message) == hash);
      CHECK(Mac(body.compress, key, message) == mac);
    }
  }
}

// The bare function, from states that no padding leads to and over several blocks at once.
TEST_CASE("HardwareAndOpensslCompressAlike") {
  const Sha256Compress hardware = Sha256Hardware();
  if (hardware == nullptr) return;
  std::mt19937_64 random(180);
  for (int i = 0; i < 2'000; ++i) {
    Sha256State left;
    for (std::uint32_t& word : left) word = static_cast<std::uint32_t>(random());
    Sha256State right = left;
    const std::size_t count = random() % 4;
    // One byte in: neither may ask for alignment.
    const std::string blocks = RandomBytes(random, 1 + count * kSha256BlockBytes);
    hardware(left, AsBytes(blocks).data() + 1, count);
    Sha256CompressOpenssl(right, AsBytes(blocks).data() + 1, count);
    CHECK(left == right);
  }
}

TEST_CASE("AMessageInPiecesHasTheMacOfTheWhole") {
  std::mt19937_64 random(2104);
  for (int i = 0; i < 2'000; ++i) {
    const std::string message = RandomBytes(random, random() % 400);
    const HmacKey key(AsBytes("a key"), Sha256Best());
    Sha256Stream stream = key.Start();
    for (std::string_view rest = message; !rest.empty();) {
      const std::size_t size = std::min<std::size_t>(random() % 140, rest.size());
      if (size == 1) {
        stream.UpdateByte(static_cast<std::uint8_t>(rest[0]));
      } else {
        stream.Update(rest.substr(0, size));
      }
      rest.remove_prefix(size);
    }
    Sha256Digest mac;
    key.Finish(stream, mac);
    CHECK(AsView(mac) == OpensslMac("a key", message));
  }
}

TEST_CASE("ARestartedStreamForgetsWhatCameBefore") {
  Sha256Digest digest;
  Sha256Stream stream(Sha256Best());
  stream.Update("something else");
  stream.Restart(kSha256Start, 0);
  stream.Update("abc");
  stream.Finish(digest);
  CHECK(AsView(digest) == OpensslHash("abc"));
}

}  // namespace
}  // namespace revenant
