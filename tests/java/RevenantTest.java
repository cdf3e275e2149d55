import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.revenant.Application;
import org.revenant.Application.Attribute;
import org.revenant.Registry;
import org.revenant.RevenantException;
import org.revenant.Verdict;

/** The library as Java meets it. usage: RevenantTest NEW_FOLDER [ROUNDS of the comparison] */
public final class RevenantTest {
  private static final String IBAN = "DE89370400440532013000";
  private static int failures;

  private static void check(boolean holds, String what) {
    if (holds) return;
    failures++;
    System.out.println("not true: " + what);
  }

  private static void fails(int code, Runnable call, String what) {
    try {
      call.run();
      check(false, what + ": no exception");
    } catch (RevenantException refused) {
      check(refused.code() == code && !refused.getMessage().isEmpty(), what + ": " + refused);
    }
  }

  private static void aLife(Registry registry) {
    registry.enrol(
        "{\"platform\":\"shop\",\"seller\":\"S-1\",\"pay.iban\":\"" + IBAN
            + "\",\"contact.phone\":\"+49 30 23125104\"}");
    check(registry.ban("shop:S-1", "fälschung", "C-7", Instant.now()).contains("\"changed\":true"),
        "the ban changes something");
    String application =
        "{\"platform\":\"shop\",\"seller\":\"S-𝄞\",\"pay.iban\":\"" + IBAN + "\"}";
    String found = registry.screen(application, true);
    check(found.contains("\"verdict\":\"review\"") && found.contains("S-𝄞"), found);
    registry.enrol(application);
    check(registry.explain("shop:S-1", "shop:S-𝄞").contains("pay.iban"), "explain");
    check(registry.describe("shop:S-𝄞", "shop:S-1", false).contains("shop:S-1"), "describe");
    check(registry.cluster("shop:S-1").contains("\"size\":2"), "cluster");
    check(registry.graph("shop:S-1", 10, "dot").contains("graph"), "graph");
    check(registry.subject("shop:S-1").contains("fälschung"), "subject");
    check(registry.stats().contains("\"sellers\":2"), "stats");
    check(registry.infringe("shop:S-1", "trademark", "C-8", null).contains("due"), "infringe");
    check(registry.sanctions("shop:S-1").contains("standings"), "sanctions");
    registry.retract("shop:S-1", "C-8", null);
    registry.contest("shop:S-1", "not mine", null);
    registry.cannotLink("shop:S-1", "shop:S-𝄞", null);
    registry.allowLink("shop:S-1", "shop:S-𝄞", null);
    registry.withdraw("shop:S-𝄞", "pay.iban", null, IBAN, null, null);
    registry.setPolicy(registry.policy());
    check(registry.verifyCertificate("{}").contains("false"), "verifyCertificate");
    try (Registry.Answers journal = registry.journal(0)) {
      int entries = 0;
      for (; journal.hasNext(); entries++) journal.next();
      check(entries > 5, "the journal has entries");
    }
    check(registry.alerts(0).hasNext(), "alerts");
    check(registry.clusters(1).hasNext(), "clusters");
    check(registry.fsck().contains("\"problems\":[]"), "fsck");
    check(Registry.normalize("pay.iban", null, "gb82 west 1234 5698 7654 32")
        .contains("GB82WEST12345698765432"), "normalize");
    fails(RevenantException.INVALID_ARGUMENT, () -> registry.ban("x", "fraud", null, null), "x");
    fails(RevenantException.NOT_FOUND, () -> registry.cluster("shop:nobody"), "nobody");
    fails(RevenantException.INVALID_ARGUMENT, () -> registry.enrol(null), "null");
    try {
      registry.cluster("a:b\0c");
      check(false, "a NUL passes");
    } catch (IllegalArgumentException expected) {
      check(true, "");
    }
    try {
      registry.ban("shop:half-\ud834", "fraud", null, null);
      check(false, "half a surrogate pair passes");
    } catch (IllegalArgumentException expected) {
      fails(RevenantException.NOT_FOUND, () -> registry.cluster("shop:half-?"), "half-?");
    }
  }

