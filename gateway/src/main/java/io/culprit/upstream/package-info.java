/**
 * One request against a group of peers: in comes what is to be sent, out comes a response head and body or the
 * failure of every attempt, each with its phase. The groups, their peers and what is known of each are here;
 * balancing, pools, names, connections and protocols are in the folders below. Where to start:
 * {@link io.culprit.upstream.UpstreamCall} and {@link io.culprit.upstream.Upstream}.
 */
package io.culprit.upstream;
