package org.revenant;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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
    return utf8(text + '\0');
  }

  /** getBytes() would put "?" for half a surrogate pair, and so name another seller. */
  static byte[] utf8(String text) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      return Arrays.copyOf(bytes.array(), bytes.limit());
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a text holds half a surrogate pair");
    }
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
