#include "records/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "util/try.h"

namespace revenant {
namespace {

constexpr std::size_t kInputBytes = 128 << 10;
constexpr std::size_t kMagicBytes = 7;

// What an operating system error means, without strerror's shared buffer.
std::string Reason(int error) { return std::generic_category().message(error); }

class FileSource final : public ByteSource {
 public:
  FileSource(int fd, bool owned, std::string name)
      : fd_(fd), owned_(owned), name_(std::move(name)) {}
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() override {
    if (owned_) close(fd_);
  }

  Result<std::size_t> Read(std::span<char> out) override {
    while (true) {
      const ssize_t got = read(fd_, out.data(), out.size());
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) {
        return Error{Code::kIo, fmt::format("{}: cannot read: {}", name_, Reason(errno))};
      }
    }
  }

 private:
  const int fd_;
  const bool owned_;
  const std::string name_;
};

class PrefixedSource final : public ByteSource {
 public:
  PrefixedSource(SourceHead head, std::unique_ptr<ByteSource> rest)
      : head_(std::move(head.bytes)), failure_(std::move(head.failure)), rest_(std::move(rest)) {}

  Result<std::size_t> Read(std::span<char> out) override {
    if (given_ == head_.size()) return failure_ ? Result<std::size_t>(*failure_) : rest_->Read(out);
    const std::size_t count = std::min(out.size(), head_.size() - given_);
    std::memcpy(out.data(), head_.data() + given_, count);
    given_ += count;
    return count;
  }

 private:
  const std::string head_;
  const std::optional<Error> failure_;
  std::size_t given_ = 0;
  const std::unique_ptr<ByteSource> rest_;
};

// What the decompressors share: an input buffer, and errors that wait for the good bytes before
// them and then stay.
class Decompressor : public ByteSource {
 public:
  Decompressor(std::unique_ptr<ByteSource> raw, std::string name)
      : raw_(std::move(raw)), name_(std::move(name)), input_(kInputBytes) {}

  Result<std::size_t> Read(std::span<char> out) final {
    std::size_t got = 0;
    while (got == 0 && !failure_) {
      if (used_ == filled_ && !input_failure_) Fill();
      if (used_ == filled_ && BetweenFrames()) {
        failure_ = input_failure_;
        break;
      }
      got = Step(out);
    }
    if (got == 0 && failure_) return *failure_;
    return got;
  }

 protected:
  // Bytes put into `out`. Takes input through input() and Take(), reports trouble through Fail().
  // Called with no input only at its end, in the middle of a frame.
  virtual std::size_t Step(std::span<char> out) = 0;
  // Whether the input may end here.
  virtual bool BetweenFrames() const = 0;

  std::span<const char> input() const { return {input_.data() + used_, filled_ - used_}; }
  void Take(std::size_t count) { used_ += count; }
  void Fail(Code code, std::string_view what) {
    // Input that could not be read explains a missing end better than truncation does.
    failure_ = input_failure_ ? input_failure_ : Error{code, fmt::format("{}: {}", name_, what)};
  }
  void FailTruncated(std::string_view format) {
    Fail(Code::kCorruption,
         fmt::format("the {} data is truncated: it ends before its end mark; get the file again",
                     format));
  }

 private:
  void Fill() {
    const auto got = raw_->Read(input_);
    used_ = 0;
    filled_ = got ? *got : 0;
    if (!got) input_failure_ = got.error();
  }

  std::unique_ptr<ByteSource> raw_;
  const std::string name_;
  std::vector<char> input_;
  std::size_t used_ = 0;
  std::size_t filled_ = 0;
  std::optional<Error> input_failure_;  // of raw_; what was read before it still comes out
  std::optional<Error> failure_;
};

class GzipSource final : public Decompressor {
 public:
  using Decompressor::Decompressor;
  ~GzipSource() override {
    if (ready_) inflateEnd(&stream_);
  }

  bool Init() {
    constexpr int kGzipOnly = 16;
    ready_ = inflateInit2(&stream_, MAX_WBITS + kGzipOnly) == Z_OK;
    return ready_;
  }

 private:
  bool BetweenFrames() const override { return between_; }

  std::size_t Step(std::span<char> out) override {
    if (between_ && !BeginMember()) return 0;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input().data()));
    stream_.avail_in = static_cast<uInt>(input().size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size(), 1u << 30));
    const uInt room = stream_.avail_out;
    const bool at_end = input().empty();
    const int status = inflate(&stream_, Z_NO_FLUSH);
    Take(input().size() - stream_.avail_in);
    const std::size_t got = room - stream_.avail_out;
    if (status == Z_STREAM_END) {
      between_ = true;
    } else if (status == Z_BUF_ERROR || status == Z_OK) {
      if (got == 0 && at_end) FailTruncated("gzip");
    } else {
      Fail(Code::kCorruption, "the gzip data is damaged; get the file again");
    }
    return got;
  }

  // Further members follow directly; zeros after the last one are tape padding, as gzip has it.
  bool BeginMember() {
    if (!first_) {
      const auto padding = std::find_if(input().begin(), input().end(), [](char c) { return c; });
      Take(static_cast<std::size_t>(padding - input().begin()));
      if (input().empty()) return false;
    }
    first_ = between_ = false;
    inflateReset(&stream_);
    return true;
  }

  z_stream stream_{};
  bool ready_ = false;
  bool between_ = true;
  bool first_ = true;
};

