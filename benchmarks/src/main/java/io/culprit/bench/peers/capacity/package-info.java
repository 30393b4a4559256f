/** How many clients a proxy holds that take their time: crowds of them, and the kernel's count of who was let in. */
@NullMarked
package io.culprit.bench.peers.capacity;

import org.jspecify.annotations.NullMarked;
