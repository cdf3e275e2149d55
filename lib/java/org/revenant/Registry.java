package org.revenant;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A store, open. Answers are JSON in the shapes of revenant.schema.json; a moment may be null: now.
 * Every method may be called from any thread. After {@link #close} they throw a {@link
 * RevenantException} with the code CLOSED; a registry that is forgotten closes itself one day.
 */
public final class Registry implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final long UNKNOWN = Long.MIN_VALUE + 1;

  /** A handle that is given back once. */
  private static final class Held implements Runnable {
    private final AtomicLong handle;

    Held(long handle) {
      this.handle = new AtomicLong(handle);
    }

    @Override
    public void run() {
      long held = handle.getAndSet(0);
      if (held != 0) Native.close(held);
    }
  }

  private final Held held;
  private final Cleaner.Cleanable cleanable;

  private Registry(long handle) {
    held = new Held(handle);
    cleanable = CLEANER.register(this, held);
  }

  /** Makes a key file. */
  public static void newKey(Path file) {
    Native.ask(1, 0, 0, file.toString());
  }

  /** New store in a folder that is empty or absent; {@code policy} (TOML) may be null. */
  public static Registry create(Path store, Path key, String policy, String actor) {
    byte[][] texts = Native.texts(store.toString(), key.toString(), policy, actor);
    return new Registry(Native.open(true, false, 0, texts));
  }

  public static Registry open(Path store, Path key, String actor) {
    byte[][] texts = Native.texts(store.toString(), key.toString(), null, actor);
    return new Registry(Native.open(false, false, 0, texts));
  }

  /** For reading only, beside a writer. */
  public static Registry openReadOnly(Path store, Path key) {
    byte[][] texts = Native.texts(store.toString(), key.toString(), null, null);
    return new Registry(Native.open(false, true, 0, texts));
  }

  /** Calls that other threads have under way are done first. Once more is harmless. */
  @Override
  public void close() {
    cleanable.clean();
  }

  public boolean isClosed() {
    return held.handle.get() == 0;
  }

  private String ask(int function, long number, String... texts) {
    try {
      return Native.ask(function, held.handle.get(), number, texts);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private static long micros(Instant moment) {
    if (moment == null) return UNKNOWN;
    return Math.addExact(
        Math.multiplyExact(moment.getEpochSecond(), 1_000_000L), moment.getNano() / 1000);
  }

  /** Returns once strangers can be screened without reading the store. */
  public void warmUp() {
    ask(23, 0);
  }

  /** Opened for reading only: catches up with the writer; true if there is something new. */
  public boolean refresh() {
    return ask(24, 0) != null;
  }

  /** Judges one application, a record as JSON, and writes nothing. */
  public String screen(String record, boolean certify) {
    return ask(2, certify ? 4 : 0, record);
  }

  public String enrol(String record) {
    return ask(3, 0, record);
  }

  /** {@code caseRef} may be null. */
  public String ban(String seller, String reason, String caseRef, Instant at) {
    return ask(4, micros(at), seller, reason, caseRef);
  }

  /** Without a case every ban up to that moment is lifted. */
  public String reinstate(String seller, String caseRef, Instant at) {
    return ask(5, micros(at), seller, caseRef);
  }

  public String infringe(String seller, String right, String caseRef, Instant at) {
    return ask(6, micros(at), seller, right, caseRef);
  }

  public String retract(String seller, String caseRef, Instant at) {
    return ask(7, micros(at), seller, caseRef);
  }

  public String cannotLink(String a, String b, Instant at) {
    return ask(8, micros(at), a, b);
  }

  public String allowLink(String a, String b, Instant at) {
    return ask(9, micros(at), a, b);
  }

  /** {@code country} and {@code source} may be null. */
  public String withdraw(
      String seller, String kind, String country, String value, String source, Instant at) {
    return ask(10, micros(at), seller, kind, country, value, source);
  }

  /** {@code reason}: why although a ban rests on it; may be null. */
  public String forget(String seller, String reason, Instant at) {
    return ask(11, micros(at), seller, reason);
  }

  public String contest(String seller, String statement, Instant at) {
    return ask(12, micros(at), seller, statement);
  }

  public String explain(String a, String b) {
    return ask(13, 0, a, b);
  }

  /** The link in plain words; with {@code forSeller} naming none but {@code a}. "": no link. */
  public String describe(String a, String b, boolean forSeller) {
    return ask(14, forSeller ? 1 : 0, a, b);
  }

  public String cluster(String seller) {
    return ask(15, 0, seller);
  }

  /** {@code format}: "json", "dot" or "graphml". */
  public String graph(String seller, int maxSellers, String format) {
    return ask(16, maxSellers, seller, format);
  }

  public String subject(String seller) {
    return ask(17, 0, seller);
  }

  public String sanctions(String seller) {
    return ask(27, 0, seller);
  }

  public String stats() {
    return ask(18, 0);
  }

  public String fsck() {
    return ask(19, 0);
  }

  /** As TOML. */
  public String policy() {
    return ask(20, 0);
  }

  public String setPolicy(String toml) {
    return ask(21, 0, toml);
  }

  public String verifyCertificate(String certificate) {
    return ask(22, 0, certificate);
  }

  /** The canonical form of a value; {@code country} may be null. Needs no registry. */
  public static String normalize(String kind, String country, String value) {
    return Native.ask(26, 0, 0, kind, country, value);
  }

  // Lists.

  /** A list that is read one answer at a time; it keeps its registry from being collected. */
  public static final class Answers implements Iterator<String>, AutoCloseable {
    private final Held held;
    private final Cleaner.Cleanable cleanable;
    private final Registry parent;
    private String next;

    private Answers(Registry parent, int which, long number) {
      this.parent = parent;
      held = new Held(Native.list(which, parent.held.handle.get(), number));
      cleanable = CLEANER.register(this, held);
      Reference.reachabilityFence(parent);
    }

    @Override
    public boolean hasNext() {
      if (next == null && held.handle.get() != 0) {
        next = Native.ask(25, held.handle.get(), 0);
        if (next == null) close();
      }
      Reference.reachabilityFence(parent);
      return next != null;
    }

    @Override
    public String next() {
      if (!hasNext()) throw new NoSuchElementException();
      String answer = next;
      next = null;
      return answer;
    }

    @Override
    public void close() {
      cleanable.clean();
    }
  }

  /** Clusters of at least so many sellers, largest first. */
  public Answers clusters(long minSize) {
    return new Answers(this, 0, minSize);
  }

  public Answers alerts(long after) {
    return new Answers(this, 1, after);
  }

  public Answers journal(long from) {
    return new Answers(this, 2, from);
  }

  // Batches.

  /** Applications as the library takes them: sizes apart from bytes. Kept for the next batch. */
  private static final class Packed {
    byte[] bytes = new byte[1 << 14];
    int[] layout = new int[1 << 10];
    int size;
    int ints;

    void add(int number) {
      if (ints == layout.length) layout = Arrays.copyOf(layout, 2 * ints);
      layout[ints++] = number;
    }

    void add(String text) {
      if (text == null || text.isEmpty()) {
        add(0);
        return;
      }
      int length = text.length();
      if (bytes.length - size < length) bytes = Arrays.copyOf(bytes, 2 * bytes.length + length);
      int i = 0;
      for (; i < length; i++) {  // nearly all values are ASCII
        char c = text.charAt(i);
        if (c >= 0x80) break;
        bytes[size + i] = (byte) c;
      }
      if (i < length) {
        byte[] all = Native.utf8(text);
        if (bytes.length - size < all.length) {
          bytes = Arrays.copyOf(bytes, 2 * bytes.length + all.length);
        }
        System.arraycopy(all, 0, bytes, size, all.length);
        length = all.length;
      }
      size += length;
      add(length);
    }

    void add(Application application) {
      add(application.platform());
      add(application.seller());
      add(application.source());
      add(application.status().ordinal());
      add(application.attributes().size());
      for (Application.Attribute attribute : application.attributes()) {
        add(attribute.kind());
        add(attribute.country());
        add(attribute.value());
        add(attribute.verified() ? 1 : 0);
      }
    }
  }

  private static final ThreadLocal<Packed> PACKED = ThreadLocal.withInitial(Packed::new);

  private long[] batch(List<Application> applications, int threads, boolean enrol) {
    int count = applications.size();
    Packed packed = PACKED.get();
    packed.size = 0;
    packed.ints = 0;
    long[] seen = new long[count];
    long[] out = new long[enrol ? 1 : 2 * count];
    int i = 0;
    for (Application application : applications) {
      packed.add(application);
      seen[i++] = micros(application.seen());
    }
    boolean taken;
    try {
      taken =
          Native.batch(
              held.handle.get(),
              count,
              packed.bytes,
              packed.size,
              packed.layout,
              packed.ints,
              seen,
              threads,
              enrol,
              out);
    } finally {
      Reference.reachabilityFence(this);
    }
    if (!taken) throw new OutOfMemoryError("a batch of " + count + " applications");
    return out;
  }

  /** Judges applications, in order, on so many threads; one that cannot be judged has an error. */
  public List<Verdict> screenMany(List<Application> applications, int threads) {
    if (applications.isEmpty()) return List.of();
    long[] answers = batch(applications, threads, false);
    List<Verdict> verdicts = new ArrayList<>(answers.length / 2);
    for (int i = 0; i < answers.length; i += 2) {
      verdicts.add(Verdict.of(answers[i], answers[i + 1]));
    }
    return verdicts;
  }

  /** Enrols all or none; how many told something new. */
  public long enrolMany(List<Application> records) {
    return records.isEmpty() ? 0 : batch(records, 1, true)[0];
  }
}
