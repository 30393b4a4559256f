/** How fast logs are read, beside programs that read them too. */
package io.culprit.bench.logs;
