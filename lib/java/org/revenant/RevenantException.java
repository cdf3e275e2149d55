package org.revenant;

import java.nio.charset.StandardCharsets;

/** What the library refuses, with its code ({@code rv_code} of c.h). */
public final class RevenantException extends RuntimeException {
  public static final int INVALID_ARGUMENT = 1;
  public static final int NOT_FOUND = 2;
  public static final int CONFLICT = 3;
  public static final int UNSUPPORTED_FORMAT = 4;
  public static final int CORRUPTION = 5;
  public static final int IO = 6;
  public static final int CLOSED = 7;

  private static final long serialVersionUID = 1;
  private final int code;

  RevenantException(int code, byte[] message) {
    super(new String(message, StandardCharsets.UTF_8));
    this.code = code;
  }

  public int code() {
    return code;
  }
}