  private static List<Application> applications(int count) {
    List<Application> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String iban = i % 3 == 0 ? IBAN : "GB82WEST12345698765432";
      all.add(new Application("shop", "Ä-" + i, new Attribute("pay.iban", iban)));
    }
    return all;
  }

  private static void batches(Registry registry) {
    for (int threads = 1; threads <= 2; threads++) {
      List<Verdict> verdicts = registry.screenMany(applications(1000), threads);
      check(verdicts.size() == 1000, "a verdict each");
      for (int i = 0; i < verdicts.size(); i++) {
        Verdict verdict = verdicts.get(i);
        boolean banned = i % 3 == 0;
        check((verdict.decision() != Verdict.Decision.CLEAR) == banned, "decision " + i);
        check((verdict.strength() > 5) == banned && (verdict.links() == 1) == banned, "link " + i);
        check(verdict.error() == 0 && verdict.identifiers() >= 1, "identifiers " + i);
      }
    }
    List<Application> mixed = new ArrayList<>(applications(3));
    mixed.add(1, new Application("a b", "S"));
    List<Verdict> verdicts = registry.screenMany(mixed, 1);
    check(verdicts.get(1).error() == 1 && verdicts.get(2).error() == 0, "one bad application");
    fails(RevenantException.INVALID_ARGUMENT, () -> registry.enrolMany(mixed), "enrolMany");
    fails(RevenantException.INVALID_ARGUMENT, () -> registry.screenMany(mixed, 5000), "threads");
    check(registry.enrolMany(applications(50)) == 50, "all are new");
    check(registry.enrolMany(applications(50)) == 0, "none is new");
  }

  private static void closing(Path store, Path key) throws Exception {
    for (int race = 0; race < 50; race++) {
      Registry registry = Registry.openReadOnly(store, key);
      AtomicInteger closed = new AtomicInteger();
      Runnable call =
          () -> {
            try {
              for (;;) registry.screenMany(applications(20), 1);
            } catch (RevenantException ended) {
              if (ended.code() == RevenantException.CLOSED) closed.incrementAndGet();
            }
          };
      Thread[] threads = {new Thread(call), new Thread(call)};
      for (Thread thread : threads) thread.start();
      Thread.sleep(race % 3);
      registry.close();
      registry.close();
      for (Thread thread : threads) thread.join();
      check(closed.get() == 2 && registry.isClosed(), "both calls end by CLOSED");
    }
    Registry.Answers orphan;
    try (Registry registry = Registry.openReadOnly(store, key)) {
      orphan = registry.journal(0);
    }
    fails(RevenantException.CLOSED, orphan::hasNext, "a list whose registry is closed");
    // One that is forgotten is closed by the cleaner, so that the store can be opened for writing.
    Registry.open(store, key, "forgetful");
    for (int tries = 0; ; tries++) {
      System.gc();
      Thread.sleep(20);
      try {
        Registry.open(store, key, "tester").close();
        break;
      } catch (RevenantException held) {
        if (tries < 200) continue;
        check(false, "the cleaner closes what is forgotten: " + held);
        break;
      }
    }
  }

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    Files.createDirectories(folder);
    Path store = folder.resolve("store");
    Path key = folder.resolve("store.key");
    Registry.newKey(key);
    fails(RevenantException.CONFLICT, () -> Registry.newKey(key), "the key exists");
    try (Registry registry = Registry.create(store, key, null, "tester")) {
      aLife(registry);
      batches(registry);
      fails(RevenantException.CONFLICT, () -> Registry.open(store, key, "other"), "one writer");
    }
    closing(store, key);
    System.out.println(failures == 0 ? "passed" : failures + " failed");
    if (failures > 0) System.exit(1);
  }
}