class ZstdSource final : public Decompressor {
 public:
  using Decompressor::Decompressor;

  // The stream refuses windows over 128 MiB by default, which bounds its memory.
  bool Init() {
    stream_.reset(ZSTD_createDStream());
    return stream_ != nullptr;
  }

 private:
  struct Free {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };

  bool BetweenFrames() const override { return wanted_ == 0; }

  std::size_t Step(std::span<char> out) override {
    const bool at_end = input().empty();
    ZSTD_inBuffer in{input().data(), input().size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t wanted = ZSTD_decompressStream(stream_.get(), &to, &in);
    Take(in.pos);
    if (!ZSTD_isError(wanted)) {
      wanted_ = wanted;
      if (to.pos == 0 && at_end) FailTruncated("zstd");
    } else if (ZSTD_getErrorCode(wanted) == ZSTD_error_frameParameter_windowTooLarge) {
      Fail(Code::kInvalidArgument,
           "the zstd data needs a window over 128 MiB; compress it again without --long");
    } else {
      Fail(Code::kCorruption, "the zstd data is damaged; get the file again");
    }
    return to.pos;
  }

  std::unique_ptr<ZSTD_DStream, Free> stream_;
  std::size_t wanted_ = 0;  // what the stream wants next; 0 at the end of a frame
};

enum class Compression : std::uint8_t { kGzip, kZstd, kForeign };
struct Magic {
  std::string_view bytes;
  Compression compression;
  std::string_view what;
};
constexpr Magic kMagics[] = {
    {"\x1f\x8b", Compression::kGzip, "gzip"},
    {"\x28\xb5\x2f\xfd", Compression::kZstd, "zstd"},
    {"\xfd"
     "7zXZ",
     Compression::kForeign, "xz data"},
    {"BZh91AY", Compression::kForeign, "bzip2 data"},
    {"PK\x03\x04", Compression::kForeign, "a zip archive or a spreadsheet"},
};

// A skippable frame, as pzstd puts first, is zstd's as well.
bool IsSkippableFrame(std::string_view head) {
  return head.size() >= 4 && (static_cast<unsigned char>(head[0]) & 0xf0) == 0x50 &&
         head.substr(1, 3) == "\x2a\x4d\x18";
}

template <typename Source>
Result<std::unique_ptr<ByteSource>> Start(std::unique_ptr<ByteSource> raw,
                                          const std::string& name) {
  auto source = std::make_unique<Source>(std::move(raw), name);
  if (!source->Init()) return Error{Code::kIo, name + ": no memory to decompress it"};
  return std::unique_ptr<ByteSource>(std::move(source));
}

}  // namespace

SourceHead ReadHead(ByteSource& source, std::size_t size) {
  SourceHead head{std::string(size, '\0'), std::nullopt};
  std::size_t filled = 0;
  while (filled < size) {
    const Result<std::size_t> got = source.Read(std::span(head.bytes).subspan(filled));
    if (!got) head.failure = got.error();
    if (!got || *got == 0) break;
    filled += *got;
  }
  head.bytes.resize(filled);
  return head;
}

std::unique_ptr<ByteSource> PutBack(SourceHead head, std::unique_ptr<ByteSource> rest) {
  return std::make_unique<PrefixedSource>(std::move(head), std::move(rest));
}

Result<std::unique_ptr<ByteSource>> Decompress(std::unique_ptr<ByteSource> raw,
                                               const std::string& name) {
  SourceHead begun = ReadHead(*raw, kMagicBytes);
  if (begun.bytes.empty() && begun.failure) return *begun.failure;
  const std::string_view head = begun.bytes;
  auto compression = std::optional<Compression>();
  if (IsSkippableFrame(head)) compression = Compression::kZstd;
  for (const Magic& magic : kMagics) {
    if (!head.starts_with(magic.bytes)) continue;
    compression = magic.compression;
    if (compression == Compression::kForeign) {
      return Error{
          Code::kInvalidArgument,
          fmt::format("{}:1:1: this is {}; give it as plain text, gzip or zstd", name, magic.what)};
    }
  }
  std::unique_ptr<ByteSource> whole = PutBack(std::move(begun), std::move(raw));
  if (compression == Compression::kGzip) return Start<GzipSource>(std::move(whole), name);
  if (compression == Compression::kZstd) return Start<ZstdSource>(std::move(whole), name);
  return whole;
}

Result<std::unique_ptr<ByteSource>> OpenByteSource(const std::string& file,
                                                   const std::string& name) {
  if (file == "-") return Decompress(std::make_unique<FileSource>(STDIN_FILENO, false, name), name);
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    const int error = errno;
    return Error{error == ENOENT ? Code::kNotFound : Code::kIo,
                 fmt::format("{}: cannot open: {}", name, Reason(error))};
  }
  return Decompress(std::make_unique<FileSource>(fd, true, name), name);
}

}  // namespace revenant
