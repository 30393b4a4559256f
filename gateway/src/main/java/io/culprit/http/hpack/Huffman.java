package io.culprit.http.hpack;

/**
 * HPACK's Huffman code (RFC 7541 section 5.2 and appendix B). The code is canonical: lengths alone define it. Decoding walks
 * a tree four bits at a time. Immutable.
 */
final class Huffman {
    private static final int EOS = 256;

    /** Bits of each symbol's code, in the order of the symbols; {@code n*m} are m symbols of n bits. */
    private static final String LENGTHS = "13 23 28*7 24 30 28*2 30 28*8 30 28*9 "
            + "6 10*2 12 13 6 8 11 10*2 8 11 8 6*3 5*3 6*7 7 8 15 6 12 10 "
            + "13 6 7*22 8 7 8 13 19 13 14 6 "
            + "15 5 6 5 6 5 6*3 5 7*2 6*3 5 6 7 6 5*2 6 7*5 15 11 14 13 28 "
            + "20 22 20*2 22*3 23 22 23*5 24 23 24*2 22 23 24 23*4 21 22 23 22 23*2 24 "
            + "22 21 20 22*2 23*2 21 23 22*2 24 21 22 23*2 21*2 22 21 23 22 23*2 20 22*3 23 22*2 23 "
            + "26*2 20 19 22 23 22 25 26*3 27*2 26 24 25 19 21 26 27*2 26 27 24 21*2 26*2 28 27*3 "
            + "20 24 20 21 22 21*2 23 22*2 25*2 24*2 26 23 26 27 26*2 27*5 28 27*5 26 30";

    private static final int[] BITS = new int[EOS + 1];

    /** Children of inner nodes, two for each: a node's number, or the complement of a symbol. */
    private static final int[] TREE = new int[2 * EOS + 2];

    /**
     * For each node and four bits: the node reached, the symbol passed on the way plus one (0 for none) in bits 16 to 24; -1
     * where the bits lead through EOS.
     */
    private static final int[] STEPS = new int[(EOS + 1) * 16];

    /** Nodes at which a string may end: less than eight bits behind the last symbol, all of them ones. */
    private static final boolean[] ENDS = new boolean[EOS + 1];

    static {
        int symbol = 0;
        for (String each : LENGTHS.split(" ")) {
            int star = each.indexOf('*');
            int bits = Integer.parseInt(star < 0 ? each : each.substring(0, star));
            int times = star < 0 ? 1 : Integer.parseInt(each.substring(star + 1));
            for (int i = 0; i < times; i++) {
                BITS[symbol++] = bits;
            }
        }
        grow();
        for (int node = 0; node <= EOS; node++) {
            for (int nibble = 0; nibble < 16; nibble++) {
                STEPS[node * 16 + nibble] = step(node, nibble);
            }
        }
        int node = 0;
        for (int ones = 0; ones < 8; ones++) {
            ENDS[node] = true;
            node = TREE[2 * node + 1];
        }
    }

    private Huffman() {}

    /** Codes of one length follow each other in the order of their symbols, and are shorter ones' successors. */
    private static void grow() {
        int nodes = 1;
        int code = 0;
        for (int bits = 1; bits <= 30; bits++) {
            for (int symbol = 0; symbol <= EOS; symbol++) {
                if (BITS[symbol] == bits) {
                    int node = 0;
                    for (int i = bits - 1; i > 0; i--) {
                        int at = 2 * node + (code >> i & 1);
                        if (TREE[at] == 0) {
                            TREE[at] = nodes++;
                        }
                        node = TREE[at];
                    }
                    TREE[2 * node + (code & 1)] = ~symbol;
                    code++;
                }
            }
            code <<= 1;
        }
    }

    private static int step(int from, int nibble) {
        int node = from;
        int passed = 0;
        for (int i = 3; i >= 0; i--) {
            int next = TREE[2 * node + (nibble >> i & 1)];
            if (next >= 0) {
                node = next;
            } else if (~next == EOS) {
                return -1;
            } else {
                passed = ~next + 1; // no code is shorter than five bits: there is at most one
                node = 0;
            }
        }
        return passed << 16 | node;
    }

    /**
     * Decodes {@code source[from, to)} to {@code target}, from {@code at} on.
     *
     * @return end in the target; it needs at most 8/5 of the source's length
     * @throws HpackException when EOS is in it or the padding is not up to seven ones
     */
    static int decode(byte[] source, int from, int to, byte[] target, int at) throws HpackException {
        int node = 0;
        int end = at;
        for (int i = from; i < to; i++) {
            int bits = source[i] & 0xff;
            for (int shift = 4; shift >= 0; shift -= 4) {
                int step = STEPS[node * 16 + (bits >> shift & 15)];
                if (step < 0) {
                    throw new HpackException("the end-of-string symbol within a Huffman string");
                }
                node = step & 0xffff;
                if (step >> 16 != 0) {
                    target[end++] = (byte) ((step >> 16) - 1);
                }
            }
        }
        if (!ENDS[node]) {
            throw new HpackException("a Huffman string whose padding is not up to seven ones");
        }
        return end;
    }
}
