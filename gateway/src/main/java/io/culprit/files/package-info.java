/**
 * Files as HTTP serves them (RFC 9110): conditions, ranges, media types, precompressed siblings. In comes a request's head and
 * an open file of a {@link io.culprit.site.Site}, out goes a response by {@link io.culprit.reply.ClientSink}. Where to start:
 * {@link io.culprit.files.FileReply}.
 */
package io.culprit.files;
