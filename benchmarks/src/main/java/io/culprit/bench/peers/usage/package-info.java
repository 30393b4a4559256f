/** What a proxy takes of its machine, and how fast the machine is at that moment. */
package io.culprit.bench.peers.usage;
