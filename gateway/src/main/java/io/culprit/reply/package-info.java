/**
 * What clients are answered: responses that are relayed ({@link io.culprit.reply.Relay}), replies of the gateway's own ({@link
 * io.culprit.reply.FailureReply}), and how either reaches a client that reads slowly ({@link io.culprit.reply.ClientSink}).
 */
package io.culprit.reply;
