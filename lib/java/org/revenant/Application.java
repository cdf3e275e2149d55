package org.revenant;

import java.time.Instant;
import java.util.List;

/** An application, or a seller to enrol. {@code seen} may be null: unknown; so may {@code source}. */
public record Application(
    String platform,
    String seller,
    Status status,
    Instant seen,
    String source,
    List<Attribute> attributes) {
  /** What a seller is. */
  public enum Status {
    MENTIONED,
    APPLICANT,
    ACTIVE
  }

  /** {@code kind}: "pay.iban", "contact.phone@DE"; {@code country} may be null. */
  public record Attribute(String kind, String country, String value, boolean verified) {
    public Attribute(String kind, String value) {
      this(kind, null, value, false);
    }
  }

  public Application(String platform, String seller, Attribute... attributes) {
    this(platform, seller, Status.ACTIVE, null, null, List.of(attributes));
  }
}
