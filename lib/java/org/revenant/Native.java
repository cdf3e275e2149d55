package org.revenant;

import java.nio.charset.StandardCharsets;

/** The functions of revenant_jni.c. */
final class Native {
  private Native() {}

  static {
    System.loadLibrary("revenant_jni");
  }

  static native byte[] call(int function, long handle, byte[][] texts, long number);

  static native long open(
      boolean create, boolean readOnly, long inMemoryBytes, byte[][] storeKeyPolicyActor);

  static native void close(long handle);

  static native long list(int which, long handle, long number);

  static native boolean batch(
      long handle,
      int count,
      byte[] bytes,
      int size,
      int[] layout,
      int ints,
      long[] seen,
      int threads,
      boolean enrol,
      long[] out);

  /** UTF-8 that ends in NUL, as C has it; null stays null. */
  static byte[] text(String text) {
    if (text == null) return null;
    if (text.indexOf('\0') >= 0) throw new IllegalArgumentException("a text holds a NUL character");
    return (text + '\0').getBytes(StandardCharsets.UTF_8);
  }

  static byte[][] texts(String... texts) {
    byte[][] out = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) out[i] = text(texts[i]);
    return out;
  }

  static String ask(int function, long handle, long number, String... texts) {
    byte[] answer = call(function, handle, texts(texts), number);
    return answer == null ? null : new String(answer, StandardCharsets.UTF_8);
  }
}
