/** Lines of web servers, proxies and load balancers, one class for each program. They know requests, statuses and upstreams. */
package io.culprit.triage.classify.proxy;
