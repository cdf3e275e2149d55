package org.revenant;

/**
 * A verdict in short. {@code error}: 0, unless this application could not be judged; {@code because}:
 * of the weightiest reason, as verdict.h numbers it; {@code strength}: of the first link, in bits.
 */
public record Verdict(
    Decision decision,
    int error,
    int because,
    boolean cutShort,
    boolean contested,
    int identifiers,
    int links,
    int redundancy,
    double strength) {
  /** In the order of their gravity. */
  public enum Decision {
    CLEAR,
    REVIEW,
    BLOCK
  }

  private static final Decision[] DECISIONS = Decision.values();

  static Verdict of(long strength, long bits) {
    return new Verdict(
        DECISIONS[(int) (bits & 0xff)],
        (int) (bits >> 20 & 0xf),
        (int) (bits >> 8 & 0xff),
        (bits >> 16 & 1) != 0,
        (bits >> 17 & 1) != 0,
        (int) (bits >> 48 & 0xffff),
        (int) (bits >> 24 & 0xff),
        (int) (bits >> 32 & 0xffff),
        strength / 1000.0);
  }
}
